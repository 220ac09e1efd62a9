#include "balance/refusals.hpp"
#include "tests/balance/at.hpp"
#include "tests/catch.hpp"

using namespace keywheel;
using namespace keywheel::balance;
using namespace keywheel::balance::test;

TEST_CASE("what a caller is told whose call could not be placed") {
  using code = dialect::refusal_code;
  using what = placement::what;
  using std::chrono::milliseconds;
  const dialect::refusal failure{code::upstream_unreachable, "no route", {}, {}};
  struct row {
    placement where;
    bool failed_before;
    code expected;
    std::optional<milliseconds> retry_after;
    std::optional<bool> should_retry;
  };
  const auto& [where, failed_before, expected, retry_after, should_retry] = GENERATE(values<row>({
      {{what::no_key, 0, at(7s)}, true, code::no_key_available, 2000ms, {}},
      {{what::no_key, 0, at(5s) + 1ns}, false, code::no_key_available, 1ms, {}},
      {{what::no_key, 0, at(4s)}, false, code::no_key_available, 0ms, {}},
      {{what::no_key, 0, {}}, false, code::no_key_available, {}, {}},
      {{what::line_full, 0, at(6s)}, false, code::waiting_line_full, 1000ms, {}},
      {{what::all_rejected, 0, {}}, true, code::key_rejected, {}, false},
      {{what::none_left, 0, {}}, true, code::upstream_unreachable, {}, {}},
      {{what::none_left, 0, {}}, false, code::no_key_available, {}, {}},
      {{what::no_keys, 0, {}}, false, code::no_key_available, {}, false},
      {{what::deadline, 0, {}}, true, code::deadline_exceeded, {}, {}},
  }));
  const auto told =
      refusal_for(where, "m", failed_before ? std::optional{failure} : std::nullopt, at(5s));
  CHECK(told.code == expected);
  CHECK(told.retry_after == retry_after);
  CHECK(told.should_retry == should_retry);
  CHECK_FALSE(told.message.empty());
}
