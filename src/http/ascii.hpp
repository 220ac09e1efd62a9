#pragma once

#include <string_view>

namespace keywheel::http {

/// Folds one ASCII letter to lower case; leaves every other byte alone.
constexpr char ascii_lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

/// Answers whether `c` may stand in a token such as a method or a field name (RFC 9110 §5.6.2).
bool is_token_char(char c) noexcept;

/// Removes spaces and tabs on both sides (OWS, RFC 9110 §5.6.3).
std::string_view trim(std::string_view text) noexcept;

/// Cuts the next element off a comma-separated list (RFC 9110 §5.6.1), white space removed.
/// Elements may be empty. `list` becomes what follows.
std::string_view next_in_list(std::string_view& list) noexcept;

} // namespace keywheel::http
