#include "dialect/delay.hpp"
#include "dialect/times.hpp"
#include "tests/catch.hpp"

#include <vector>

using namespace keywheel;
using namespace keywheel::dialect;
using namespace std::chrono_literals;
namespace ch = std::chrono;

namespace {

wall_time at(int year, unsigned month, unsigned day, ch::milliseconds time = 0ms) {
  return ch::sys_days{ch::year{year} / static_cast<int>(month) / static_cast<int>(day)} + time;
}

const wall_time now = at(2025, 8, 21, 12h + 40min);

} // namespace

TEST_CASE("durations as Go writes them") {
  struct row {
    std::string_view text;
    ch::milliseconds expected;
  };
  for (const row& each : std::vector<row>{{"6ms", 6ms},
                                          {"1s", 1s},
                                          {"6m0s", 360s},
                                          {"1m0.052s", 60'052ms},
                                          {"1m26.4s", 86'400ms},
                                          {"2m59.56s", 179'560ms},
                                          {"7.66s", 7'660ms},
                                          {"370ms", 370ms},
                                          {"2h31m16.752s", 9'076'752ms},
                                          {"1d2h", 26h},
                                          {"29.019961092s", 29'020ms},
                                          {"34.074824224s", 34'075ms},
                                          {"1.5h", 90min},
                                          {"0.0001ms", 1ms},
                                          {"0s", 0ms},
                                          {"15us", 1ms},
                                          {"15\xC2\xB5s", 1ms},
                                          {"999999999999d", max_delay},
                                          {"3650d1s", max_delay}}) {
    CAPTURE(each.text);
    CHECK(parse_duration(each.text) == each.expected);
    CHECK(duration_prefix(std::string{each.text} + ". Visit").size() == each.text.size());
  }
  for (const std::string_view text : {"", "1", "s", "-1s", "1 s", "1s ", "1x", "1.s", ".5s",
                                      "1..2s", "1sm", "NaNs", "9999999999999s", "1e3s"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_duration(text).has_value());
  }
  CHECK(duration_prefix("1.822s. Visit") == "1.822s");
  CHECK(duration_prefix("soon").empty());
}

TEST_CASE("dates of RFC 3339") {
  CHECK(parse_rfc3339("2025-08-21T12:40:59Z") == now + 59s);
  CHECK(parse_rfc3339("2025-08-21t12:40:59.5z") == now + 59'500ms);
  CHECK(parse_rfc3339("2025-08-21T20:40:00.0009+08:00") == now);
  CHECK(parse_rfc3339("2025-08-21T05:10:00-07:30") == now);
  CHECK(parse_rfc3339("2025-08-21 12:40") == now);
  CHECK(parse_rfc3339("2024-02-29T23:59:60Z") == at(2024, 3, 1));
  for (const std::string_view text :
       {"", "2025-08-21", "2025-08-21T", "2025-02-29T00:00:00Z", "2025-13-01T00:00:00Z",
        "2025-08-21T24:00:00Z", "2025-08-21T12:60:00Z", "2025-08-21T12:40:61Z",
        "1969-12-31T00:00:00Z", "2201-01-01T00:00:00Z", "2025-08-21T12:40:59.Z",
        "2025-08-21T12:40:59Z ", "2025-08-21T12:40:59+8:00", "2025-08-21T12:40:59+24:00",
        "2025-8-21T12:40:59Z", "T::"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_rfc3339(text).has_value());
  }
}

TEST_CASE("a reset in any form") {
  struct row {
    std::string_view text;
    std::optional<ch::milliseconds> expected;
  };
  for (const row& each : std::vector<row>{
           {"13", 13s},
           {"0.25", 250ms},
           {" 7 ", 7s},
           {"9999999", 9'999'999s},
           {"10000000", std::nullopt},
           {"999999999", std::nullopt},
           {"1000000000", 0ms},
           {"1755780002", 2s},
           {"1755780002.7", 2s},
           {"1755780002000", 2s},
           {"1755780000001", 1ms},
           {"1755779999999", 0ms},
           {"99999999999", max_delay},
           {"100000000000", std::nullopt},
           {"99999999999999", max_delay},
           {"100000000000000", std::nullopt},
           {"99999999999999999999999", std::nullopt},
           {"2025-08-21T12:40:59Z", 59s},
           {"2025-08-21T12:39:59Z", 0ms},
           {"1m26.4s", 86'400ms},
           {"Thu, 21 Aug 2025 12:41:00 GMT", 60s},
           {"-1", std::nullopt},
           {"NaN", std::nullopt},
           {"inf", std::nullopt},
           {"", std::nullopt},
           {"soon", std::nullopt},
       }) {
    CAPTURE(each.text);
    CHECK(parse_reset(each.text, now) == each.expected);
  }
}

TEST_CASE("Los Angeles keeps daylight saving time by the rule of 2005") {
  struct row {
    wall_time now;
    wall_time expected;
  };
  for (const row& each : std::vector<row>{
           {at(2025, 8, 21, 12h + 40min), at(2025, 8, 22, 7h)},
           {at(2025, 8, 22, 6h + 59min), at(2025, 8, 22, 7h)},
           {at(2025, 8, 22, 7h), at(2025, 8, 23, 7h)},
           {at(2025, 1, 15, 7h + 59min), at(2025, 1, 15, 8h)},
           {at(2025, 1, 15, 8h), at(2025, 1, 16, 8h)},
           {at(2025, 12, 31, 23h), at(2026, 1, 1, 8h)},
           // From 9 March on clocks are ahead; that day's midnight is not yet.
           {at(2025, 3, 9, 7h), at(2025, 3, 9, 8h)},
           {at(2025, 3, 9, 8h), at(2025, 3, 10, 7h)},
           {at(2025, 3, 9, 9h + 59min), at(2025, 3, 10, 7h)},
           {at(2025, 3, 9, 10h), at(2025, 3, 10, 7h)},
           // Until 2 November; that day's midnight still is.
           {at(2025, 11, 2, 6h), at(2025, 11, 2, 7h)},
           {at(2025, 11, 2, 7h), at(2025, 11, 3, 8h)},
           {at(2025, 11, 2, 8h + 59min), at(2025, 11, 3, 8h)},
           {at(2025, 11, 2, 9h), at(2025, 11, 3, 8h)},
           {at(2026, 3, 8, 12h), at(2026, 3, 9, 7h)},
           {at(2026, 11, 1, 12h), at(2026, 11, 2, 8h)},
       })
    CHECK(next_pacific_midnight(each.now) == each.expected);
}

TEST_CASE("the next day and month elsewhere") {
  CHECK(next_midnight(now, 0min) == at(2025, 8, 22));
  CHECK(next_midnight(at(2025, 8, 22), 0min) == at(2025, 8, 23));
  CHECK(next_midnight(now, 8h) == at(2025, 8, 21, 16h));
  CHECK(next_midnight(at(2025, 8, 21, 16h), 8h) == at(2025, 8, 22, 16h));
  CHECK(next_month(now) == at(2025, 9, 1));
  CHECK(next_month(at(2025, 12, 31, 23h)) == at(2026, 1, 1));
  CHECK(next_month(at(2025, 1, 31)) == at(2025, 2, 1));
}
