#include "dialect/pattern.hpp"
#include "tests/catch.hpp"

#include <string>

using namespace keywheel::dialect;

TEST_CASE("a pattern has to account for the whole text") {
  CHECK(matches("abc", "ABC"));
  CHECK_FALSE(matches("abc", "abcd"));
  CHECK_FALSE(matches("abc", "ab"));
  CHECK(matches("abc*", "abc"));
  CHECK(matches("abc*", "ABCdef"));
  CHECK_FALSE(matches("abc*", "xabc"));
  CHECK(matches("*abc", "xabcabc"));
  CHECK(matches("a*b*c", "a-b-b-c"));
  CHECK_FALSE(matches("a*b*c", "a-c-b"));
  CHECK(matches("*", ""));
  CHECK(matches("**", "x"));
  CHECK(matches("", ""));
  CHECK_FALSE(matches("", "x"));
  CHECK(matches("*\xff*", "a\xff\xfe"));
  CHECK_FALSE(matches("a*a*a*a*a*b", std::string(4096, 'a')));
}

TEST_CASE("words are found without regard to case") {
  CHECK(find_words("Please TRY again in 1s", "try Again in ") == 7);
  CHECK(find_words("abc", "d") == std::string_view::npos);
  CHECK(find_words("", "d") == std::string_view::npos);
  CHECK(find_words("abc", "") == 0);
}
