#include "config/pattern.hpp"

#include "config/config.hpp"

#include <vector>

namespace keywheel::config {

bool matches(std::string_view pattern, std::string_view text) noexcept {
  std::size_t p = 0;
  std::size_t t = 0;
  auto star = std::string_view::npos; // the last `*` seen, and the text it has not swallowed yet
  std::size_t rest = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      rest = t;
    } else if (p < pattern.size() && pattern[p] == text[t]) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++rest;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', p) == std::string_view::npos;
}

bool overlap(std::string_view a, std::string_view b) {
  if (b.find('*') == std::string_view::npos)
    return matches(a, b);
  if (a.find('*') == std::string_view::npos)
    return matches(b, a);
  // below[j] says whether a's tail from i + 1 and b's tail from j have a text in common, here[j]
  // the same for a's tail from i.
  std::vector<bool> below(b.size() + 1);
  std::vector<bool> here(b.size() + 1);
  for (std::size_t i = a.size() + 1; i-- > 0;) {
    for (std::size_t j = b.size() + 1; j-- > 0;) {
      const bool a_ends = i == a.size();
      const bool b_ends = j == b.size();
      bool common = a_ends && b_ends;
      if (!a_ends && a[i] == '*')
        common = below[j] || (!b_ends && here[j + 1]);
      else if (!b_ends && b[j] == '*')
        common = here[j + 1] || (!a_ends && below[j]);
      else if (!a_ends && !b_ends)
        common = a[i] == b[j] && below[j + 1];
      here[j] = common;
    }
    below.swap(here);
  }
  return below[0];
}

} // namespace keywheel::config
