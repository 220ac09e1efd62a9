#pragma once

#include "dialect/error_body.hpp"
#include "dialect/signal_table.hpp"
#include "time.hpp"

#include <chrono>
#include <optional>

namespace keywheel::dialect {

/// How long an error's body asks to stay away (PROVIDERS §5): Google's RetryInfo, OpenRouter's
/// fields, else the sentences that providers end their messages with. To be asked only once codes
/// have told that the error is of the kind that passes: a message may echo its caller.
std::optional<std::chrono::milliseconds> body_hint(signal_table of, const error_body& body,
                                                   wall_time now);

} // namespace keywheel::dialect
