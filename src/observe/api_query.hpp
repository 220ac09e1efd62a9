#pragma once

#include "observe/api_error.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace keywheel::observe {

/// Reads a query that may hold one parameter: its value, percent-decoded; nothing if it is not
/// there. 400 if something else stands there, if it stands there twice, or for a broken escape.
std::variant<std::optional<std::string>, api_error> read_parameter(std::string_view query,
                                                                   std::string_view name);

/// 400: what a query says cannot be.
api_error bad_query(std::string message);

} // namespace keywheel::observe
