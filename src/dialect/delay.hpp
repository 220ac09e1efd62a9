#pragma once

#include "http/fields.hpp"
#include "time.hpp"

#include <chrono>
#include <optional>
#include <string_view>

namespace keywheel::dialect {

/// How long a provider asks to stay away, and what said so.
struct delay {
  std::chrono::milliseconds rest;
  std::string_view source; ///< the header's name, or "body": static text
};

/// No delay is longer: whatever says more says ten years.
constexpr std::chrono::milliseconds max_delay = std::chrono::hours{24 * 3650};

/// Reads `retry-after-ms`, else `x-ms-retry-after-ms`, else `retry-after` as seconds (fractions
/// allowed) or as an HTTP date (RFC 9110 §10.2.3, all three forms of §5.6.7). Negative, NaN,
/// infinite or unreadable values are as if absent; a date that has passed is a delay of zero.
/// Fractions of a millisecond are rounded up. These headers mean what they say at any provider;
/// what bodies and reset headers say is read by judge() after them.
std::optional<delay> delay_from(const http::fields& headers, wall_time now);

/// From `now` until `then`: at least zero, at most max_delay, rounded up to milliseconds.
std::chrono::milliseconds until(wall_time then, wall_time now) noexcept;

/// Reads an HTTP date (RFC 9110 §5.6.7); nothing if it is none. Years of two digits are those that
/// lie at most 50 years after `now`. A day's name must be one, but not that date's. Second 60 is
/// the next minute's first. Dates beyond what wall_time can hold become its last or first.
std::optional<wall_time> parse_http_date(std::string_view text, wall_time now);

} // namespace keywheel::dialect
