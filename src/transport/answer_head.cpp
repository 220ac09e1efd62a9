#include "transport/answer_head.hpp"

#include <algorithm>
#include <string>

namespace keywheel::transport {

namespace {

constexpr bool is_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}

// RFC 9110 §5.6.2
constexpr bool is_token_char(char c) noexcept {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
         || std::string_view{"!#$%&'*+-.^_`|~"}.find(c) != std::string_view::npos;
}

// RFC 9110 §5.5: whatever is visible, blanks, and octets above ASCII.
constexpr bool is_value_char(char c) noexcept {
  return static_cast<unsigned char>(c) >= 0x20 ? c != 0x7f : c == '\t';
}

std::string_view trimmed(std::string_view text) noexcept {
  constexpr std::string_view blanks = " \t\r\n";
  const auto first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos)
    return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

} // namespace

answer_head::step answer_head::line(std::string_view text) {
  if (complete_)
    return step::more;
  bytes_ += text.size();
  if (bytes_ > limit)
    return refuse("its header section is too large");
  if (text.starts_with("HTTP/"))
    return status_line(text);
  if (head_.status == 0)
    return refuse("its answer does not start with a status line");
  if (text == "\r\n" || text == "\n")
    return section_end();
  if (text.starts_with(' ') || text.starts_with('\t'))
    return folded_line(text);
  return field_line(text);
}

void answer_head::reset() {
  head_.status = 0;
  head_.headers.clear();
  bytes_ = 0;
  complete_ = false;
  problem_ = "";
}

answer_head::step answer_head::status_line(std::string_view text) {
  head_.headers.clear();
  head_.status = 0;
  const auto space = text.find(' ');
  const auto code = space == std::string_view::npos ? "" : trimmed(text.substr(space + 1));
  const auto three = code.size() >= 3 && std::all_of(code.begin(), code.begin() + 3, is_digit);
  if (!three || code[0] == '0' || (code.size() > 3 && code[3] != ' '))
    return refuse("its status line makes no sense");
  head_.status =
      static_cast<unsigned>((code[0] - '0') * 100 + (code[1] - '0') * 10 + code[2] - '0');
  return step::more;
}

answer_head::step answer_head::field_line(std::string_view text) {
  const auto colon = text.find(':');
  if (colon == std::string_view::npos)
    return refuse("a header line of its answer has no colon");
  const auto name = text.substr(0, colon);
  if (name.empty() || !std::all_of(name.begin(), name.end(), is_token_char))
    return refuse("a header name of its answer makes no sense");
  const auto value = trimmed(text.substr(colon + 1));
  if (!std::all_of(value.begin(), value.end(), is_value_char))
    return refuse("a header value of its answer has control characters");
  head_.headers.add(name, value);
  return step::more;
}

// RFC 9112 §5.2: whoever passes an answer on puts blanks in the place of such a fold.
answer_head::step answer_head::folded_line(std::string_view text) {
  if (head_.headers.empty())
    return refuse("its header section starts with a continued line");
  const auto more = trimmed(text);
  if (!std::all_of(more.begin(), more.end(), is_value_char))
    return refuse("a header value of its answer has control characters");
  http::fields all;
  const auto last = head_.headers.size() - 1;
  for (std::size_t i = 0; i < last; ++i)
    all.add(head_.headers[i].name, head_.headers[i].value);
  auto value = std::string{head_.headers[last].value};
  value.append(" ").append(more);
  all.add(head_.headers[last].name, trimmed(value));
  head_.headers = std::move(all);
  return step::more;
}

answer_head::step answer_head::section_end() {
  if (head_.status < 200) {
    head_.status = 0;
    head_.headers.clear();
    return step::more;
  }
  complete_ = true;
  return step::complete;
}

answer_head::step answer_head::refuse(const char* why) noexcept {
  problem_ = why;
  return step::bad;
}

} // namespace keywheel::transport
