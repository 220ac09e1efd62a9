#include "balance/key_ledger.hpp"
#include "tests/balance/at.hpp"
#include "tests/catch.hpp"

#include <limits>

using namespace keywheel;
using namespace keywheel::balance;
using namespace keywheel::balance::test;

namespace {

using state = availability::state;
using dialect::scope;
using dialect::verdict;
using std::chrono::milliseconds;

const config::cooldown_config defaults{};

verdict rate_limit(std::optional<milliseconds> rest, scope where = scope::key_model) {
  return {verdict::request::next_key,
          verdict::key::cool,
          where,
          "rate_limit",
          rest ? "retry-after" : "default",
          rest};
}

const verdict unauthorized{
    verdict::request::next_key, verdict::key::reject, scope::key, "unauthorized", "default", {}};
const verdict pass{};

} // namespace

TEST_CASE("how long a verdict makes a key rest") {
  struct row {
    std::optional<milliseconds> hint;
    bool use_hints;
    milliseconds rate_limit;
    milliseconds max;
    milliseconds expected;
  };
  const auto absurd = milliseconds::max();
  const auto [hint, use_hints, rate_limit_setting, max, expected] = GENERATE_COPY(values<row>({
      {7s, true, 60s, 1h, 7s},
      {7s, false, 60s, 1h, 60s},
      {{}, true, 60s, 1h, 60s},
      {{}, true, 45s, 1h, 45s},
      {2h, true, 60s, 1h, 1h},
      {{}, true, 2h, 1h, 1h},
      {0s, true, 60s, 1h, 250ms},
      {-5s, true, 60s, 1h, 250ms},
      {1ms, true, 60s, 1h, 250ms},
      {251ms, true, 60s, 1h, 251ms},
      {0s, true, 60s, 100ms, 100ms},
      {{}, true, 0s, 1h, 0s},
      {absurd, true, 60s, 1h, 1h},
      {absurd, true, 60s, absurd, std::chrono::duration_cast<milliseconds>(duration::max())},
  }));
  CHECK(rest_of(rate_limit(hint), {rate_limit_setting, use_hints, max}) == expected);
}

TEST_CASE("an absurd rest does not overflow the clock") {
  key_ledger uut{true, 0};
  CHECK(uut.apply(rate_limit(milliseconds::max()), "m", {60s, true, milliseconds::max()}, at(0s)));
  CHECK(uut.available_for("m", at(0s)).is == state::cooling);
  CHECK(uut.available_for("m", at(0s)).until == time_point::max());
}

TEST_CASE("a fresh key serves any model") {
  key_ledger uut{true, 0};
  CHECK(uut.available_for("m", at(0s)) == availability{});
  CHECK(uut.overall(at(0s)) == state::available);
  CHECK(uut.in_flight() == 0);
  CHECK(uut.cooldowns(at(0s)).empty());
}

TEST_CASE("a cooldown of a model rests that model only, until its deadline") {
  key_ledger uut{true, 0};
  CHECK(uut.apply(rate_limit(10s), "m", defaults, at(0s)));
  CHECK(uut.available_for("m", at(0s)) == availability{state::cooling, at(10s)});
  CHECK(uut.available_for("n", at(0s)).is == state::available);
  CHECK(uut.overall(at(0s)) == state::cooling);
  CHECK_FALSE(uut.admit("m", at(10s) - 1ns));
  CHECK(uut.admit("n", at(0s)));
  CHECK(uut.available_for("m", at(10s)).is == state::available);
  CHECK(uut.overall(at(10s)) == state::available);
  CHECK(uut.admit("m", at(10s)));
}

TEST_CASE("a cooldown of the account is found once, not once per model") {
  const auto where = GENERATE(scope::key, scope::quota_group, scope::provider_model);
  key_ledger uut{true, 0};
  CHECK(uut.apply(rate_limit(10s, where), "m", defaults, at(0s)));
  CHECK(uut.available_for("m", at(1s)).until == at(10s));
  CHECK(uut.available_for("n", at(1s)).until == at(10s));
  CHECK_FALSE(uut.admit("n", at(1s)));
}

