#include "http/date.hpp"
#include "http/fields.hpp"
#include "http/message.hpp"
#include "tests/catch.hpp"
#include "tests/http/conversation.hpp"

using namespace keywheel::http;

TEST_CASE("names are equal without regard to ASCII case") {
  CHECK(name_equals("Content-Type", "cONTENT-tYPE"));
  CHECK(name_equals("", ""));
  CHECK_FALSE(name_equals("Content-Type", "Content-Typ"));
  CHECK_FALSE(name_equals("a@", "a`")); // differ by the bit that makes case, and are no letters
  CHECK_FALSE(name_equals("\xc4", "\xe4"));
}

TEST_CASE("fields keep order and repetitions and find the first") {
  fields xs;
  CHECK(xs.empty());
  xs.add("A", "1");
  xs.add("b", "");
  xs.add("a", "2");
  CHECK(xs.size() == 3);
  CHECK(xs[2].name == "a");
  CHECK(xs[2].value == "2");
  CHECK(xs.find("a") == "1");
  CHECK(xs.find("B") == "");
  CHECK_FALSE(xs.find("c"));
  CHECK(xs.contains("A"));
  std::string all;
  for (auto [name, value] : xs)
    all += std::string{name} + '=' + std::string{value} + ' ';
  CHECK(all == "A=1 b= a=2 ");
  const fields copy = xs;
  xs.clear();
  CHECK(xs.empty());
  CHECK(copy.find("a") == "1");
}

TEST_CASE("dates are IMF-fixdate") {
  using namespace std::chrono;
  CHECK(http_date(testing::test_wall_time()) == "Sun, 06 Nov 1994 08:49:37 GMT");
  CHECK(http_date(testing::test_wall_time() + 999ms) == "Sun, 06 Nov 1994 08:49:37 GMT");
  CHECK(http_date(testing::test_wall_time() + 1s) == "Sun, 06 Nov 1994 08:49:38 GMT");
  CHECK(http_date(sys_days{year{2024} / 2 / 29}) == "Thu, 29 Feb 2024 00:00:00 GMT");
  CHECK(http_date(sys_days{year{2026} / 12 / 31} + 23h + 59min + 59s)
        == "Thu, 31 Dec 2026 23:59:59 GMT");
  CHECK(http_date(keywheel::wall_time{}) == "Thu, 01 Jan 1970 00:00:00 GMT");
}

TEST_CASE("reason phrases") {
  CHECK(std::string{reason_phrase(100)} == "Continue");
  CHECK(std::string{reason_phrase(200)} == "OK");
  CHECK(std::string{reason_phrase(429)} == "Too Many Requests");
  CHECK(std::string{reason_phrase(529)} == "Overloaded");
  CHECK(std::string{reason_phrase(299)} == "Unknown");
  CHECK(std::string{reason_phrase(0)} == "Unknown");
  CHECK(std::string{reason_phrase(999)} == "Unknown");
}
