#include "dialect/body_hint.hpp"
#include "dialect/delay.hpp"
#include "tests/dialect/answers.hpp"

using namespace keywheel::dialect;
using namespace keywheel::dialect::test;
using namespace std::chrono_literals;

namespace {

std::optional<std::chrono::milliseconds> said(std::string message,
                                              signal_table of = signal_table::generic) {
  error_body body;
  body.message = std::move(message);
  return body_hint(of, body, arrival);
}

} // namespace

// PROVIDERS §5.
TEST_CASE("sentences that say how long") {
  CHECK(said("Please try again in 1.822s.") == 1822ms);
  CHECK(said("Please try again in 202ms.") == 202ms);
  CHECK(said("please TRY AGAIN IN 6m0s") == 360s);
  CHECK(said("Please try again in 1m26.4s.") == 86'400ms);
  CHECK(said("Please try again in 2h31m16.752s. Need more?") == 9'076'752ms);
  CHECK(said("Please retry after 7 seconds.") == 7s);
  CHECK(said("retry after 86400 seconds") == 86'400s);
  CHECK(said("retry after 1 second.") == 1s);
  CHECK(said("retry after 250 milliseconds") == 250ms);
  CHECK(said("retry after 2 minutes") == 120s);
  CHECK(said("Please retry in 29.019961092s.") == 29'020ms);
  CHECK(said("please try again after 1 seconds") == 1s);
  const auto to_september = std::chrono::hours{24 * 10 + 11} + 20min;
  CHECK(said("You will regain access on 2025-09-01 at 00:00 UTC.") == to_september);
  CHECK(said("You will regain access on 2025-09-01 at 06:30 UTC.") == to_september + 6h + 30min);
  CHECK(said("You will regain access on 2025-09-01.") == to_september);
  for (const std::string end : {"", " ", " at", " at ", " at 0", " at 00:00", " at 06:30 PST"})
    CHECK(said("You will regain access on 2025-09-01" + end) == to_september);
  CHECK(said("You will regain access on 2025-08-01 at 00:00 UTC.") == 0ms);
  CHECK(said("Your limit will reset at 2025-08-21 21:31:39", signal_table::zhipu) == 51min + 39s);
  CHECK(said("retry after 99999999999999999999 minutes") == max_delay);
}

TEST_CASE("sentences that do not") {
  for (const std::string text :
       {"", "Please try again later", "try again in ", "try again in a moment", "try again in -1s",
        "retry after 7", "retry after seconds", "retry after -1 seconds", "retry after 7 moons",
        "retry in NaN", "regain access on 2025-13-01", "regain access on",
        "regain access on 2025-09", "reset at 2025-08-21 21:31:39"}) {
    CAPTURE(text);
    CHECK_FALSE(said(text).has_value());
  }
  CHECK_FALSE(said("Your limit will reset at 2025-08-21", signal_table::zhipu).has_value());
}

TEST_CASE("fields come before sentences") {
  error_body body;
  body.message = "Please retry in 9s.";
  body.resets_at = "1755780003000";
  CHECK(body_hint(signal_table::generic, body, arrival) == 3s);
  body.retry_after = "2";
  CHECK(body_hint(signal_table::generic, body, arrival) == 2s);
  body.retry_delay = "1s";
  CHECK(body_hint(signal_table::generic, body, arrival) == 1s);
  body.retry_delay = "soon";
  body.retry_after = "-2";
  body.resets_at = "NaN";
  CHECK(body_hint(signal_table::generic, body, arrival) == 9s);
}
