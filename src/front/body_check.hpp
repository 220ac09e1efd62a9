#pragma once

#include "dialect/form_scanner.hpp"
#include "dialect/refusal.hpp"
#include "dialect/request_scanner.hpp"

#include <optional>

namespace keywheel::front {

/// Why a body that has been read to its end names no model to call: `bad_request`, in words for the
/// caller. Nothing if it names one. Both finish the scanner.
std::optional<dialect::refusal> check(dialect::request_scanner& body);
std::optional<dialect::refusal> check(dialect::form_scanner& body);

} // namespace keywheel::front
