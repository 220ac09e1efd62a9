#pragma once

#include "observe/api_error.hpp"

#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace keywheel::observe {

/// What the admin port can be asked (DESIGN §5.4).
enum class api_operation : std::uint8_t {
  healthz,
  readyz,
  list_models,
  get_model,
  change_model,
  add_model,
  remove_model,
  list_keys,
  get_key,
  change_key,
  add_key,
  remove_key,
  reset_key,
  get_config,
  reload,
  get_file,
  watch_events,
  get_history,
  get_openapi,
  get_metrics,
  get_log,
  change_log,
  get_audit
};

/// The word of the audit log for an operation that changes something; "ask" for others.
std::string_view to_string(api_operation what) noexcept;

/// A request's method and target, understood.
struct api_route {
  api_operation what = api_operation::healthz;
  std::string model;    ///< for the operations on one model, but add_model
  std::string provider; ///< for the operations on one key, and add_key
  std::string name;     ///< for the operations on one key
  bool dry_run = false; ///< for edits: say what would change, and change nothing
  unsigned limit = 100; ///< for get_audit: so many entries at most

  std::string file;       ///< for get_file: its name, as web_file has it
  std::string query;      ///< for watch_events and get_history, as on the wire
  bool head_only = false; ///< the method is HEAD

  std::string key_id() const { return provider + "/" + name; }

  /// Answers whether this changes the configuration file.
  bool is_edit() const noexcept;

  /// Answers whether this is a probe of health, which anybody may ask.
  bool is_probe() const noexcept {
    return what == api_operation::healthz || what == api_operation::readyz;
  }

  /// Answers whether this is a file of the dashboard: it holds no data, and the browser that asks
  /// has no token yet.
  bool is_page() const noexcept { return what == api_operation::get_file; }
};

/// Understands a request. Path parameters are percent-decoded; a model's name is the rest of the
/// path, slashes included. HEAD is taken as GET. Refused: 404, 405, and 400 for a broken escape or,
/// where something is to be changed, a query that we don't know, so that a mistyped `dry_run`
/// changes nothing.
/// @param target in origin-form, as on the wire
std::variant<api_route, api_error> route_api(std::string_view method, std::string_view target);

/// Every operation that some request leads to, once, in no particular order.
std::vector<api_operation> api_operations();

} // namespace keywheel::observe
