#include "tools/simulator/request_head.hpp"

#include "tools/simulator/text.hpp"

#include <array>
#include <charconv>
#include <cstring>

namespace keywheel::simulator {
namespace {

constexpr std::array<bool, 256> token_chars = [] {
  std::array<bool, 256> result{};
  for (char c : std::string_view{"!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz"
                                 "ABCDEFGHIJKLMNOPQRSTUVWXYZ"})
    result[static_cast<unsigned char>(c)] = true;
  return result;
}();

bool is_token(std::string_view text) {
  for (char c : text)
    if (!token_chars[static_cast<unsigned char>(c)])
      return false;
  return !text.empty();
}

/// No control bytes but the horizontal tab (RFC 9110 section 5.5).
bool is_field_value(std::string_view text) {
  for (char c : text) {
    auto byte = static_cast<unsigned char>(c);
    if ((byte < 0x20 && c != '\t') || byte == 0x7F)
      return false;
  }
  return true;
}

bool is_target(std::string_view text) {
  for (char c : text)
    if (static_cast<unsigned char>(c) <= 0x20 || c == 0x7F)
      return false;
  return !text.empty();
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
    text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t'))
    text.remove_suffix(1);
  return text;
}

bool has_element(std::string_view list, std::string_view lower) {
  while (!list.empty()) {
    auto comma = list.find(',');
    if (equal_nocase(trimmed(list.substr(0, comma)), lower))
      return true;
    list.remove_prefix(comma == std::string_view::npos ? list.size() : comma + 1);
  }
  return false;
}

class head_parser {
public:
  head_parser(std::string_view text, request_head& result) : text_(text), result_(result) {
    // nop
  }

  int request_line(std::string_view line) {
    auto first = line.find(' ');
    auto last = line.rfind(' ');
    if (first == std::string_view::npos || first == last)
      return 400;
    auto name = line.substr(0, first);
    auto target = line.substr(first + 1, last - first - 1);
    auto version = line.substr(last + 1);
    if (!is_token(name) || !is_target(target))
      return 400;
    if (version != "HTTP/1.1" && version != "HTTP/1.0")
      return version.starts_with("HTTP/") ? 505 : 400;
    result_.http_1_0 = version.back() == '0';
    result_.keep_alive = !result_.http_1_0;
    result_.method = name == "POST"     ? method::post
                     : name == "GET"    ? method::get
                     : name == "HEAD"   ? method::head
                     : name == "DELETE" ? method::remove
                                        : method::other;
    result_.method_name = place(name);
    result_.target = place(target);
    return 0;
  }

  int field(std::string_view line) {
    auto colon = line.find(':');
    if (colon == std::string_view::npos || !is_token(line.substr(0, colon)))
      return 400;
    auto value = trimmed(line.substr(colon + 1));
    if (!is_field_value(value))
      return 400;
    return known_field(line.substr(0, colon), value);
  }

  int finish() const {
    if (result_.chunked && (result_.has_content_length || result_.http_1_0))
      return 400;
    return result_.has_host || result_.http_1_0 ? 0 : 400;
  }

private:
  int known_field(std::string_view name, std::string_view value) {
    switch (name.size()) {
    case 4:
      return equal_nocase(name, "host") ? host() : 0;
    case 6:
      return equal_nocase(name, "expect") ? expect(value) : 0;
    case 7:
      if (equal_nocase(name, "api-key"))
        result_.api_key = place(value);
      return 0;
    case 9:
      if (equal_nocase(name, "x-api-key"))
        result_.x_api_key = place(value);
      return 0;
    case 10:
      if (equal_nocase(name, "connection") && has_element(value, "close"))
        result_.keep_alive = false;
      return 0;
    case 12:
      if (equal_nocase(name, "content-type"))
        result_.content_type = place(value);
      return 0;
    case 13:
      if (equal_nocase(name, "authorization") && value.size() > 7
          && equal_nocase(value.substr(0, 7), "bearer "))
        result_.bearer = place(trimmed(value.substr(7)));
      return 0;
    case 14:
      if (equal_nocase(name, "x-goog-api-key"))
        result_.x_goog_api_key = place(value);
      return equal_nocase(name, "content-length") ? content_length(value) : 0;
    case 17:
      if (equal_nocase(name, "anthropic-version"))
        result_.anthropic_version = true;
      return equal_nocase(name, "transfer-encoding") ? transfer_encoding(value) : 0;
    case 18:
      return equal_nocase(name, "x-simulator-cached") ? count(result_.cached_tokens, value) : 0;
    case 21:
      return equal_nocase(name, "x-simulator-reasoning") ? count(result_.reasoning_tokens, value)
                                                         : 0;
    default:
      return 0;
    }
  }

  static int count(std::uint32_t& result, std::string_view value) {
    auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), result);
    return error == std::errc{} && end == value.data() + value.size() && result <= 1'000'000 ? 0
                                                                                             : 400;
  }

  int host() {
    if (result_.has_host)
      return 400;
    result_.has_host = true;
    return 0;
  }

  int expect(std::string_view value) {
    if (!equal_nocase(value, "100-continue"))
      return 417;
    result_.expect_continue = true;
    return 0;
  }

  int content_length(std::string_view value) {
    std::uint64_t number = 0;
    auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
    if (error != std::errc{} || end != value.data() + value.size())
      return 400;
    if (result_.has_content_length && number != result_.content_length)
      return 400;
    result_.has_content_length = true;
    result_.content_length = number;
    return 0;
  }

  int transfer_encoding(std::string_view value) {
    if (result_.chunked || !equal_nocase(value, "chunked"))
      return result_.chunked ? 400 : 501;
    result_.chunked = true;
    return 0;
  }

  slice place(std::string_view part) const {
    return {static_cast<std::uint32_t>(part.data() - text_.data()),
            static_cast<std::uint32_t>(part.size())};
  }

  std::string_view text_;
  request_head& result_;
};

} // namespace

int parse_head(std::string_view text, request_head& result) {
  result = request_head{};
  result.size = text.size();
  head_parser parser{text, result};
  bool first = true;
  while (true) {
    auto end = text.find('\r');
    if (end + 1 >= text.size() || text[end + 1] != '\n')
      return 400;
    auto line = text.substr(0, end);
    if (line.empty())
      return first ? 400 : parser.finish();
    if (auto status = first ? parser.request_line(line) : parser.field(line); status != 0)
      return status;
    first = false;
    text.remove_prefix(end + 2);
  }
}

} // namespace keywheel::simulator
