#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace keywheel::dialect {

/// Decodes percent-encoding (RFC 3986 §2.1); nothing if a `%` has no two hex digits after it.
std::optional<std::string> percent_decode(std::string_view text);

/// Encodes everything but unreserved characters (RFC 3986 §2.3), so that the result is one path
/// segment.
std::string percent_encode(std::string_view text);

} // namespace keywheel::dialect
