#include "config/config.hpp"
#include "config/pattern.hpp"
#include "tests/catch.hpp"

#include <random>
#include <string>
#include <vector>

using keywheel::config::matches;
using keywheel::config::overlap;

namespace {

struct row {
  std::string a;
  std::string b;
  bool fits;
};

/// All texts of the letters a and b with at most `most` characters.
std::vector<std::string> all_texts(std::size_t most) {
  std::vector<std::string> result{""};
  for (std::size_t i = 0; i < result.size(); ++i)
    if (result[i].size() < most)
      for (const char c : {'a', 'b'})
        result.push_back(result[i] + c);
  return result;
}

/// What `*` means, said as simply as possible.
bool fits(std::string_view pattern, std::string_view text) {
  if (pattern.empty())
    return text.empty();
  if (pattern[0] == '*')
    return fits(pattern.substr(1), text) || (!text.empty() && fits(pattern, text.substr(1)));
  return !text.empty() && pattern[0] == text[0] && fits(pattern.substr(1), text.substr(1));
}

} // namespace

TEST_CASE("a star stands for any characters") {
  const std::vector<row> rows{{"", "", true},
                              {"", "a", false},
                              {"a", "", false},
                              {"*", "", true},
                              {"*", "anything", true},
                              {"**", "x", true},
                              {"gpt-*", "gpt-4o", true},
                              {"gpt-*", "gpt-", true},
                              {"gpt-*", "gpt", false},
                              {"gpt-*", "xgpt-4", false},
                              {"*-mini", "o3-mini", true},
                              {"*-mini", "o3-mini-x", false},
                              {"a*b*c", "abbbbc", true},
                              {"a*b*c", "acb", false},
                              {"*aab", "aaaab", true},
                              {"gpt-4o", "GPT-4o", false},
                              {"a.c", "abc", false},
                              {"[ab]", "a", false}};
  for (const auto& [pattern, text, expected] : rows) {
    CAPTURE(pattern, text);
    CHECK(matches(pattern, text) == expected);
  }
}

TEST_CASE("a long pattern with many stars is answered at once") {
  std::string pattern;
  for (int i = 0; i < 60; ++i)
    pattern += "*a";
  CHECK_FALSE(matches(pattern + "b", std::string(5000, 'a')));
  CHECK(matches(pattern + "*", std::string(5000, 'a')));
}

TEST_CASE("two patterns overlap if some text fits both") {
  const std::vector<row> rows{
      {"gpt-4o", "gpt-4o", true}, {"gpt-4o", "gpt-4", false}, {"gpt-*", "gpt-4o", true},
      {"gpt-*", "*-mini", true},  {"gpt-*", "o3-*", false},   {"*", "*", true},
      {"a*c", "ab", false},       {"a*c", "*b*", true},       {"a*", "*a", true},
      {"ab*", "a*b", true},       {"ab*x", "ac*x", false},    {"", "*", true}};
  for (const auto& [a, b, expected] : rows) {
    CAPTURE(a, b);
    CHECK(overlap(a, b) == expected);
    CHECK(overlap(b, a) == expected);
  }
}

TEST_CASE("matches and overlap agree with their definition on every small text") {
  const auto texts = all_texts(6);
  std::mt19937 random{20240607};
  for (int round = 0; round < 300; ++round) {
    std::string patterns[2];
    for (auto& pattern : patterns)
      for (auto length = random() % 5; length > 0; --length)
        pattern += "ab*"[random() % 3];
    CAPTURE(round, patterns[0], patterns[1]);
    bool some_fits_both = false;
    for (const auto& text : texts) {
      const bool first = fits(patterns[0], text);
      if (first != matches(patterns[0], text))
        FAIL("matches differs on " << text);
      some_fits_both = some_fits_both || (first && fits(patterns[1], text));
    }
    CHECK(overlap(patterns[0], patterns[1]) == some_fits_both);
  }
}
