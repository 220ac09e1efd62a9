#include "observe/api_answer.hpp"

#include "observe/api_json.hpp"
#include "observe/metrics_page.hpp"

#include <algorithm>

namespace keywheel::observe {

namespace {

http::response make_response(unsigned status, const char* type, std::string body) {
  http::response result;
  result.head.status = status;
  result.head.headers.add("Content-Type", type);
  result.head.headers.add("Cache-Control", "no-store");
  result.head.headers.add("X-Content-Type-Options", "nosniff");
  result.body = std::move(body);
  return result;
}

/// Finds a key by id. A key whose credential was replaced may still be there a second time,
/// draining: then it is the other one that is meant.
const key_status* find_key(const status& now, const api_route& what) {
  const key_status* result = nullptr;
  for (const auto& each : now.keys)
    if (each.provider == what.provider && each.name == what.name
        && (result == nullptr || result->state == "draining"))
      result = &each;
  return result;
}

http::response with_generation(http::response result, std::uint64_t generation) {
  result.head.headers.add("ETag", '"' + std::to_string(generation) + '"');
  return result;
}

const model_status* find_model(const status& now, std::string_view name) {
  const auto found = std::find_if(now.models.begin(), now.models.end(),
                                  [&](const model_status& each) { return each.name == name; });
  return found == now.models.end() ? nullptr : &*found;
}

bool is_about_model(api_operation what) noexcept {
  return what == api_operation::get_model || what == api_operation::change_model
         || what == api_operation::add_model || what == api_operation::remove_model;
}

bool is_addition(api_operation what) noexcept {
  return what == api_operation::add_key || what == api_operation::add_model;
}

bool is_configured_key(const config::config& in, const api_route& what) {
  const auto provider = in.providers.find(what.provider);
  if (provider == in.providers.end())
    return false;
  const auto& keys = provider->second.keys;
  return std::any_of(keys.begin(), keys.end(),
                     [&](const config::key_config& each) { return each.name == what.name; });
}

bool is_configured_model(const config::config& in, std::string_view name) {
  return std::any_of(in.models.begin(), in.models.end(),
                     [&](const config::model_config& each) { return each.name == name; });
}

} // namespace

http::response json_response(unsigned status, std::string body) {
  return make_response(status, "application/json", std::move(body));
}

http::response text_response(unsigned status, std::string body) {
  return make_response(status, "text/plain; charset=utf-8", std::move(body));
}

http::response metrics_response(std::string page) {
  return make_response(200, metrics_type, std::move(page));
}

http::response answer_question(const api_route& what, const status& now) {
  const auto answer = [&](std::string body) {
    return with_generation(json_response(200, std::move(body)), now.config.generation);
  };
  switch (what.what) {
  case api_operation::list_models:
    return answer(models_json(now.models));
  case api_operation::list_keys:
    return answer(keys_json(now.keys));
  case api_operation::get_config:
    return answer(config_status_json(now));
  case api_operation::get_model:
    if (const auto* found = find_model(now, what.model))
      return answer(model_json(*found));
    break;
  case api_operation::get_key:
    if (const auto* found = find_key(now, what))
      return answer(key_json(*found));
    break;
  default:
    break;
  }
  return error_response(no_such_thing(what));
}

std::optional<api_error> find_obstacle(const api_route& what, const status& now) {
  if (!now.snapshot)
    return no_such_thing(what);
  const auto& in = *now.snapshot;
  if (is_addition(what.what)) // the edit itself finds what is there already
    return std::nullopt;
  if (!is_about_model(what.what)) {
    if (is_configured_key(in, what))
      return std::nullopt;
    return no_such_thing(what);
  }
  if (is_configured_model(in, what.model))
    return std::nullopt;
  if (find_model(now, what.model) == nullptr)
    return no_such_thing(what);
  const auto* pattern = config::find_model(in, what.model);
  return api_error{409,
                   "cannot_edit",
                   "model \"" + what.model + "\" has no entry of its own"
                       + (pattern ? ": it is served under \"" + pattern->name + "\"" : ""),
                   0,
                   0,
                   {},
                   {}};
}

http::response answer_change(const api_route& what, std::uint64_t generation, const status& now) {
  const auto answer = [&](std::string body) {
    return with_generation(json_response(is_addition(what.what) ? 201 : 200, std::move(body)),
                           generation);
  };
  const bool is_removal =
      what.what == api_operation::remove_key || what.what == api_operation::remove_model;
  if (is_removal)
    return answer(generation_json(generation));
  if (is_about_model(what.what)) {
    if (const auto* found = find_model(now, what.model))
      return answer(model_json(*found, generation));
  } else if (const auto* found = find_key(now, what)) {
    return answer(key_json(*found, generation));
  }
  return answer(generation_json(generation));
}

api_error no_such_thing(const api_route& what) {
  return {404,
          "not_found",
          is_about_model(what.what) ? "there is no model \"" + what.model + "\""
                                    : "there is no key \"" + what.key_id() + "\"",
          0,
          0,
          {},
          {}};
}

} // namespace keywheel::observe
