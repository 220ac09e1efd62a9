#include "dialect/request_scanner.hpp"
#include "tests/catch.hpp"
#include "tests/dialect/scan.hpp"

#include <string>
#include <vector>

using namespace keywheel::dialect;
using namespace keywheel::dialect::test;
using outcome = request_scanner::outcome;

namespace {

struct row {
  std::string body;
  outcome expected;
  std::string model = {};  ///< of a body where it is found
  std::string string = {}; ///< how that stands in the body; empty: as it is, in quotes
};

std::string times(std::size_t count, std::string_view text) {
  std::string result;
  for (; count > 0; --count)
    result += text;
  return result;
}

/// However the body is cut, the scanner says the same.
scanned scan_every_way(const std::string& body) {
  const scanned whole = scan_whole(body);
  CHECK(scan_bytes(body) == whole);
  for (std::size_t at = 0; at <= body.size(); ++at) {
    CAPTURE(at);
    CHECK(scan_split(body, at) == whole);
  }
  return whole;
}

void check(const std::vector<row>& rows) {
  for (const row& each : rows) {
    CAPTURE(each.body);
    const scanned result = scan_every_way(each.body);
    CHECK(result.outcome == each.expected);
    if (each.expected != outcome::found)
      continue;
    CHECK(result.model == each.model);
    const std::string string = each.string.empty() ? '"' + each.model + '"' : each.string;
    CHECK(each.body.substr(result.begin, result.end - result.begin) == string);
  }
}

} // namespace

TEST_CASE("the model is found at the top level") {
  check({
      {R"({"model":"gpt-4o"})", outcome::found, "gpt-4o"},
      {R"({"model":"gpt-4o","messages":[{"role":"user","content":"hi"}]})", outcome::found,
       "gpt-4o"},
      {" \r\n\t{ \"stream\" : true , \"model\" :\n\"a\" } \n", outcome::found, "a"},
      {R"({"metadata":{"model":"inner"},"x":[{"model":"inner"}],"model":"outer"})", outcome::found,
       "outer"},
      {R"({"model":"outer","tools":[{"model":1},{"model":null}]})", outcome::found, "outer"},
      {R"({"x":"model","model":"a/b:c"})", outcome::found, "a/b:c"},
      {R"({"models":"no","Model":"no","mode":"no","":"no","model ":"no","model":"yes"})",
       outcome::found, "yes"},
      {"{\"model\":\"\xE6\xA8\xA1\xE5\x9E\x8B\"}", outcome::found, "\xE6\xA8\xA1\xE5\x9E\x8B"},
      {"{\"x\":\"\xFF\xC0 no UTF-8 \x7f\",\"model\":\"a\"}", outcome::found, "a"},
      {R"({"n":[0,-0,1.5,-1.25e+10,1E5,1e-7,123456789],"b":[true,false,null],"model":"a"})",
       outcome::found, "a"},
      {R"({"empty":[[],{},[[]],{"a":{}}],"model":"a"})", outcome::found, "a"},
      {R"({"x":"\"\\\/\b\f\n\r\t\u0000\uD83D\uDE00","model":"a"})", outcome::found, "a"},
      {R"({"x":"half a pair \ud83d","\udc00":1,"model":"a"})", outcome::found, "a"},
  });
}

TEST_CASE("an escaped name or value is read as a parser reads it") {
  check({
      {R"({"mod\u0065l":"a"})", outcome::found, "a"},
      {R"({"\u006d\u006F\u0064\u0065\u006C":"a"})", outcome::found, "a"},
      {R"({"\u006d\u006F\u0064\u0065\u006C\u006C":"a"})", outcome::no_model},
      {R"({"mod\\u0065l":"a"})", outcome::no_model},
      {R"({"mod\u0065l":"a","model":"b"})", outcome::twice},
      {R"({"model":"gpt\u002d4\/o"})", outcome::found, "gpt-4/o", R"("gpt\u002d4\/o")"},
      {R"({"model":"\ud83d\ude00"})", outcome::found, "\xF0\x9F\x98\x80", R"("\ud83d\ude00")"},
      {R"({"model":"a\"b\\"})", outcome::found, "a\"b\\", R"("a\"b\\")"},
  });
}

