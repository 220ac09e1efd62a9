#include "front/intake.hpp"

#include "dialect/models_list.hpp"
#include "front/body_check.hpp"
#include "http/hygiene.hpp"
#include "http/trace_context.hpp"

#include <algorithm>

namespace keywheel::front {

namespace {

using dialect::refusal;
using dialect::refusal_code;
using what = dialect::route::what;
using place = dialect::route::model_place;
using format = dialect::route::body_format;

/// Takes over a client's request id if it is one: short, and of characters that need no escape
/// anywhere.
std::optional<std::string> id_from(const http::fields& headers) {
  constexpr std::size_t longest = 128;
  const auto text = headers.find("x-request-id");
  const auto fits = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-'
           || c == '_' || c == '.';
  };
  if (!text || text->empty() || text->size() > longest
      || !std::all_of(text->begin(), text->end(), fits))
    return std::nullopt;
  return std::string{*text};
}

dialect::kind shape_of(const http::fields& headers) {
  return headers.contains("anthropic-version") ? dialect::kind::anthropic : dialect::kind::openai;
}

/// Empty where there are two: which one counts would be the provider's choice.
std::string_view content_type_of(const http::fields& headers) {
  std::string_view result;
  std::size_t seen = 0;
  for (const auto& [name, value] : headers)
    if (http::name_equals(name, "content-type")) {
      result = value;
      ++seen;
    }
  return seen == 1 ? result : std::string_view{};
}

http::response with_body(std::string json) {
  http::response result;
  result.head.status = 200;
  result.head.headers.add("content-type", "application/json");
  result.body = std::move(json);
  return result;
}

/// Puts into `to` the model that a body names, or says why it names none.
template <class Scanner>
std::optional<refusal> take_model(Scanner& from, order& to) {
  auto wrong = check(from);
  if (!wrong) {
    to.model = from.model();
    to.model_begin = from.begin();
    to.model_end = from.end();
  }
  return wrong;
}

std::string in_quotes(const std::string& name) {
  return "\"" + name + "\"";
}

} // namespace

std::optional<http::response> intake::begin(http::request_head&& head,
                                            std::optional<std::size_t> length, origin from,
                                            std::string fresh_id) {
  request_id_ = id_from(head.headers).value_or(std::move(fresh_id));
  route_ = dialect::route_of(head.method, head.target, shape_of(head.headers));
  caller_ = identify(*config_, head.headers, route_.credential, from);
  method_ = std::move(head.method);
  path_ = head.target.substr(0, head.target.find('?'));
  trace_id_ = http::trace_id_of(head.headers);
  if (auto answer = answer_at_once())
    return answer;
  wishes_ = wishes_in(head.headers);
  home_ = home_in(head.headers);
  if (route_.model_in != place::none && route_.body == format::form)
    if (auto answer = expect_form(content_type_of(head.headers)))
      return answer;
  http::copy_request_fields(head.headers, headers_);
  if (trace_id_.empty() && headers_.contains("traceparent"))
    http::drop_trace_context(headers_);
  scanner_.reset(route_.model_in == place::body ? dialect::request_scanner::model_in::body
                                                : dialect::request_scanner::model_in::path);
  if (length)
    body_.expect(*length);
  return std::nullopt;
}

std::optional<http::response> intake::answer_at_once() const {
  if (method_ == "OPTIONS" && route_.is == what::wrong_method) {
    http::response result;
    result.head.status = 204;
    result.head.headers.add("allow", std::string{route_.allow} + ", OPTIONS");
    return with_id(std::move(result));
  }
  if (!caller_.welcome)
    return refuse({refusal_code::not_authorized,
                   config_->clients.empty()
                       ? "only callers on this machine are welcome while no [[clients]] are listed"
                       : "the request carries no token of a listed client",
                   {},
                   false});
  switch (route_.is) {
  case what::unknown:
    return refuse({refusal_code::not_found, "there is nothing at " + path_, {}, false});
  case what::wrong_method: {
    auto result = refuse({refusal_code::method_not_allowed,
                          path_ + " takes " + std::string{route_.allow},
                          {},
                          false});
    result.head.headers.add("allow", route_.allow);
    return result;
  }
  default:
    break;
  }
  if (route_.is == what::call && route_.model_in == place::none && !may_use_all(caller_))
    return refuse({refusal_code::not_allowed,
                   "this client may use some models only, and " + path_
                       + " is not about one: its list of models would need \"*\"",
                   {},
                   false});
  return std::nullopt;
}

