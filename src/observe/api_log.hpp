#pragma once

#include "observe/api_error.hpp"

#include <spdlog/common.h>

#include <string>
#include <string_view>
#include <variant>

/// `/api/v1/log`: what is logged, while the gateway runs.
namespace keywheel::observe {

/// Reads the body of a PATCH, `{"level":"debug"}`. Refused: 400 for what is no JSON object, 422 for
/// another field or a level that there is not.
std::variant<spdlog::level::level_enum, api_error> read_log_patch(std::string_view body);

/// `{"level"}`
std::string log_json(spdlog::level::level_enum level);

} // namespace keywheel::observe
