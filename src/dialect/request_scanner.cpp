#include "dialect/request_scanner.hpp"

#include <utility>

namespace keywheel::dialect {

namespace {

constexpr bool is_space(char c) noexcept {
  return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

constexpr bool is_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}

constexpr bool starts_value(char c) noexcept {
  return std::string_view{"{[\"tfn-0123456789"}.find(c) != std::string_view::npos;
}

} // namespace

// -- the way through a body ----------------------------------------------------------------------

void request_scanner::feed(std::string_view piece) {
  std::size_t i = 0;
  while (i < piece.size() && state_ != state::stopped)
    i = step(piece, i);
  if (in_prompt_)
    facts_.add_prompt(piece.substr(prompt_at_, i - prompt_at_));
  prompt_at_ = 0;
  if (state_ != state::stopped)
    offset_ += piece.size();
}

request_scanner::outcome request_scanner::finish() {
  if (state_ == state::done)
    outcome_ = model_seen_ ? outcome::found : outcome::no_model;
  else if (state_ != state::stopped)
    outcome_ = outcome::malformed;
  state_ = state::stopped;
  return outcome_;
}

void request_scanner::reset(model_in where) {
  request_scanner fresh{where};
  fresh.model_.swap(model_);
  fresh.raw_.swap(raw_);
  fresh.model_.clear();
  fresh.raw_.clear();
  *this = std::move(fresh);
}

std::size_t request_scanner::step(std::string_view piece, std::size_t i) {
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

std::size_t request_scanner::go(state next, std::size_t i) {
  state_ = next;
  return i + 1;
}

std::size_t request_scanner::fail(std::size_t i, outcome why) {
  offset_ += i;
  outcome_ = why;
  state_ = state::stopped;
  return i;
}

// -- objects and arrays --------------------------------------------------------------------------

std::size_t request_scanner::in_structure(std::string_view piece, std::size_t i) {
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
    return c == '"' ? begin_string(role_of_name(), i) : fail(i);
  case state::colon:
    return c == ':' ? go(state::value, i) : fail(i);
  case state::first_element:
    if (c == ']')
      return close(i);
    [[fallthrough]];
  case state::value:
    return begin_value(c, i);
  case state::after_value:
    return depth_ == 1 ? end_member(piece, i) : after_value(c, i);
  default:
    return fail(i);
  }
}

std::size_t request_scanner::after_value(char c, std::size_t i) {
  if (c == ',')
    return go(in_object() ? state::name : state::value, i);
  return c == (in_object() ? '}' : ']') ? close(i) : fail(i);
}

std::size_t request_scanner::begin_value(char c, std::size_t i) {
  if (next_ == request_member::model && c != '"')
    return fail(i, starts_value(c) ? outcome::not_a_string : outcome::malformed);
  if (next_ != request_member::other)
    value_of_ = begin_member(c, i);
  else
    value_of_ = list_depth_ == depth_ ? request_member::reference : request_member::other;
  switch (c) {
  case '"':
    return begin_string(value_of_ == request_member::other ? role::value : role_of(value_of_), i);
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
  default:
    return begin_number(c, i);
  }
}

std::size_t request_scanner::open(bool object, std::size_t i) {
  if (depth_ == max_depth)
    return fail(i, outcome::too_deep);
  objects_[depth_++] = object;
  return go(object ? state::first_name : state::first_element, i);
}

std::size_t request_scanner::close(std::size_t i) {
  --depth_;
  if (depth_ < free_depth_)
    free_depth_ = 0;
  if (depth_ < list_depth_)
    list_depth_ = 0;
  return go(depth_ == 0 ? state::done : state::after_value, i);
}

// -- numbers and literals ------------------------------------------------------------------------

std::size_t request_scanner::begin_number(char c, std::size_t i) {
  if (c != '-' && !is_digit(c))
    return fail(i);
  if (in_token_ids_)
    facts_.count_token_id();
  number_ = c - '0';
  if (c != '-')
    return go(c == '0' ? state::zero : state::integer, i);
  value_of_ = request_member::other;
  return go(state::minus, i);
}

std::size_t request_scanner::in_digits(std::string_view piece, std::size_t i) {
  if (value_of_ != request_member::other)
    return in_count(piece, i);
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

std::size_t request_scanner::in_number(char c, std::size_t i) {
  if (state_ == state::exponent && (c == '+' || c == '-'))
    return go(state::exponent_sign, i);
  if (!is_digit(c))
    return fail(i);
  if (state_ == state::minus)
    return go(c == '0' ? state::zero : state::integer, i);
  return go(state_ == state::point ? state::fraction : state::exponent_digits, i);
}

std::size_t request_scanner::begin_literal(const char* rest, std::size_t i) {
  literal_ = rest;
  return go(state::literal, i);
}

std::size_t request_scanner::in_literal(char c, std::size_t i) {
  if (c != *literal_)
    return fail(i);
  ++literal_;
  return go(*literal_ == '\0' ? state::after_value : state::literal, i);
}

} // namespace keywheel::dialect
