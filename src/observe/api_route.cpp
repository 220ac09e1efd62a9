#include "observe/api_route.hpp"

#include "dialect/percent.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace keywheel::observe {

namespace {

enum class resource : std::uint8_t {
  healthz,
  readyz,
  models,
  model,
  keys,
  key,
  key_reset,
  config,
  reload
};

struct offer {
  resource of;
  std::string_view method;
  api_operation what;
};

constexpr std::array offers{
    offer{resource::healthz, "GET", api_operation::healthz},
    offer{resource::readyz, "GET", api_operation::readyz},
    offer{resource::models, "GET", api_operation::list_models},
    offer{resource::model, "GET", api_operation::get_model},
    offer{resource::model, "PATCH", api_operation::change_model},
    offer{resource::keys, "GET", api_operation::list_keys},
    offer{resource::key, "GET", api_operation::get_key},
    offer{resource::key, "PATCH", api_operation::change_key},
    offer{resource::key_reset, "POST", api_operation::reset_key},
    offer{resource::config, "GET", api_operation::get_config},
    offer{resource::reload, "POST", api_operation::reload},
};

api_error bad_target(std::string message) {
  return {400, "bad_request", std::move(message), 0, 0, {}, {}};
}

api_error no_such_path() {
  return {404, "not_found", "there is nothing at this path", 0, 0, {}, {}};
}

/// Splits off what stands before the first slash.
std::string_view take_segment(std::string_view& path) {
  const auto end = std::min(path.find('/'), path.size());
  const auto result = path.substr(0, end);
  path.remove_prefix(std::min(end + 1, path.size()));
  return result;
}

bool take_prefix(std::string_view& path, std::string_view prefix) {
  if (!path.starts_with(prefix))
    return false;
  path.remove_prefix(prefix.size());
  return true;
}

/// Decodes a path parameter; false if it cannot be one.
bool decode(std::string_view from, std::string& to) {
  auto text = dialect::percent_decode(from);
  if (!text)
    return false;
  to = std::move(*text);
  return true;
}

/// Finds the resource of `provider/name` or `provider/name/reset`.
std::variant<resource, api_error> find_key_resource(std::string_view path, api_route& to) {
  const auto slashes = std::count(path.begin(), path.end(), '/');
  const auto provider = take_segment(path);
  const auto name = take_segment(path);
  if (provider.empty() || name.empty() || slashes > 2 || (slashes == 2 && path != "reset"))
    return no_such_path();
  if (!decode(provider, to.provider) || !decode(name, to.name))
    return bad_target("the path has a broken percent escape");
  return slashes == 2 ? resource::key_reset : resource::key;
}

/// Finds what a path leads to, and fills in its parameters.
std::variant<resource, api_error> find_resource(std::string_view path, api_route& to) {
  if (path == "/healthz")
    return resource::healthz;
  if (path == "/readyz")
    return resource::readyz;
  if (!take_prefix(path, "/api/v1/"))
    return no_such_path();
  if (path == "models")
    return resource::models;
  if (path == "keys")
    return resource::keys;
  if (path == "config")
    return resource::config;
  if (path == "reload")
    return resource::reload;
  if (take_prefix(path, "models/") && !path.empty()) {
    if (!decode(path, to.model))
      return bad_target("the path has a broken percent escape");
    return resource::model;
  }
  if (take_prefix(path, "keys/"))
    return find_key_resource(path, to);
  return no_such_path();
}

/// Finds what `method` does with a resource; HEAD asks what GET asks.
std::optional<api_operation> find_operation(resource of, std::string_view method) {
  for (const auto& each : offers)
    if (each.of == of && (each.method == method || (each.method == "GET" && method == "HEAD")))
      return each.what;
  return std::nullopt;
}

api_error method_not_allowed(resource of) {
  api_error result{405, "method_not_allowed", "this path knows other methods only", 0, 0, {}, {}};
  for (const auto& each : offers) {
    if (each.of != of)
      continue;
    if (!result.allow.empty())
      result.allow += ", ";
    result.allow += each.method == "GET" ? "GET, HEAD" : each.method;
  }
  return result;
}

/// Reads the query of a request that changes something.
std::optional<api_error> read_query(std::string_view query, bool may_dry_run, api_route& to) {
  while (!query.empty()) {
    const auto end = std::min(query.find('&'), query.size());
    const auto part = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    if (part.empty())
      continue;
    if (!may_dry_run || (part != "dry_run=true" && part != "dry_run=false"))
      return bad_target(may_dry_run ? "the query may be dry_run=true or dry_run=false only"
                                    : "this request takes no query");
    to.dry_run = part == "dry_run=true";
  }
  return std::nullopt;
}

} // namespace

std::variant<api_route, api_error> route_api(std::string_view method, std::string_view target) {
  const auto mark = std::min(target.find('?'), target.size());
  const auto query = target.substr(std::min(mark + 1, target.size()));
  api_route result;
  const auto found = find_resource(target.substr(0, mark), result);
  if (const auto* error = std::get_if<api_error>(&found))
    return *error;
  const auto of = std::get<resource>(found);
  const auto operation = find_operation(of, method);
  if (!operation)
    return method_not_allowed(of);
  result.what = *operation;
  if (method != "GET" && method != "HEAD")
    if (auto error = read_query(query, method == "PATCH", result))
      return *error;
  return result;
}

} // namespace keywheel::observe
