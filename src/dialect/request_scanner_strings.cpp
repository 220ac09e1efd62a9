#include "dialect/plain_run.hpp"
#include "dialect/request_scanner.hpp"

namespace keywheel::dialect {

namespace {

// Every byte of a name may be written as \u00XX.
constexpr std::size_t bytes_per_escape = 6;

constexpr bool is_hex(char c) noexcept {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/// Whether `\c` is a whole escape.
constexpr bool is_short_escape(char c) noexcept {
  switch (c) {
  case '"':
  case '\\':
  case '/':
  case 'b':
  case 'f':
  case 'n':
  case 'r':
  case 't':
    return true;
  default:
    return false;
  }
}

} // namespace

std::size_t request_scanner::begin_string(role what, std::size_t i) {
  role_ = what;
  raw_.clear();
  overlong_ = false;
  if (what == role::model)
    begin_ = offset_ + i;
  return go(state::string, i);
}

std::size_t request_scanner::in_string(std::string_view piece, std::size_t i) {
  const std::size_t from = i;
  for (;;) {
    i += plain_run(piece.substr(i));
    // Most escapes stand in one piece: those need no state.
    if (i + 1 < piece.size() && piece[i] == '\\' && is_short_escape(piece[i + 1]))
      i += 2;
    else
      break;
  }
  const std::string_view text = piece.substr(from, i - from);
  const bool ends = i < piece.size() && piece[i] == '"';
  // Most names are below the top level, and stand in one piece.
  if (ends && role_ == role::deep_name && raw_.empty() && !overlong_) {
    next_ = deep_member_named(text);
    return go(state::colon, i);
  }
  keep(text, ends);
  if (i == piece.size())
    return i;
  if (piece[i] == '"')
    return end_string(i);
  if (piece[i] != '\\')
    return fail(i);
  keep("\\");
  return go(state::escape, i);
}

std::size_t request_scanner::in_escape(std::string_view piece, std::size_t i) {
  keep(piece.substr(i, 1));
  if (is_short_escape(piece[i]))
    return go(state::string, i);
  if (piece[i] != 'u')
    return fail(i);
  hex_left_ = 4;
  return go(state::hex, i);
}

std::size_t request_scanner::in_hex(std::string_view piece, std::size_t i) {
  const std::size_t from = i;
  while (i < piece.size() && hex_left_ > 0) {
    if (!is_hex(piece[i]))
      return fail(i);
    ++i;
    --hex_left_;
  }
  // As text an escaped character is two bytes: about what it is in UTF-8.
  if (role_ != role::value)
    keep(piece.substr(from, i - from));
  if (hex_left_ == 0)
    state_ = state::string;
  return i;
}

/// Takes some of the string; `ends` says that no more follows.
void request_scanner::keep(std::string_view text, bool ends) {
  if (role_ == role::value)
    return facts_.add_text(text, ends);
  if (role_ == role::name)
    return;
  const bool is_name = role_ == role::known_name || role_ == role::deep_name;
  const std::size_t decoded = is_name ? longest_member_name : max_name;
  if (overlong_ || raw_.size() + text.size() > decoded * bytes_per_escape)
    overlong_ = true;
  else
    raw_ += text;
}

std::size_t request_scanner::end_string(std::size_t i) {
  switch (role_) {
  case role::known_name:
  case role::deep_name:
    return end_name(i);
  case role::model:
    return end_model(i);
  case role::name:
    return go(state::colon, i);
  case role::id:
    end_id();
    break;
  case role::value:
    facts_.end_text();
    break;
  }
  return go(state::after_value, i);
}

} // namespace keywheel::dialect
