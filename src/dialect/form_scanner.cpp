#include "dialect/form_scanner.hpp"

#include "dialect/json.hpp"
#include "dialect/parameters.hpp"
#include "http/ascii.hpp"
#include "http/fields.hpp"

#include <algorithm>
#include <utility>

namespace keywheel::dialect {

namespace {

constexpr std::size_t max_boundary = 70;
constexpr std::size_t line_end_size = 2;

bool is_boundary_char(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z')
         || std::string_view{"'()+_,-./:=? "}.find(c) != std::string_view::npos;
}

bool is_field_name(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), http::is_token_char);
}

} // namespace

std::optional<std::string> boundary_of(std::string_view content_type) {
  const auto read = read_parameters(content_type);
  const auto* boundary = read ? read->find("boundary") : nullptr;
  if (boundary == nullptr || boundary->value.empty() || boundary->value.size() > max_boundary
      || boundary->value.back() == ' '
      || !std::all_of(boundary->value.begin(), boundary->value.end(), is_boundary_char))
    return std::nullopt;
  return boundary->value;
}

form_scanner::form_scanner(std::string_view boundary) : delimiter_{"\r\n--"} {
  delimiter_ += boundary;
}

// -- the way through a body ----------------------------------------------------------------------

void form_scanner::feed(std::string_view piece) {
  std::size_t i = 0;
  while (i < piece.size() && state_ != state::stopped)
    i = step(piece, i);
  if (state_ != state::stopped)
    offset_ += piece.size();
}

form_scanner::outcome form_scanner::finish() {
  if (state_ == state::epilogue || (state_ == state::padding && closed_))
    outcome_ = model_seen_ ? outcome::found : outcome::no_model;
  else if (state_ != state::stopped)
    outcome_ = outcome::malformed;
  state_ = state::stopped;
  return outcome_;
}

std::size_t form_scanner::step(std::string_view piece, std::size_t i) {
  switch (state_) {
  case state::preamble:
  case state::content:
    return in_text(piece, i);
  case state::header:
    return in_header(piece, i);
  case state::header_end:
    return piece[i] == '\n' ? end_header_line(i) : fail(i);
  case state::epilogue:
    return piece.size();
  default:
    return in_delimiter(piece[i], i);
  }
}

std::size_t form_scanner::go(state next, std::size_t i) {
  state_ = next;
  return i + 1;
}

std::size_t form_scanner::fail(std::size_t i, outcome why) {
  offset_ += i;
  outcome_ = why;
  state_ = state::stopped;
  return i;
}

// -- delimiters ----------------------------------------------------------------------------------

/// In a preamble or a part's content, up to the next delimiter. Only its first byte is a CR, so
/// after a mismatch it can begin at that byte at the earliest.
std::size_t form_scanner::in_text(std::string_view piece, std::size_t i) {
  while (i < piece.size()) {
    if (matched_ == 0) {
      const std::size_t at = std::min(piece.find('\r', i), piece.size());
      take(piece.substr(i, at - i));
      i = at;
      if (i == piece.size())
        break;
    }
    if (piece[i] != delimiter_[matched_]) {
      undo_match();
      continue;
    }
    ++i;
    if (++matched_ == delimiter_.size())
      return end_text(i);
  }
  return i;
}

/// What looked like a delimiter is text.
void form_scanner::undo_match() {
  take(std::string_view{delimiter_}.substr(implied_, matched_ - implied_));
  matched_ = implied_ = 0;
}

void form_scanner::take(std::string_view text) {
  if (!is_model_ || overlong_)
    return;
  if (model_.size() + text.size() > max_name)
    overlong_ = true;
  else
    model_ += text;
}

std::size_t form_scanner::end_text(std::size_t i) {
  // Readers differ in whether the empty line before a part's content can begin a delimiter.
  if (state_ == state::content && implied_ > 0)
    return fail(i - 1);
  if (std::exchange(is_model_, false) && (overlong_ || model_.empty() || !is_utf8(model_)))
    return fail(i - 1, outcome::not_text);
  state_ = state::after_boundary;
  return i;
}

std::size_t form_scanner::in_delimiter(char c, std::size_t i) {
  switch (state_) {
  case state::after_boundary:
    if (c == '-')
      return go(state::dash, i);
    state_ = state::padding;
    return i;
  case state::dash:
    closed_ = true;
    return c == '-' ? go(state::padding, i) : fail(i);
  case state::padding:
    if (c == ' ' || c == '\t')
      return i + 1;
    return c == '\r' ? go(state::line_feed, i) : fail(i);
  default: // line_feed
    line_.clear();
    named_ = is_file_ = false;
    return c == '\n' ? go(closed_ ? state::epilogue : state::header, i) : fail(i);
  }
}

// -- headers of parts ----------------------------------------------------------------------------

std::size_t form_scanner::in_header(std::string_view piece, std::size_t i) {
  const std::size_t end = std::min(piece.find_first_of("\r\n", i), piece.size());
  if (end - i > max_header_line - line_.size())
    return fail(i + max_header_line - line_.size());
  line_ += piece.substr(i, end - i);
  if (end == piece.size())
    return end;
  return piece[end] == '\r' ? go(state::header_end, end) : fail(end);
}

std::size_t form_scanner::end_header_line(std::size_t i) {
  if (line_.empty())
    return end_header(i);
  if (!read_header_line())
    return fail(i);
  line_.clear();
  return go(state::header, i);
}

bool form_scanner::read_header_line() {
  const std::size_t colon = line_.find(':');
  if (colon == std::string::npos)
    return false;
  const std::string_view name = std::string_view{line_}.substr(0, colon);
  if (!is_field_name(name))
    return false;
  return !http::name_equals(name, "content-disposition")
         || read_disposition(std::string_view{line_}.substr(colon + 1));
}

bool form_scanner::read_disposition(std::string_view value) {
  const auto read = read_parameters(value);
  if (std::exchange(named_, true) || !read || !http::name_equals(read->value, "form-data"))
    return false;
  const auto* name = read->find("name");
  if (name == nullptr || read->find("name*") != nullptr)
    return false;
  is_model_ = name->value == "model";
  is_file_ = read->find("filename") != nullptr || read->find("filename*") != nullptr;
  return true;
}

std::size_t form_scanner::end_header(std::size_t i) {
  if (!named_)
    return fail(i);
  if (is_model_) {
    if (is_file_)
      return fail(i, outcome::not_text);
    if (std::exchange(model_seen_, true))
      return fail(i, outcome::twice);
    begin_ = offset_ + i + 1;
  }
  matched_ = implied_ = line_end_size;
  return go(state::content, i);
}

} // namespace keywheel::dialect
