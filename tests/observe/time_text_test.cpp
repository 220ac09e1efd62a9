#include "observe/time_text.hpp"
#include "tests/catch.hpp"

using namespace keywheel;
using namespace keywheel::observe;
using namespace std::chrono_literals;

TEST_CASE("times are RFC 3339 in UTC with milliseconds") {
  const wall_time epoch{};
  const auto day = [](int y, unsigned m, unsigned d) {
    return wall_time{
        std::chrono::sys_days{std::chrono::year{y} / static_cast<int>(m) / static_cast<int>(d)}};
  };
  CHECK(rfc3339(epoch) == "1970-01-01T00:00:00.000Z");
  CHECK(rfc3339(epoch + 1ms) == "1970-01-01T00:00:00.001Z");
  CHECK(rfc3339(epoch + 1999us) == "1970-01-01T00:00:00.001Z");
  CHECK(rfc3339(epoch - 1ms) == "1969-12-31T23:59:59.999Z");
  CHECK(rfc3339(epoch - 1us) == "1969-12-31T23:59:59.999Z");
  CHECK(rfc3339(day(2024, 2, 29) + 23h + 59min + 59s + 999ms) == "2024-02-29T23:59:59.999Z");
  CHECK(rfc3339(day(2024, 3, 1)) == "2024-03-01T00:00:00.000Z");
  CHECK(rfc3339(day(2100, 12, 31) + 9h + 8min + 7s) == "2100-12-31T09:08:07.000Z");
}
