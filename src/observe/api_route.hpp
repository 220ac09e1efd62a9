#pragma once

#include "observe/api_error.hpp"

#include <string>
#include <string_view>
#include <variant>

namespace keywheel::observe {

/// What the admin port can be asked (DESIGN §5.4).
enum class api_operation : std::uint8_t {
  healthz,
  readyz,
  list_models,
  get_model,
  change_model,
  list_keys,
  get_key,
  change_key,
  reset_key,
  get_config,
  reload
};

/// A request's method and target, understood.
struct api_route {
  api_operation what = api_operation::healthz;
  std::string model;    ///< for get_model and change_model
  std::string provider; ///< for the operations on one key
  std::string name;     ///< likewise
  bool dry_run =
      false; ///< for change_model and change_key: say what would change, and change nothing

  std::string key_id() const { return provider + "/" + name; }

  /// Answers whether this is a probe of health, which anybody may ask.
  bool is_probe() const noexcept {
    return what == api_operation::healthz || what == api_operation::readyz;
  }
};

/// Understands a request. Path parameters are percent-decoded; a model's name is the rest of the
/// path, slashes included. HEAD is taken as GET. Refused: 404, 405, and 400 for a broken escape or,
/// where something is to be changed, a query that we don't know, so that a mistyped `dry_run`
/// changes nothing.
/// @param target in origin-form, as on the wire
std::variant<api_route, api_error> route_api(std::string_view method, std::string_view target);

} // namespace keywheel::observe
