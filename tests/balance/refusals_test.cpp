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
  const auto in_vain = [](placement where) {
    where.in_vain = true;
    where.why = dialect::reason::billing;
    return where;
  };
  const auto& [where, failed_before, expected, retry_after, should_retry] =
      GENERATE_COPY(values<row>({
          {{what::no_key, 0, at(7s)}, true, code::no_key_available, 2000ms, {}},
          {{what::no_key, 0, at(5s) + 1ns}, false, code::no_key_available, 1ms, {}},
          {{what::no_key, 0, at(4s)}, false, code::no_key_available, 0ms, {}},
          {{what::no_key, 0, {}}, false, code::no_key_available, {}, {}},
          {{what::no_key, 0, at(125s)}, false, code::no_key_available, 120s, {}},
          {{what::no_key, 0, at(125s) + 1ns}, false, code::no_key_available, 120'001ms, false},
          {in_vain({what::no_key, 0, at(7s)}), false, code::no_key_available, 2000ms, false},
          {{what::line_full, 0, at(6s)}, false, code::waiting_line_full, 1000ms, {}},
          {{what::line_full, 0, at(600s)}, false, code::waiting_line_full, 595s, false},
          {{what::all_rejected, 0, {}}, true, code::key_rejected, {}, false},
          {in_vain({what::all_rejected, 0, at(6s)}), true, code::key_rejected, {}, false},
          {{what::none_left, 0, {}}, true, code::upstream_unreachable, {}, {}},
          {{what::none_left, 0, {}}, false, code::no_key_available, {}, {}},
          {{what::no_keys, 0, {}}, false, code::no_key_available, {}, false},
          {{what::deadline, 0, {}}, true, code::deadline_exceeded, {}, {}},
          {{what::provider_rests, 0, at(35s)}, true, code::no_key_available, 30s, {}},
          {{what::provider_rests, 0, at(500s)}, false, code::no_key_available, 495s, false},
          {{what::provider_rests, 0, {}}, false, code::no_key_available, {}, {}},
      }));
  const auto told = refusal_for(where, "the model \"m\"",
                                failed_before ? std::optional{failure} : std::nullopt, at(5s));
  CHECK(told.code == expected);
  CHECK(told.retry_after == retry_after);
  CHECK(told.should_retry == should_retry);
  CHECK_FALSE(told.message.empty());
}

TEST_CASE("a refusal says what is amiss") {
  using what = placement::what;
  using dialect::reason;
  const auto message = [](what is, reason why, bool in_vain) {
    placement where{is, 0, at(9s)};
    where.why = why;
    where.in_vain = in_vain;
    return refusal_for(where, "the model \"m\"", {}, at(5s)).message;
  };
  CHECK(message(what::provider_rests, reason::overload, false)
        == "the provider has no capacity for the model \"m\" at the moment");
  CHECK(message(what::provider_rests, reason::blocked, false)
        == "the provider refuses every key of the model \"m\" at the moment");
  CHECK(
      message(what::no_key, reason::billing, true)
      == "the account of every key of the model \"m\" is out of credit, or at its spending limit");
  CHECK(message(what::no_key, reason::billing, false) == "every key of the model \"m\" rests");
}

TEST_CASE("the refusal of a bound call speaks of its own keys") {
  using what = placement::what;
  const auto message = [](what is, std::optional<time_point> returns) {
    placement where{is, 0, returns};
    where.bound = true;
    return refusal_for(where, "the provider \"p\"", {}, at(5s)).message;
  };
  CHECK(message(what::no_key, at(9s))
        == "every key of the provider \"p\" that this request may go to rests");
  CHECK(message(what::no_key, {})
        == "no key of the provider \"p\" that this request may go to was free in time");
  CHECK(message(what::no_keys, {})
        == "no key of the provider \"p\" that this request may go to is enabled");
}
