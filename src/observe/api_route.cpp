#include "observe/api_route.hpp"

#include "dialect/percent.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

namespace keywheel::observe {

namespace {

enum class resource : std::uint8_t {
  healthz,
  readyz,
  models,
  model,
  keys,
  keys_of_provider,
  key,
  key_reset,
  config,
  reload,
  file,
  events,
  history,
  openapi,
  metrics,
  log,
  audit
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
    offer{resource::models, "POST", api_operation::add_model},
    offer{resource::model, "GET", api_operation::get_model},
    offer{resource::model, "PATCH", api_operation::change_model},
    offer{resource::model, "DELETE", api_operation::remove_model},
    offer{resource::keys, "GET", api_operation::list_keys},
    offer{resource::keys_of_provider, "POST", api_operation::add_key},
    offer{resource::key, "GET", api_operation::get_key},
    offer{resource::key, "PATCH", api_operation::change_key},
    offer{resource::key, "DELETE", api_operation::remove_key},
    offer{resource::key_reset, "POST", api_operation::reset_key},
    offer{resource::config, "GET", api_operation::get_config},
    offer{resource::reload, "POST", api_operation::reload},
    offer{resource::file, "GET", api_operation::get_file},
    offer{resource::events, "GET", api_operation::watch_events},
    offer{resource::history, "GET", api_operation::get_history},
    offer{resource::openapi, "GET", api_operation::get_openapi},
    offer{resource::metrics, "GET", api_operation::get_metrics},
    offer{resource::log, "GET", api_operation::get_log},
    offer{resource::log, "PATCH", api_operation::change_log},
    offer{resource::audit, "GET", api_operation::get_audit},
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

/// Finds the resource of `provider`, `provider/name` or `provider/name/reset`.
std::variant<resource, api_error> find_key_resource(std::string_view path, api_route& to) {
  const auto slashes = std::count(path.begin(), path.end(), '/');
  const auto provider = take_segment(path);
  const auto name = take_segment(path);
  if (slashes == 0 && !provider.empty())
    return decode(provider, to.provider)
               ? std::variant<resource, api_error>{resource::keys_of_provider}
               : bad_target("the path has a broken percent escape");
  if (provider.empty() || name.empty() || slashes > 2 || (slashes == 2 && path != "reset"))
    return no_such_path();
  if (!decode(provider, to.provider) || !decode(name, to.name))
    return bad_target("the path has a broken percent escape");
  return slashes == 2 ? resource::key_reset : resource::key;
}

/// Finds a file of the dashboard.
std::optional<resource> find_page(std::string_view path, api_route& to) {
  if (path == "/")
    to.file = "index.html";
  else if (take_prefix(path, "/assets/") && !path.empty())
    to.file = path;
  else
    return std::nullopt;
  return resource::file;
}

/// Finds what watches the gateway or describes it: the part of a path after /api/v1/.
std::optional<resource> find_view(std::string_view path) {
  if (path == "events")
    return resource::events;
  if (path == "history")
    return resource::history;
  if (path == "openapi.json")
    return resource::openapi;
  if (path == "log")
    return resource::log;
  return std::nullopt;
}

/// Finds what a path leads to, and fills in its parameters.
std::variant<resource, api_error> find_resource(std::string_view path, api_route& to) {
  if (path == "/healthz")
    return resource::healthz;
  if (path == "/readyz")
    return resource::readyz;
  if (const auto page = find_page(path, to))
    return *page;
  if (path == "/metrics")
    return resource::metrics;
  if (!take_prefix(path, "/api/v1/"))
    return no_such_path();
  if (const auto view = find_view(path))
    return *view;
  if (path == "models")
    return resource::models;
  if (path == "keys")
    return resource::keys;
  if (path == "config")
    return resource::config;
  if (path == "reload")
    return resource::reload;
  if (path == "log")
    return resource::log;
  if (path == "audit")
    return resource::audit;
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

/// Calls `read(part)` for each part of a query; the first error ends it.
template <class Read>
std::optional<api_error> for_each_part(std::string_view query, Read read) {
  while (!query.empty()) {
    const auto end = std::min(query.find('&'), query.size());
    const auto part = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    if (!part.empty())
      if (auto error = read(part))
        return error;
  }
  return std::nullopt;
}

/// Reads the query of a request that changes something.
std::optional<api_error> read_query(std::string_view query, bool may_dry_run, api_route& to) {
  return for_each_part(query, [&](std::string_view part) -> std::optional<api_error> {
    if (!may_dry_run || (part != "dry_run=true" && part != "dry_run=false"))
      return bad_target(may_dry_run ? "the query may be dry_run=true or dry_run=false only"
                                    : "this request takes no query");
    to.dry_run = part == "dry_run=true";
    return std::nullopt;
  });
}

/// Reads how many entries of the audit log are wanted.
std::optional<api_error> read_limit(std::string_view query, api_route& to) {
  constexpr std::string_view name = "limit=";
  constexpr unsigned most = 1000;
  return for_each_part(query, [&](std::string_view part) -> std::optional<api_error> {
    const auto* begin = part.data() + std::min(name.size(), part.size());
    const auto* end = part.data() + part.size();
    const auto [last, code] = std::from_chars(begin, end, to.limit);
    if (!part.starts_with(name) || code != std::errc{} || last != end || to.limit == 0
        || to.limit > most)
      return bad_target("the query may be limit=N only, with N from 1 to 1000");
    return std::nullopt;
  });
}

} // namespace

bool api_route::is_edit() const noexcept {
  switch (what) {
  case api_operation::change_model:
  case api_operation::add_model:
  case api_operation::remove_model:
  case api_operation::change_key:
  case api_operation::add_key:
  case api_operation::remove_key:
    return true;
  default:
    return false;
  }
}

std::string_view to_string(api_operation what) noexcept {
  switch (what) {
  case api_operation::change_model:
    return "change_model";
  case api_operation::add_model:
    return "add_model";
  case api_operation::remove_model:
    return "remove_model";
  case api_operation::change_key:
    return "change_key";
  case api_operation::add_key:
    return "add_key";
  case api_operation::remove_key:
    return "remove_key";
  case api_operation::reset_key:
    return "reset_key";
  case api_operation::reload:
    return "reload";
  default:
    return "ask";
  }
}

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
  result.query = query;
  result.head_only = method == "HEAD";
  if (method != "GET" && method != "HEAD")
    if (auto error = read_query(query, result.is_edit(), result))
      return *error;
  if (result.what == api_operation::get_audit)
    if (auto error = read_limit(query, result))
      return *error;
  return result;
}

std::vector<api_operation> api_operations() {
  std::vector<api_operation> result;
  for (const auto& each : offers)
    result.push_back(each.what);
  return result;
}

} // namespace keywheel::observe
