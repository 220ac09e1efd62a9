#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace keywheel::simulator {

/// Appends `span` the way Go prints durations and OpenAI its reset headers: "0s", "494ms",
/// "1.822s", "1m0.052s", "1h0m0s". Rounded up to whole milliseconds.
void append_go_duration(std::string& out, std::chrono::nanoseconds span);

/// Appends `seconds` since 1970 as "2025-08-21T12:40:59Z" (RFC 3339).
void append_rfc3339(std::string& out, std::int64_t seconds);

/// `span` in whole milliseconds, rounded up.
std::int64_t ceil_ms(std::chrono::nanoseconds span);

} // namespace keywheel::simulator
