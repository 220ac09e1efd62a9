#pragma once

#include "config/config.hpp"

#include <optional>
#include <string>
#include <string_view>

/// Texts of a configuration that stand for something: times and sizes.
namespace keywheel::config {

/// The longest duration that is accepted anywhere.
inline constexpr milliseconds longest_duration = std::chrono::hours{24 * 365};

/// Reads numbers with units ("250ms", "60s", "5m", "1h", "1d"), the larger unit first when there
/// are several ("1m30s"), each at most once. Empty if it is none or longer than longest_duration.
std::optional<milliseconds> parse_duration(std::string_view text) noexcept;

/// The shortest text that parse_duration reads as `time`, such as "1m30s".
std::string duration_text(milliseconds time);

/// Reads a number with a unit: B, KB, MB, GB (powers of 1000), KiB, MiB, GiB (of 1024). Empty if it
/// is none or 1 PiB and more.
std::optional<std::size_t> parse_size(std::string_view text) noexcept;

} // namespace keywheel::config
