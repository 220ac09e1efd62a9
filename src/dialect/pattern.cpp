#include "dialect/pattern.hpp"

#include "http/ascii.hpp"

#include <algorithm>
#include <cstddef>

namespace keywheel::dialect {

namespace {

bool same(char a, char b) noexcept {
  return http::ascii_lower(a) == http::ascii_lower(b);
}

} // namespace

bool matches(std::string_view pattern, std::string_view text) noexcept {
  std::size_t at = 0;                        // in the pattern
  std::size_t star = std::string_view::npos; // the last `*` that was passed
  std::size_t resumed = 0;                   // where the text goes on after that `*`
  for (std::size_t i = 0; i < text.size();) {
    if (at < pattern.size() && pattern[at] == '*') {
      star = at++;
      resumed = i;
    } else if (at < pattern.size() && same(pattern[at], text[i])) {
      ++at;
      ++i;
    } else if (star != std::string_view::npos) {
      at = star + 1;
      i = ++resumed;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', at) == std::string_view::npos;
}

std::size_t find_words(std::string_view text, std::string_view words) noexcept {
  const auto found = std::search(text.begin(), text.end(), words.begin(), words.end(), same);
  return found == text.end() && !words.empty() ? std::string_view::npos
                                               : static_cast<std::size_t>(found - text.begin());
}

} // namespace keywheel::dialect