/// Some paths that take forms take JSON as well, with a reference in place of a file.
std::optional<http::response> intake::expect_form(std::string_view content_type) {
  const auto announced = dialect::body_format_of(content_type);
  if (!announced)
    return refuse({refusal_code::bad_request,
                   path_ + " takes a form: it must have one content-type, multipart/form-data",
                   {},
                   false});
  route_.body = *announced;
  if (route_.body == format::json)
    return std::nullopt;
  const auto boundary = dialect::boundary_of(content_type);
  if (!boundary)
    return refuse({refusal_code::bad_request,
                   "the content-type multipart/form-data names no boundary, or a wrong one",
                   {},
                   false});
  form_.emplace(*boundary);
  return std::nullopt;
}

void intake::feed(std::string_view piece) {
  body_.append(piece);
  if (form_)
    form_->feed(piece);
  else if (route_.is == what::call && route_.body != format::opaque)
    scanner_.feed(piece);
}

std::variant<order, http::response> intake::finish() {
  if (route_.is != what::call)
    return list_models();
  order result;
  result.facts = scanner_.facts();
  auto wrong = route_.model_in == place::none ? std::nullopt : place_model(result);
  if (!wrong)
    wrong = grant(wishes_, *config_, route_, result);
  if (wrong)
    return refuse(*wrong);
  if (route_.by_store)
    route_.makes = result.facts.store.value_or(route_.makes);
  result.refers = result.facts.refers;
  if (!route_.refers.empty()) {
    std::erase(result.refers, route_.refers);
    result.refers.insert(result.refers.begin(), route_.refers);
  }
  result.method = method_;
  result.route = std::move(route_);
  result.headers = std::move(headers_);
  // Gemini asks for a stream in the path.
  if (result.route.tail.rfind(":stream", 0) == 0)
    result.facts.stream = true;
  result.body = std::make_shared<const http::body>(std::move(body_));
  return result;
}

/// Finds the entry of the model that the request names, or says why it cannot be called.
std::optional<refusal> intake::place_model(order& to) {
  if (route_.model_in == place::path)
    to.model = route_.model;
  else if (auto wrong = form_ ? take_model(*form_, to) : take_model(scanner_, to))
    return wrong;
  to.model = std::string{dialect::model_from_body(route_, to.model)};
  to.entry = {config_, config::find_model(*config_, to.model)};
  if (to.entry == nullptr)
    return refusal{refusal_code::unknown_model,
                   "the model " + in_quotes(to.model) + " is not configured here",
                   {},
                   false};
  if (!may_use(caller_, to.model))
    return refusal{refusal_code::not_allowed,
                   "this client may not use the model " + in_quotes(to.model),
                   {},
                   false};
  const auto& provider = config_->providers.at(to.entry->provider);
  if (!dialect::compatible(route_.dialect, provider.dialect, provider.base_url))
    return refusal{refusal_code::bad_request,
                   "the model " + in_quotes(to.model) + " speaks "
                       + std::string{dialect::to_string(provider.dialect)} + ", not "
                       + std::string{dialect::to_string(route_.dialect)},
                   {},
                   false};
  return std::nullopt;
}

http::response intake::list_models() const {
  std::vector<dialect::listed_model> models;
  if (route_.is == what::one_model) {
    const auto* entry = config::find_model(*config_, route_.model);
    if (entry == nullptr || !may_use(caller_, route_.model))
      return refuse({refusal_code::unknown_model,
                     "the model " + in_quotes(route_.model) + " is not configured here",
                     {},
                     false});
    return with_id(
        with_body(dialect::render_model(route_.dialect, {route_.model, entry->provider})));
  }
  for (const auto& entry : config_->models)
    if (!entry.is_pattern() && may_use(caller_, entry.name))
      models.push_back({entry.name, entry.provider});
  return with_id(with_body(dialect::render_models(route_.dialect, models)));
}

http::response intake::refuse(const refusal& what) const {
  return with_id(dialect::render(route_.dialect, what));
}

http::response intake::with_id(http::response answer) const {
  if (!request_id_.empty())
    answer.head.headers.add("x-request-id", request_id_);
  return answer;
}

std::string_view intake::client() const noexcept {
  return caller_.client != nullptr ? std::string_view{caller_.client->name} : std::string_view{};
}

} // namespace keywheel::front
