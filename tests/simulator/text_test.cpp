#include "tests/catch.hpp"
#include "tools/simulator/text.hpp"

using namespace keywheel::simulator;

namespace {

std::string escaped(std::string_view text) {
  std::string result;
  append_escaped(result, text);
  return result;
}

std::string base64(std::string_view bytes) {
  std::string result;
  append_base64(result, bytes);
  return result;
}

} // namespace

TEST_CASE("JSON text is escaped, and what is no UTF-8 is replaced") {
  CHECK(escaped("plain") == "plain");
  CHECK(escaped("\"\\\n\r\t\x01\x1f") == R"(\"\\\n\r\t\u0001\u001f)");
  CHECK(escaped("h\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x98\x80")
        == "h\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x98\x80");
  const std::string replacement = "\xEF\xBF\xBD";
  CHECK(escaped("a\xFF z") == "a" + replacement + " z");
  CHECK(escaped("\xC3") == replacement);                           // cut short
  CHECK(escaped("\xC0\xAF") == replacement + replacement);         // overlong
  CHECK(escaped("\xED\xA0\x80").size() == 3 * replacement.size()); // a surrogate
  CHECK(escaped("\xF4\x90\x80\x80").size() == 4 * replacement.size());
}

TEST_CASE("a text is cut between code points") {
  CHECK(first_code_points("abc", 2) == "ab");
  CHECK(first_code_points("abc", 9) == "abc");
  CHECK(first_code_points("\xC3\xA9\xC3\xA9", 1) == "\xC3\xA9");
}

TEST_CASE("Base64 has the padding of RFC 4648") {
  CHECK(base64("") == "");
  CHECK(base64("f") == "Zg==");
  CHECK(base64("fo") == "Zm8=");
  CHECK(base64("foo") == "Zm9v");
  CHECK(base64("foobar") == "Zm9vYmFy");
  CHECK(base64("\xFF\xFE\xFD") == "//79");
}
