#pragma once

#include "time.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

namespace keywheel::dialect {

/// Reads a number without sign or exponent, `digits[.digits]`, as milliseconds: the last `places`
/// digits of those stand after the point (0: milliseconds, 3: seconds). Fractions of a millisecond
/// are rounded up; what is beyond max_delay becomes max_delay.
std::optional<std::chrono::milliseconds> parse_decimal(std::string_view text, unsigned places);

/// Reads a duration as Go writes it: "6m0s", "1m26.4s", "370ms", "2h31m16.752s", also with days. At
/// most max_delay.
std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);

/// Returns how much of the text's start can be a duration: digits, points and units.
std::string_view duration_prefix(std::string_view text) noexcept;

/// Reads a date and time of RFC 3339 §5.6, fractions and offset included; a space may stand for the
/// `T`. Years from 1970 to 2200.
std::optional<wall_time> parse_rfc3339(std::string_view text);

/// Reads the value of a reset header in any of the forms of PROVIDERS §3: seconds, seconds or
/// milliseconds since 1970, RFC 3339, a Go duration, an HTTP date. Negative, NaN and what lies
/// between the plausible ranges is nothing; a time that has passed is zero.
std::optional<std::chrono::milliseconds> parse_reset(std::string_view text, wall_time now);

/// When the next day begins in a zone that is always `offset` ahead of UTC.
wall_time next_midnight(wall_time now, std::chrono::minutes offset);

/// When the next day begins in Los Angeles, where Gemini counts days: UTC-8, and UTC-7 from 02:00
/// on the second Sunday of March to 02:00 on the first Sunday of November (Energy Policy Act of
/// 2005).
wall_time next_pacific_midnight(wall_time now);

/// When the next month begins in UTC.
wall_time next_month(wall_time now);

} // namespace keywheel::dialect
