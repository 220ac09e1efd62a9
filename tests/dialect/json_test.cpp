#include "dialect/json.hpp"
#include "dialect/request_scanner.hpp"
#include "tests/catch.hpp"

using namespace keywheel::dialect;

TEST_CASE("any text becomes a JSON string") {
  CHECK(json_string("gpt-4o") == R"("gpt-4o")");
  CHECK(json_string({}) == R"("")");
  CHECK(json_string("a\"b\\c/\n\x01") == "\"a\\\"b\\\\c/\\n\\u0001\"");
  CHECK(json_string(std::string_view("\0", 1)) == R"("\u0000")");
  CHECK(json_string("\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x98\x80")
        == "\"\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x98\x80\"");
}

TEST_CASE("bytes that are no UTF-8 are replaced") {
  const std::string mark = "\xEF\xBF\xBD";
  CHECK(json_string("a\xFFz") == "\"a" + mark + "z\"");
  CHECK(json_string("\xC0\x80") == '"' + mark + mark + '"');
  CHECK(json_string("\xC3") == '"' + mark + '"');
  CHECK(json_string("\xE0\x80\x80") == '"' + mark + mark + mark + '"');
  CHECK(json_string("\xED\xA0\x80") == '"' + mark + mark + mark + '"');
  CHECK(json_string("\xF4\x90\x80\x80") == '"' + mark + mark + mark + mark + '"');
  CHECK(json_string("\xF0\x9F\x98") == '"' + mark + mark + mark + '"');
}

TEST_CASE("a string's content is decoded, or nothing") {
  CHECK(unescape("plain") == "plain");
  CHECK(unescape("") == "");
  CHECK(unescape(R"(\u0041\n\"\ud83d\ude00)") == "A\n\"\xF0\x9F\x98\x80");
  CHECK(unescape(R"(\u0000)") == std::string(1, '\0'));
  CHECK_FALSE(unescape(R"(\ud83d)").has_value());
  CHECK_FALSE(unescape(R"(\ude00)").has_value());
  CHECK_FALSE(unescape("\xFF").has_value());
  CHECK_FALSE(unescape("\\n\xFF").has_value());
}
