#include "http/ascii.hpp"

#include <array>

namespace keywheel::http {

namespace {

constexpr std::array<bool, 256> token_chars = [] {
  std::array<bool, 256> result{};
  for (char c = '0'; c <= '9'; ++c)
    result[static_cast<unsigned char>(c)] = true;
  for (char c = 'a'; c <= 'z'; ++c) {
    result[static_cast<unsigned char>(c)] = true;
    result[static_cast<unsigned char>(c - 'a' + 'A')] = true;
  }
  for (char c : std::string_view{"!#$%&'*+-.^_`|~"})
    result[static_cast<unsigned char>(c)] = true;
  return result;
}();

} // namespace

bool is_token_char(char c) noexcept {
  return token_chars[static_cast<unsigned char>(c)];
}

std::string_view trim(std::string_view text) noexcept {
  auto blank = [](char c) { return c == ' ' || c == '\t'; };
  while (!text.empty() && blank(text.front()))
    text.remove_prefix(1);
  while (!text.empty() && blank(text.back()))
    text.remove_suffix(1);
  return text;
}

std::string_view next_in_list(std::string_view& list) noexcept {
  auto comma = list.find(',');
  auto result = trim(list.substr(0, comma));
  list.remove_prefix(comma == std::string_view::npos ? list.size() : comma + 1);
  return result;
}

} // namespace keywheel::http