TEST_CASE("a body without one usable model is told apart") {
  check({
      {"{}", outcome::no_model},
      {R"({"messages":[{"model":"inner"}]})", outcome::no_model},
      {R"({"model":1})", outcome::not_a_string},
      {R"({"model":-1.5})", outcome::not_a_string},
      {R"({"model":null})", outcome::not_a_string},
      {R"({"model":true})", outcome::not_a_string},
      {R"({"model":["a"]})", outcome::not_a_string},
      {R"({"model":{"model":"a"}})", outcome::not_a_string},
      {R"({"model":""})", outcome::not_a_string},
      {R"({"model":"a","model":"a"})", outcome::twice},
      {R"({"model":"a","x":{},"model":1})", outcome::twice},
  });
}

TEST_CASE("what is no JSON object is malformed") {
  check({
      {"", outcome::malformed},
      {" ", outcome::malformed},
      {"[]", outcome::malformed},
      {"\"model\"", outcome::malformed},
      {"1", outcome::malformed},
      {"null", outcome::malformed},
      {"\xEF\xBB\xBF{\"model\":\"a\"}", outcome::malformed},
      {"{", outcome::malformed},
      {"}", outcome::malformed},
      {R"({"model":"a")", outcome::malformed},
      {R"({"model":"a"}})", outcome::malformed},
      {R"({"model":"a"},)", outcome::malformed},
      {R"({"model":"a"}{})", outcome::malformed},
      {R"({"model":"a",})", outcome::malformed},
      {R"({,"model":"a"})", outcome::malformed},
      {R"({"model" "a"})", outcome::malformed},
      {R"({"model":"a" "b":1})", outcome::malformed},
      {R"({"model":})", outcome::malformed},
      {R"({"model"})", outcome::malformed},
      {R"({model:"a"})", outcome::malformed},
      {R"({'model':'a'})", outcome::malformed},
      {R"({1:"a"})", outcome::malformed},
      {R"({"x":[1,]})", outcome::malformed},
      {R"({"x":[,1]})", outcome::malformed},
      {R"({"x":[1 2]})", outcome::malformed},
      {R"({"x":[1})", outcome::malformed},
      {R"({"x":{"y":1]})", outcome::malformed},
      {R"({"x":1/**/})", outcome::malformed},
      {"{\"x\":\v1}", outcome::malformed},
      {"{\"x\":\xC2\xA0"
       "1}",
       outcome::malformed},
      {std::string("{}\0", 3), outcome::malformed},
  });
}

TEST_CASE("numbers and literals are RFC 8259's only") {
  for (const std::string good : {"0", "-0", "10", "0.0", "0e0", "0E+00", "1.0e-9", "-12.50", "true",
                                 "false", "null", "1e400"}) {
    check({{"{\"x\":" + good + "}", outcome::no_model},
           {"{\"x\":[" + good + " ]}", outcome::no_model}});
  }
  for (const std::string bad :
       {"00",        "01",  "-",    "-a",    "--1",   "+1",    ".5",   "1.",   "1.e1",
        "1.5.",      "1e",  "1e+",  "1e1.5", "1e1e1", "0x1",   "1a",   "NaN",  "Infinity",
        "-Infinity", "tru", "truE", "truee", "nul",   "nulll", "fals", "True", "undefined"}) {
    check({{"{\"x\":" + bad + "}", outcome::malformed},
           {"{\"x\":[" + bad + " ]}", outcome::malformed}});
  }
}