TEST_CASE("invariant 5: a cooldown never shrinks: 60 s, then a later 10 s signal") {
  const auto where = GENERATE(scope::key_model, scope::key, scope::quota_group);
  key_ledger uut{true, 0};
  CHECK(uut.apply(rate_limit(60s, where), "m", defaults, at(0s)));
  auto late = rate_limit(10s, where);
  late.reason = "connect_failed";
  CHECK_FALSE(uut.apply(late, "m", defaults, at(5s)));
  CHECK(uut.available_for("m", at(59s)).until == at(60s));
  REQUIRE(uut.cooldowns(at(5s)).size() == 1);
  CHECK(uut.cooldowns(at(5s))[0].reason == "rate_limit");
  CHECK(uut.apply(late, "m", defaults, at(55s)));
  CHECK(uut.available_for("m", at(60s)).until == at(65s));
  CHECK(uut.cooldowns(at(60s))[0].reason == "connect_failed");
}

TEST_CASE("the last deadline that concerns a model counts") {
  key_ledger uut{true, 0};
  uut.apply(rate_limit(30s), "m", defaults, at(0s));
  uut.apply(rate_limit(10s, scope::key), "m", defaults, at(0s));
  CHECK(uut.available_for("m", at(0s)).until == at(30s));
  CHECK(uut.available_for("n", at(0s)).until == at(10s));
  uut.apply(rate_limit(40s, scope::quota_group), "n", defaults, at(0s));
  CHECK(uut.available_for("m", at(20s)).until == at(40s));
}

TEST_CASE("cooldowns are told with scope, reason and source while they last") {
  key_ledger uut{true, 0};
  uut.apply(rate_limit(20s), "n", defaults, at(0s));
  uut.apply(rate_limit(30s), "m", defaults, at(0s));
  uut.apply(rate_limit({}, scope::key), "m", defaults, at(0s));
  const auto all = uut.cooldowns(at(1s));
  REQUIRE(all.size() == 3);
  CHECK(all[0].scope == scope::key);
  CHECK(all[0].model.empty());
  CHECK(all[0].source == "default");
  CHECK(all[0].until == at(60s));
  CHECK(all[1].scope == scope::key_model);
  CHECK(all[1].model == "m");
  CHECK(all[1].reason == "rate_limit");
  CHECK(all[1].source == "retry-after");
  CHECK(all[2].model == "n");
  CHECK(uut.cooldowns(at(20s)).size() == 2);
  CHECK(uut.cooldowns(at(60s)).empty());
}

TEST_CASE("a hint that is not used is not named as the source") {
  key_ledger uut{true, 0};
  uut.apply(rate_limit(20s), "m", {60s, false, 1h}, at(0s));
  CHECK(uut.cooldowns(at(0s)).at(0).source == "default");
  CHECK(uut.cooldowns(at(0s)).at(0).until == at(60s));
}

TEST_CASE("a rest of no length is no cooldown") {
  key_ledger uut{true, 0};
  CHECK_FALSE(uut.apply(rate_limit({}), "m", {0s, true, 1h}, at(0s)));
  CHECK(uut.available_for("m", at(0s)).is == state::available);
}

TEST_CASE("a refused credential stays out until a reset") {
  key_ledger uut{true, 0};
  CHECK(uut.apply(unauthorized, "m", defaults, at(0s)));
  CHECK_FALSE(uut.apply(unauthorized, "n", defaults, at(0s)));
  CHECK(uut.rejected());
  CHECK(uut.available_for("n", at(1000h)).is == state::rejected);
  CHECK_FALSE(uut.admit("m", at(1000h)));
  uut.configure(true, 3);
  CHECK(uut.overall(at(0s)) == state::rejected);
  uut.reset();
  CHECK_FALSE(uut.rejected());
  CHECK(uut.admit("m", at(0s)));
}

TEST_CASE("a reset clears every cooldown and no lease") {
  key_ledger uut{true, 1};
  const auto lease = uut.admit("m", at(0s));
  REQUIRE(lease);
  uut.apply(rate_limit(60s), "m", defaults, at(0s));
  uut.apply(rate_limit(60s, scope::key), "m", defaults, at(0s));
  uut.reset();
  CHECK(uut.cooldowns(at(0s)).empty());
  CHECK(uut.available_for("m", at(0s)).is == state::busy);
  CHECK(uut.release(*lease));
}

TEST_CASE("a disabled key gets nothing new and finishes what it has") {
  key_ledger uut{true, 0};
  const auto lease = uut.admit("m", at(0s));
  REQUIRE(lease);
  uut.apply(rate_limit(60s), "n", defaults, at(0s));
  uut.configure(false, 0);
  CHECK_FALSE(uut.enabled());
  CHECK(uut.available_for("m", at(0s)).is == state::disabled);
  CHECK(uut.overall(at(0s)) == state::disabled);
  CHECK_FALSE(uut.admit("m", at(0s)));
  CHECK(uut.in_flight() == 1);
  CHECK(uut.release(*lease));
  uut.configure(true, 0);
  CHECK(uut.available_for("n", at(0s)).until == at(60s));
}

