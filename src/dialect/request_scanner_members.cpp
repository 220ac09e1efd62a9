// What becomes of the members that count. It stands apart from the way through a body also because
// that way is short and walked for each byte, and compilers would put this into it.

#include "dialect/json.hpp"
#include "dialect/request_scanner.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace keywheel::dialect {

namespace {

// A number beyond this is no number of tokens; it is kept as this.
constexpr std::int64_t largest_number = 1'000'000'000'000;

} // namespace

std::size_t request_scanner::end_name(std::size_t i) {
  if (!overlong_) {
    const bool is_plain = raw_.find('\\') == std::string::npos;
    const std::string escaped = is_plain ? std::string{} : unescape(raw_).value_or("");
    const std::string_view name = is_plain ? std::string_view{raw_} : escaped;
    next_ = role_ == role::known_name ? member_named(inside_, name) : deep_member_named(name);
  }
  if (next_ == request_member::model) {
    if (model_in_ == model_in::path)
      next_ = request_member::other;
    else if (std::exchange(model_seen_, true))
      return fail(i, outcome::twice);
  }
  return go(state::colon, i);
}

/// The value of a member that counts begins with `c`. Returns what the value is by itself.
request_member request_scanner::begin_member(char c, std::size_t i) {
  const request_member which = std::exchange(next_, request_member::other);
  switch (which) {
  case request_member::stream:
    facts_.set_stream(c == 't');
    break;
  case request_member::store:
    if (c == 't' || c == 'f')
      facts_.set_store(c == 't');
    break;
  case request_member::references:
    if (c == '[')
      list_depth_ = depth_ + 1;
    break;
  case request_member::free_form:
  case request_member::answer_content:
    if (c == '{' || (c == '[' && which == request_member::free_form))
      free_depth_ = depth_ + 1;
    break;
  case request_member::conversation:
  case request_member::generation_config:
    if (c == '{')
      inside_ = which;
    break;
  case request_member::prompt:
  case request_member::token_ids:
    in_token_ids_ = which == request_member::token_ids;
    if (facts_.wants_prompt()) {
      facts_.begin_prompt();
      in_prompt_ = true;
      prompt_at_ = i;
    }
    break;
  default:
    break;
  }
  return which;
}

/// A value at the top level is over.
std::size_t request_scanner::end_member(std::string_view piece, std::size_t i) {
  inside_ = request_member::other;
  in_token_ids_ = false;
  if (std::exchange(in_prompt_, false))
    facts_.add_prompt(piece.substr(prompt_at_, i - prompt_at_));
  return after_value(piece[i], i);
}

request_scanner::role request_scanner::role_of_name() const noexcept {
  if (knows_names())
    return role::known_name;
  return free_depth_ == 0 ? role::deep_name : role::name;
}

request_scanner::role request_scanner::role_of(request_member value) noexcept {
  switch (value) {
  case request_member::model:
    return role::model;
  case request_member::reference:
  case request_member::file_uri:
  case request_member::conversation:
    return role::id;
  default:
    return role::value;
  }
}

/// In the digits of a number that counts; a fraction or an exponent makes it none.
std::size_t request_scanner::in_count(std::string_view piece, std::size_t i) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  for (; state_ != state::zero && i < piece.size() && is_digit(piece[i]); ++i)
    number_ = std::min(number_ * 10 + (piece[i] - '0'), largest_number);
  if (i == piece.size())
    return i;
  const bool is_whole = piece[i] != '.' && piece[i] != 'e' && piece[i] != 'E';
  const request_member of = std::exchange(value_of_, request_member::other);
  if (is_whole)
    facts_.set_number(of, number_);
  return i;
}

void request_scanner::end_id() {
  auto id = overlong_ ? std::nullopt : unescape(raw_);
  if (id && id->size() <= max_name)
    facts_.add_reference(value_of_, std::move(*id));
}

std::size_t request_scanner::end_model(std::size_t i) {
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
