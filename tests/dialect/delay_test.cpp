#include "dialect/delay.hpp"
#include "tests/catch.hpp"

#include <vector>

using namespace keywheel;
using namespace keywheel::dialect;
using namespace std::chrono_literals;
namespace ch = std::chrono;

namespace {

// 6 November 1994, 08:49:37: RFC 9110's example.
const wall_time example =
    ch::sys_days{ch::year{1994} / 11 / 6} + ch::hours{8} + ch::minutes{49} + ch::seconds{37};

std::optional<delay> read(std::vector<http::fields::field> list, wall_time now = example) {
  http::fields headers;
  for (const auto& each : list)
    headers.add(each.name, each.value);
  return delay_from(headers, now);
}

wall_time at(int year, unsigned month, unsigned day) {
  return ch::sys_days{ch::year{year} / static_cast<int>(month) / static_cast<int>(day)};
}

} // namespace

TEST_CASE("retry-after in seconds, whole or not") {
  struct row {
    std::string_view value;
    ch::milliseconds rest;
  };
  for (const row& each : std::vector<row>{{"0", 0ms},
                                          {"1", 1s},
                                          {"21", 21s},
                                          {"86400", 86400s},
                                          {"1.5", 1500ms},
                                          {"0.494", 494ms},
                                          {"29.019961092", 29020ms},
                                          {"1.0000", 1s},
                                          {"0.0001", 1ms},
                                          {" 7 ", 7s},
                                          {"000002", 2s},
                                          {"315360000", max_delay},
                                          {"315360001", max_delay},
                                          {"99999999999999999999999999999999", max_delay},
                                          {"9223372036854775807.999999", max_delay}}) {
    CAPTURE(each.value);
    const auto result = read({{"Retry-After", each.value}});
    REQUIRE(result.has_value());
    CHECK(result->rest == each.rest);
    CHECK(result->source == "retry-after");
  }
}

TEST_CASE("milliseconds come first, if they can be read") {
  const auto ms =
      read({{"retry-after", "9"}, {"x-ms-retry-after-ms", "8"}, {"Retry-After-Ms", "494"}});
  REQUIRE(ms.has_value());
  CHECK(ms->rest == 494ms);
  CHECK(ms->source == "retry-after-ms");

  const auto azure = read({{"retry-after", "9"}, {"x-ms-retry-after-ms", "7000.25"}});
  REQUIRE(azure.has_value());
  CHECK(azure->rest == 7001ms);
  CHECK(azure->source == "x-ms-retry-after-ms");

  const auto seconds =
      read({{"retry-after-ms", "-1"}, {"x-ms-retry-after-ms", "NaN"}, {"retry-after", "9"}});
  REQUIRE(seconds.has_value());
  CHECK(seconds->rest == 9s);
  CHECK(seconds->source == "retry-after");

  const auto huge = read({{"retry-after-ms", "1000000000000000000000000"}});
  REQUIRE(huge.has_value());
  CHECK(huge->rest == max_delay);
}

TEST_CASE("what cannot be read is as if absent") {
  for (const std::string_view value : {"",
                                       " ",
                                       "-1",
                                       "-0",
                                       "+1",
                                       "NaN",
                                       "nan",
                                       "inf",
                                       "Infinity",
                                       "1e3",
                                       "0x10",
                                       ".5",
                                       "5.",
                                       "1.2.3",
                                       ".",
                                       "1s",
                                       "1 2",
                                       "1,2",
                                       "soon",
                                       "1.-5",
                                       "Sun, 06 Nov 1994 08:49:37",
                                       "tomorrow GMT"}) {
    CAPTURE(value);
    CHECK_FALSE(read({{"retry-after", value}}).has_value());
    CHECK_FALSE(read({{"retry-after-ms", value}}).has_value());
  }
  CHECK_FALSE(read({}).has_value());
  CHECK_FALSE(read({{"retry-after-ms", "Sun, 06 Nov 1994 08:49:37 GMT"}}).has_value());
}

TEST_CASE("retry-after as a date counts from now") {
  const std::string_view date = "Sun, 06 Nov 1994 08:49:37 GMT";
  struct row {
    wall_time now;
    ch::milliseconds rest;
  };
  for (const row& each : std::vector<row>{{example - 90s, 90s},
                                          {example - 1500ms, 1500ms},
                                          {example - 1us, 1ms},
                                          {example, 0ms},
                                          {example + 1h, 0ms}}) {
    const auto result = read({{"retry-after", date}}, each.now);
    REQUIRE(result.has_value());
    CHECK(result->rest == each.rest);
    CHECK(result->source == "retry-after");
  }
  CHECK(read({{"retry-after", "Fri, 31 Dec 9999 23:59:59 GMT"}})->rest == max_delay);
  CHECK(read({{"retry-after", "Mon, 01 Jan 0001 00:00:00 GMT"}})->rest == 0ms);
}