TEST_CASE("the more lasting obstacle is named first") {
  key_ledger uut{true, 1};
  REQUIRE(uut.admit("m", at(0s)));
  CHECK(uut.available_for("m", at(0s)).is == state::busy);
  CHECK(uut.overall(at(0s)) == state::busy);
  uut.apply(rate_limit(60s), "m", defaults, at(0s));
  CHECK(uut.available_for("m", at(0s)) == availability{state::cooling, at(60s), 0});
  CHECK(uut.overall(at(0s)) == state::cooling);
  uut.apply(unauthorized, "m", defaults, at(0s));
  CHECK(uut.available_for("m", at(0s)).is == state::rejected);
  uut.configure(false, 1);
  CHECK(uut.available_for("m", at(0s)).is == state::disabled);
}

TEST_CASE("a cap bounds the leases over all models") {
  key_ledger uut{true, 2};
  CHECK(uut.available_for("m", at(0s)).free_slots == 2);
  const auto first = uut.admit("m", at(0s));
  CHECK(uut.available_for("n", at(0s)).free_slots == 1);
  const auto second = uut.admit("n", at(0s));
  REQUIRE((first && second));
  CHECK(*first != *second);
  CHECK_FALSE(uut.admit("m", at(0s)));
  CHECK(uut.available_for("m", at(0s)) == availability{state::busy, {}, 0});
  CHECK(uut.release(*first));
  CHECK(uut.admit("m", at(0s)));
}

TEST_CASE("a cap lowered below what is out waits for it") {
  key_ledger uut{true, 0};
  const auto first = uut.admit("m", at(0s));
  const auto second = uut.admit("m", at(0s));
  REQUIRE((first && second));
  uut.configure(true, 1);
  CHECK_FALSE(uut.admit("m", at(0s)));
  CHECK(uut.release(*first));
  CHECK_FALSE(uut.admit("m", at(0s)));
  CHECK(uut.release(*second));
  CHECK(uut.admit("m", at(0s)));
}

TEST_CASE("invariant 4: a lease is released once") {
  key_ledger uut{true, 0};
  const auto lease = uut.admit("m", at(0s));
  REQUIRE(lease);
  CHECK_FALSE(uut.release(*lease + 1));
  CHECK(uut.in_flight() == 1);
  CHECK(uut.release(*lease));
  CHECK_FALSE(uut.release(*lease));
  CHECK(uut.in_flight() == 0);
  const auto next = uut.admit("m", at(0s));
  REQUIRE(next);
  CHECK(*next != *lease);
  CHECK_FALSE(uut.release(*lease));
  CHECK(uut.in_flight() == 1);
}

TEST_CASE("invariant 8: a verdict that charges nobody changes nothing") {
  key_ledger uut{true, 0};
  uut.apply(rate_limit(60s), "m", defaults, at(0s));
  CHECK_FALSE(uut.apply(pass, "m", defaults, at(1s)));
  auto refused = pass;
  refused.for_request = verdict::request::next_key;
  CHECK_FALSE(uut.apply(refused, "n", defaults, at(1s)));
  CHECK(uut.available_for("m", at(1s)).until == at(60s));
  CHECK(uut.available_for("n", at(1s)).is == state::available);
}

TEST_CASE("a changed configuration forgives a rejection and leaves cooldowns") {
  key_ledger uut{true, 0};
  uut.apply(rate_limit(60s), "m", defaults, at(0s));
  auto refused = pass;
  refused.for_key = verdict::key::reject;
  uut.apply(refused, "m", defaults, at(0s));
  REQUIRE(uut.available_for("n", at(1s)).is == state::rejected);
  uut.forgive();
  CHECK(uut.available_for("n", at(1s)).is == state::available);
  CHECK(uut.available_for("m", at(1s)).until == at(60s));
}

TEST_CASE("every state has its word") {
  CHECK(to_string(state::available) == "available");
  CHECK(to_string(state::busy) == "busy");
  CHECK(to_string(state::cooling) == "cooling");
  CHECK(to_string(state::rejected) == "rejected");
  CHECK(to_string(state::disabled) == "disabled");
}