TEST_CASE("strings are RFC 8259's only") {
  for (const std::string bad :
       {"\\a", "\\x41", "\\u", "\\u12", "\\u123g", "\\u12 4", "\\U0041", "\\'", "\n", "\t", "\x1f",
        "0123456789abcdef\x01"
        "0123456789abcdef"})
    check({{"{\"x\":\"" + bad + "\"}", outcome::malformed},
           {"{\"" + bad + "\":1}", outcome::malformed},
           {"{\"model\":\"" + bad + "\"}", outcome::malformed}});
  check({{std::string("{\"x\":\"\0\"}", 9), outcome::malformed},
         {R"({"x":"\"})", outcome::malformed},
         {R"({"x":"open)", outcome::malformed}});
}

TEST_CASE("a model that is no Unicode text is malformed") {
  check({
      {R"({"model":"\ud83d"})", outcome::malformed},
      {R"({"model":"\ude00"})", outcome::malformed},
      {R"({"model":"\ud83d\u0041"})", outcome::malformed},
      {"{\"model\":\"\xFF\"}", outcome::malformed},
      {"{\"model\":\"\xC0\x80\"}", outcome::malformed},
      {"{\"model\":\"\xED\xA0\x80\"}", outcome::malformed},
  });
}

TEST_CASE("nesting and names have bounds") {
  const std::size_t most = request_scanner::max_depth - 1; // the body's own object is one
  check({
      {"{\"x\":" + times(most, "[") + times(most, "]") + ",\"model\":\"a\"}", outcome::found, "a"},
      {"{\"x\":" + times(most + 1, "[") + times(most + 1, "]") + "}", outcome::too_deep},
      {times(most, "{\"x\":") + "{}" + times(most, "}"), outcome::no_model},
      {times(most + 1, "{\"x\":") + "{}" + times(most + 1, "}"), outcome::too_deep},
  });
  const std::string longest(request_scanner::max_name, 'a');
  CHECK(scan_whole("{\"model\":\"" + longest + "\"}").model == longest);
  CHECK(scan_whole("{\"model\":\"" + longest + "a\"}").outcome == outcome::not_a_string);
  const std::string escaped = times(request_scanner::max_name, "\\u0061");
  CHECK(scan_bytes("{\"model\":\"" + escaped + "\"}").model == longest);
  CHECK(scan_bytes("{\"model\":\"" + escaped + "a\"}").outcome == outcome::not_a_string);
  CHECK(scan_bytes("{\"model\":\"" + times(5000, "a") + "\"}").outcome == outcome::not_a_string);
}

TEST_CASE("an error names the byte that showed it and stays") {
  struct error_row {
    std::string body;
    std::size_t offset;
  };
  for (const error_row& each : std::vector<error_row>{{"", 0},
                                                      {"  [", 2},
                                                      {R"({"a":1,})", 7},
                                                      {R"({"a":tru})", 8},
                                                      {R"({"a":"\q"})", 7},
                                                      {R"({"a":1} x)", 8},
                                                      {R"({"a":[1)", 7}}) {
    CAPTURE(each.body);
    const scanned result = scan_every_way(each.body);
    CHECK(result.outcome == outcome::malformed);
    CHECK(result.error_offset == each.offset);
  }
  request_scanner scanner;
  scanner.feed("{\"a\"");
  CHECK(scanner.so_far() == outcome::incomplete);
  scanner.feed("]");
  CHECK(scanner.so_far() == outcome::malformed);
  scanner.feed(":1,\"model\":\"a\"}");
  CHECK(scanner.finish() == outcome::malformed);
  CHECK(scanner.error_offset() == 4);
}

TEST_CASE("a scanner that is reset is as new") {
  request_scanner scanner;
  for (const std::string earlier :
       {R"({"model":"a-name-too-long-for-the-string-itself"})", R"({"model":)",
        R"({"x":[[{"y":"\u00)", R"({"x":-)", "]", R"({"model":1})"}) {
    CAPTURE(earlier);
    scanner.feed(earlier);
    scanner.finish();
    scanner.reset();
    CHECK(scanner.so_far() == outcome::incomplete);
    scanner.feed(R"({"a":2,"model":"b"})");
    CHECK(result_of(scanner) == scan_whole(R"({"a":2,"model":"b"})"));
    scanner.reset();
  }
}

TEST_CASE("a long string is skipped whole") {
  const std::string image(300'000, 'A');
  const std::string body = R"({"x":")" + image + R"(\n","model":"m","y":")" + image + R"("})";
  const scanned expected = scan_whole(body);
  CHECK(expected.model == "m");
  CHECK(expected.begin == body.find("\"m\""));
  for (std::size_t size : {1000UL, 4093UL, 65536UL}) {
    request_scanner scanner;
    for (std::size_t i = 0; i < body.size(); i += size)
      feed_alone(scanner, std::string_view{body}.substr(i, size));
    CHECK(result_of(scanner) == expected);
  }
}