TEST_CASE("the three forms of a date") {
  for (const std::string_view text :
       {"Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT",
        "Sun Nov  6 08:49:37 1994", "Sun Nov 06 08:49:37 1994", "Mon, 06 Nov 1994 08:49:37 GMT"}) {
    CAPTURE(text);
    CHECK(parse_http_date(text, at(2026, 1, 1)) == example);
  }
  CHECK(parse_http_date("Thu, 29 Feb 2024 00:00:00 GMT", example) == at(2024, 2, 29));
  CHECK(parse_http_date("Sat, 31 Dec 2016 23:59:60 GMT", example) == at(2017, 1, 1));
}

TEST_CASE("a year of two digits is at most 50 years ahead") {
  struct row {
    std::string_view text;
    wall_time now;
    wall_time expected;
  };
  for (const row& each :
       std::vector<row>{{"Sunday, 01-Mar-26 00:00:00 GMT", at(2026, 2, 1), at(2026, 3, 1)},
                        {"Sunday, 01-Mar-76 00:00:00 GMT", at(2026, 3, 1), at(2076, 3, 1)},
                        {"Sunday, 02-Mar-76 00:00:00 GMT", at(2026, 3, 1), at(1976, 3, 2)},
                        {"Sunday, 01-Mar-77 00:00:00 GMT", at(2026, 3, 1), at(1977, 3, 1)},
                        {"Sunday, 01-Mar-25 00:00:00 GMT", at(2026, 3, 1), at(2025, 3, 1)},
                        {"Sunday, 01-Jan-00 00:00:00 GMT", at(2099, 12, 31), at(2100, 1, 1)},
                        {"Sunday, 29-Feb-00 00:00:00 GMT", at(2099, 12, 31), at(2000, 2, 29)},
                        {"Sunday, 01-Jan-99 00:00:00 GMT", at(2001, 1, 1), at(1999, 1, 1)}}) {
    CAPTURE(each.text);
    CHECK(parse_http_date(each.text, each.now) == each.expected);
  }
  CHECK_FALSE(parse_http_date("Sunday, 29-Feb-01 00:00:00 GMT", at(2026, 1, 1)).has_value());
}

TEST_CASE("what is no date is refused") {
  for (const std::string_view text : {"",
                                      "Sun",
                                      "Sun, 06 Nov 1994 08:49:37",
                                      "Sun, 06 Nov 1994 08:49:37 UTC",
                                      "Sun, 06 Nov 1994 08:49:37 GMT ",
                                      " Sun, 06 Nov 1994 08:49:37 GMT",
                                      "sun, 06 Nov 1994 08:49:37 GMT",
                                      "Sun, 06 nov 1994 08:49:37 GMT",
                                      "Sun, 6 Nov 1994 08:49:37 GMT",
                                      "Sun, 06 Nov 94 08:49:37 GMT",
                                      "Sun, 06 Nov 1994 8:49:37 GMT",
                                      "Sun, 06 Nov 1994 24:00:00 GMT",
                                      "Sun, 06 Nov 1994 08:60:37 GMT",
                                      "Sun, 06 Nov 1994 08:49:61 GMT",
                                      "Sun, 00 Nov 1994 08:49:37 GMT",
                                      "Sun, 31 Nov 1994 08:49:37 GMT",
                                      "Wed, 29 Feb 2023 00:00:00 GMT",
                                      "Xyz, 06 Nov 1994 08:49:37 GMT",
                                      "Sunday, 06 Nov 1994 08:49:37 GMT",
                                      "Sun, 06-Nov-94 08:49:37 GMT",
                                      "Sunday, 06-Nov-1994 08:49:37 GMT",
                                      "Sun Nov 6 08:49:37 1994",
                                      "Sun Nov  6 08:49:37 1994 GMT",
                                      "Sun Nov 16 08:49:37 94",
                                      "Sun, 06 Nov 1994 08:49:-7 GMT",
                                      "1994-11-06T08:49:37Z",
                                      "784111777"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_http_date(text, example).has_value());
  }
}
