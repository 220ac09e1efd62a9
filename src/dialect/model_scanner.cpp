#include "dialect/model_scanner.hpp"

#include "dialect/json.hpp"
#include "dialect/plain_run.hpp"

#include <utility>

namespace keywheel::dialect {

namespace {

constexpr std::string_view wanted = "model";

// Every byte of a name may be written as \u00XX.
constexpr std::size_t bytes_per_escape = 6;

constexpr bool is_space(char c) noexcept {
  return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

constexpr bool is_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}

constexpr bool is_hex(char c) noexcept {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
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

constexpr bool starts_value(char c) noexcept {
  return std::string_view{"{[\"tfn-0123456789"}.find(c) != std::string_view::npos;
}

} // namespace

// -- the way through a body ----------------------------------------------------------------------

void model_scanner::feed(std::string_view piece) {
  std::size_t i = 0;
  while (i < piece.size() && state_ != state::stopped)
    i = step(piece, i);
  if (state_ != state::stopped)
    offset_ += piece.size();
}

model_scanner::outcome model_scanner::finish() {
  if (state_ == state::done)
    outcome_ = model_seen_ ? outcome::found : outcome::no_model;
  else if (state_ != state::stopped)
    outcome_ = outcome::malformed;
  state_ = state::stopped;
  return outcome_;
}

void model_scanner::reset() {
  model_scanner fresh;
  fresh.model_.swap(model_);
  fresh.raw_.swap(raw_);
  fresh.model_.clear();
  fresh.raw_.clear();
  *this = std::move(fresh);
}

std::size_t model_scanner::step(std::string_view piece, std::size_t i) {
  switch (state_) {
  case state::string:
    return in_string(piece, i);
  case state::escape:
    return in_escape(piece, i);
  case state::hex:
    return in_hex(piece, i);
  case state::zero:
  case state::integer:
  case state::fraction:
  case state::exponent_digits:
    return in_digits(piece, i);
  case state::minus:
  case state::point:
  case state::exponent:
  case state::exponent_sign:
    return in_number(piece[i], i);
  case state::literal:
    return in_literal(piece[i], i);
  default:
    return in_structure(piece, i);
  }
}

std::size_t model_scanner::go(state next, std::size_t i) {
  state_ = next;
  return i + 1;
}

std::size_t model_scanner::fail(std::size_t i, outcome why) {
  offset_ += i;
  outcome_ = why;
  state_ = state::stopped;
  return i;
}

// -- objects and arrays --------------------------------------------------------------------------

std::size_t model_scanner::in_structure(std::string_view piece, std::size_t i) {
  while (is_space(piece[i]))
    if (++i == piece.size())
      return i;
  const char c = piece[i];
  switch (state_) {
  case state::start:
    return c == '{' ? open(true, i) : fail(i);
  case state::first_name:
    if (c == '}')
      return close(i);
    [[fallthrough]];
  case state::name:
    return c == '"' ? begin_string(depth_ == 1 ? role::top_name : role::name, i) : fail(i);
  case state::colon:
    return c == ':' ? go(state::value, i) : fail(i);
  case state::first_element:
    if (c == ']')
      return close(i);
    [[fallthrough]];
  case state::value:
    return begin_value(c, i);
  case state::after_value:
    if (c == ',')
      return go(in_object() ? state::name : state::value, i);
    return c == (in_object() ? '}' : ']') ? close(i) : fail(i);
  default:
    return fail(i);
  }
}

std::size_t model_scanner::begin_value(char c, std::size_t i) {
  if (model_next_ && c != '"')
    return fail(i, starts_value(c) ? outcome::not_a_string : outcome::malformed);
  switch (c) {
  case '"':
    return begin_string(std::exchange(model_next_, false) ? role::model : role::value, i);
  case '{':
    return open(true, i);
  case '[':
    return open(false, i);
  case 't':
    return begin_literal("rue", i);
  case 'f':
    return begin_literal("alse", i);
  case 'n':
    return begin_literal("ull", i);
  case '-':
    return go(state::minus, i);
  case '0':
    return go(state::zero, i);
  default:
    return is_digit(c) ? go(state::integer, i) : fail(i);
  }
}

std::size_t model_scanner::open(bool object, std::size_t i) {
  if (depth_ == max_depth)
    return fail(i, outcome::too_deep);
  objects_[depth_++] = object;
  return go(object ? state::first_name : state::first_element, i);
}

std::size_t model_scanner::close(std::size_t i) {
  --depth_;
  return go(depth_ == 0 ? state::done : state::after_value, i);
}

// -- numbers and literals ------------------------------------------------------------------------

std::size_t model_scanner::in_digits(std::string_view piece, std::size_t i) {
  if (state_ != state::zero)
    while (is_digit(piece[i]))
      if (++i == piece.size())
        return i;
  const char c = piece[i];
  if (c == '.' && (state_ == state::zero || state_ == state::integer))
    return go(state::point, i);
  if ((c == 'e' || c == 'E') && state_ != state::exponent_digits)
    return go(state::exponent, i);
  state_ = state::after_value;
  return i;
}

std::size_t model_scanner::in_number(char c, std::size_t i) {
  if (state_ == state::exponent && (c == '+' || c == '-'))
    return go(state::exponent_sign, i);
  if (!is_digit(c))
    return fail(i);
  if (state_ == state::minus)
    return go(c == '0' ? state::zero : state::integer, i);
  return go(state_ == state::point ? state::fraction : state::exponent_digits, i);
}

std::size_t model_scanner::begin_literal(const char* rest, std::size_t i) {
  literal_ = rest;
  return go(state::literal, i);
}

std::size_t model_scanner::in_literal(char c, std::size_t i) {
  if (c != *literal_)
    return fail(i);
  ++literal_;
  return go(*literal_ == '\0' ? state::after_value : state::literal, i);
}

// -- strings -------------------------------------------------------------------------------------

std::size_t model_scanner::begin_string(role what, std::size_t i) {
  role_ = what;
  raw_.clear();
  overlong_ = false;
  if (what == role::model)
    begin_ = offset_ + i;
  return go(state::string, i);
}

std::size_t model_scanner::in_string(std::string_view piece, std::size_t i) {
  const std::size_t from = i;
  for (;;) {
    i += plain_run(piece.substr(i));
    // Most escapes stand in one piece: those need no state.
    if (i + 1 < piece.size() && piece[i] == '\\' && is_short_escape(piece[i + 1]))
      i += 2;
    else
      break;
  }
  keep(piece.substr(from, i - from));
  if (i == piece.size())
    return i;
  if (piece[i] == '"')
    return end_string(i);
  if (piece[i] != '\\')
    return fail(i);
  keep("\\");
  return go(state::escape, i);
}

std::size_t model_scanner::in_escape(std::string_view piece, std::size_t i) {
  keep(piece.substr(i, 1));
  if (is_short_escape(piece[i]))
    return go(state::string, i);
  if (piece[i] != 'u')
    return fail(i);
  hex_left_ = 4;
  return go(state::hex, i);
}

std::size_t model_scanner::in_hex(std::string_view piece, std::size_t i) {
  const std::size_t from = i;
  while (i < piece.size() && hex_left_ > 0) {
    if (!is_hex(piece[i]))
      return fail(i);
    ++i;
    --hex_left_;
  }
  keep(piece.substr(from, i - from));
  if (hex_left_ == 0)
    state_ = state::string;
  return i;
}

void model_scanner::keep(std::string_view text) {
  if (role_ != role::top_name && role_ != role::model)
    return;
  const std::size_t decoded = role_ == role::model ? max_name : wanted.size();
  if (overlong_ || raw_.size() + text.size() > decoded * bytes_per_escape)
    overlong_ = true;
  else
    raw_ += text;
}

std::size_t model_scanner::end_string(std::size_t i) {
  switch (role_) {
  case role::value:
    return go(state::after_value, i);
  case role::model:
    return end_model(i);
  case role::top_name:
    if (!overlong_ && unescape(raw_) == wanted) {
      if (model_seen_)
        return fail(i, outcome::twice);
      model_seen_ = model_next_ = true;
    }
    [[fallthrough]];
  default:
    return go(state::colon, i);
  }
}

std::size_t model_scanner::end_model(std::size_t i) {
  if (overlong_ || raw_.empty())
    return fail(i, outcome::not_a_string);
  auto name = unescape(raw_);
  if (!name)
    return fail(i);
  if (name->size() > max_name)
    return fail(i, outcome::not_a_string);
  model_ = std::move(*name);
  end_ = offset_ + i + 1;
  return go(state::after_value, i);
}

} // namespace keywheel::dialect
