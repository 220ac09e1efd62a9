#include "tools/simulator/provider.hpp"
#include "tools/simulator/rendering.hpp"

#include <algorithm>

/// How a provider answers a complete request.
namespace keywheel::simulator {
namespace {

using kind = problem::kind;

constexpr std::string_view no_event = "\x01\xFF{no event: \"\x7F";

/// The methods of an endpoint, as an Allow line has them.
std::string_view methods_of(endpoint where) {
  switch (where) {
  case endpoint::models:
  case endpoint::model:
  case endpoint::kept_part:
    return "GET, HEAD";
  case endpoint::kept:
    return "GET, HEAD, DELETE";
  case endpoint::kept_list:
    return "GET, HEAD, POST";
  default:
    return "POST";
  }
}

/// "gpt-4o" of "gpt-4o~cached5~reasoning3".
std::string_view without_suffixes(std::string_view model) {
  return model.substr(0, model.find('~'));
}

/// Where the fault wants the stream to break. `after` has a default per kind.
stream_breaks breaks_of(const fault* broken) {
  stream_breaks result;
  if (broken == nullptr)
    return result;
  auto after = broken->after.value_or(broken->kind == fault_kind::stream_error ? 0 : 1);
  switch (broken->kind) {
  case fault_kind::stream_error:
    result.error_after = after;
    result.error = broken->body;
    result.form = broken->form;
    break;
  case fault_kind::cut_stream:
    result.end_after = after;
    break;
  case fault_kind::close_in_body:
    result.lose_after = after;
    break;
  case fault_kind::stream_garbage:
    result.garbage_after = after;
    result.garbage = broken->body.empty() ? no_event : std::string_view{broken->body};
    break;
  case fault_kind::stream_silence:
    result.silence_after = after;
    break;
  default:
    break;
  }
  return result;
}

} // namespace

void provider::answer(exchange& x, const request_view& request, char* body, std::size_t size,
                      time_point now, std::int64_t wall_clock, reply& result) {
  result.clear();
  random_.append_id(result.request_id, 32);
  call c{x, request, {}, now, wall_clock, result};
  c.around.method = request.method;
  c.around.target = request.target;
  c.around.request_id = result.request_id;
  c.around.where = x.where;
  if (x.key != nullptr)
    c.around.organization = x.key->organization();
  if ((everybody_.limited() && refuse_all(c)) || answer_fault(c) || answer_error(c))
    return;
  switch (x.where) {
  case endpoint::models:
  case endpoint::model:
    return answer_models(c);
  case endpoint::upload:
    return answer_upload(c, {body, size});
  case endpoint::kept_list:
  case endpoint::kept_new:
    return answer_collection(c, body, size);
  case endpoint::kept:
  case endpoint::kept_part:
  case endpoint::kept_cancel:
    return answer_kept(c);
  default:
    break;
  }
  if (auto asked = read(c, body, size))
    answer_generation(c, *asked);
}

/// Faults that replace the answer. The rest is the connection's work or changes the answer later.
bool provider::answer_fault(const call& c) {
  if (!c.x.broken)
    return false;
  auto& broken = *c.x.broken;
  auto& result = c.result;
  result.delay = broken.delay;
  switch (broken.kind) {
  case fault_kind::status:
    result.status = broken.status;
    result.body = broken.body.empty() ? status_body(c.x.speaks, broken.status, result.request_id)
                                      : broken.body;
    for (auto& [name, value] : broken.headers) {
      if (equal_nocase(name, "content-type"))
        result.content_type = {};
      result.lines.append(name).append(": ").append(value).append("\r\n");
    }
    return true;
  case fault_kind::revoke: {
    auto around = c.around;
    around.secret = c.request.credential(c.x.speaks);
    ++c.x.key->counters.unauthorized;
    simulator::refuse(result, c.x.speaks, {kind::bad_key}, around);
    return true;
  }
  case fault_kind::close:
  case fault_kind::reset:
  case fault_kind::garbage:
  case fault_kind::never_answer:
  case fault_kind::stop_reading:
    hold(c.x);
    return true;
  default:
    return false;
  }
}

bool provider::answer_error(const call& c) {
  auto& request = c.request;
  if (c.x.key == nullptr) {
    ++unauthorized_;
    auto around = c.around;
    around.secret = request.credential(c.x.speaks);
    simulator::refuse(c.result, c.x.speaks, {around.secret.empty() ? kind::no_key : kind::bad_key},
                      around);
    return true;
  }
  if (refuse_standing(c))
    return true;
  if (c.x.where == endpoint::unknown)
    return refuse(c, {kind::unknown_path});
  auto methods = methods_of(c.x.where);
  if (request.head.method == method::other
      || methods.find(request.method) == std::string_view::npos) {
    c.result.lines.append("allow: ").append(methods).append("\r\n");
    return refuse(c, {kind::wrong_method});
  }
  bool classic = c.x.speaks == dialect::azure && !request.target.starts_with("/openai/v1/");
  if (classic && query_value(request.target, "api-version").empty())
    return refuse(c, {kind::no_version});
  return c.x.speaks == dialect::anthropic && !request.head.anthropic_version
         && refuse(c, {kind::no_version});
}

bool provider::knows_model(std::string_view model) const {
  return options_.accept_any_model
         || std::find(options_.models.begin(), options_.models.end(), model)
                != options_.models.end();
}

void provider::answer_models(const call& c) {
  if (c.x.where == endpoint::models)
    return render_models(c.result, c.x.speaks, options_.models);
  auto model = route_of(c.request.path()).name;
  if (std::find(options_.models.begin(), options_.models.end(), model) != options_.models.end())
    return render_model(c.result, c.x.speaks, model);
  auto around = c.around;
  around.model = model;
  simulator::refuse(c.result, c.x.speaks, {kind::unknown_model}, around);
}

void provider::answer_generation(call& c, const scanned_body& body) {
  compose(c, body);
  c.around.model = without_suffixes(generation_.model);
  if (generation_.model.empty()) {
    refuse(c, {kind::no_model});
    return;
  }
  if (refuse_model(c) || !knows_previous(c, body.previous_response_id)
      || !knows_all(c, body.refers))
    return;
  if (c.x.where != endpoint::count_tokens && !admit(c, reserved_tokens(c, body)))
    return;
  job asked{c.x.where, c.x.speaks, c.request.target, body, generation_};
  if (auto wrong = mistake_in(asked)) {
    refuse(c, *wrong);
    return;
  }
  if (!give(c, asked))
    return;
  if (c.x.where == endpoint::responses && body.store)
    remember_response(c);
  c.x.key->counters.tokens +=
      static_cast<std::uint64_t>(generation_.input_tokens() + generation_.output_tokens());
  c.result.delay += latency();
  hold(c.x);
}

/// The tokens that count to the limits. As OpenAI does, what the answer may need counts at once,
/// not what it turns out to be; Anthropic and Gemini limit the input, and Anthropic leaves out what
/// was cached (PROVIDERS section 8).
std::int64_t provider::reserved_tokens(const call& c, const scanned_body& body) const {
  switch (c.x.speaks) {
  case dialect::anthropic:
    return generation_.prompt_tokens;
  case dialect::gemini:
    return generation_.input_tokens();
  default:
    return generation_.input_tokens()
           + (writes_text(c.x.where) ? body.max_tokens.value_or(generation_.output_tokens()) : 0);
  }
}

/// Makes the answer a stream, a whole body, or what a fault makes of it. Returns whether it is a
/// success.
bool provider::give(const call& c, const job& asked) {
  auto breaks = breaks_of(c.x.broken.get());
  auto& result = c.result;
  if (auto shape = stream_shape(asked)) {
    result.content_type = stream_type(*shape, c.x.speaks);
    result.stream.emplace(*shape, generation_, asked.body.include_usage, std::move(breaks));
  } else if (breaks.error_after != stream_breaks::never) {
    simulator::refuse(result, c.x.speaks, {kind::broken}, c.around);
    if (!breaks.error.empty())
      result.body = breaks.error;
    return false;
  } else if (breaks.garbage_after != stream_breaks::never) {
    result.body = breaks.garbage;
  } else {
    render(result, asked);
  }
  return true;
}

} // namespace keywheel::simulator
