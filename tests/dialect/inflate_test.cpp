#include "dialect/inflate.hpp"
#include "tests/catch.hpp"
#include "tests/dialect/deflated.hpp"

using namespace keywheel::dialect;
using keywheel::dialect::test::deflated;

TEST_CASE("gzip and zlib come back as they were") {
  const std::string text = "{\"error\":\"a text of some length, of some length\"}";
  CHECK(inflated(deflated(text, MAX_WBITS + 16), 1000) == text);
  CHECK(inflated(deflated(text, MAX_WBITS), 1000) == text);
  CHECK(inflated(deflated(text, MAX_WBITS), 5) == text.substr(0, 5));
  CHECK(inflated(deflated(text, MAX_WBITS), 0).empty());
  CHECK(is_gzip(deflated(text, MAX_WBITS + 16)));
  CHECK_FALSE(is_gzip(text));
  CHECK_FALSE(is_gzip("\x1f"));
}

TEST_CASE("a bomb is cut short and what is broken ends early") {
  const std::string bomb = deflated(std::string(50'000'000, '\0'), MAX_WBITS + 16);
  CHECK(inflated(bomb, 65'536).size() == 65'536);
  const std::string text(3'000, 'x');
  const std::string packed = deflated(text, MAX_WBITS + 16);
  for (std::size_t size = 0; size < packed.size(); ++size)
    CHECK(text.rfind(inflated(packed.substr(0, size), 10'000), 0) == 0);
  CHECK(inflated("", 10).empty());
  CHECK(inflated("not compressed at all", 10).empty());
}
