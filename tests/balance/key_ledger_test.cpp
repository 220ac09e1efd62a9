#include "balance/key_ledger.hpp"
#include "tests/balance/verdicts.hpp"
#include "tests/catch.hpp"

using namespace keywheel;
using namespace keywheel::balance;
using namespace keywheel::balance::test;

namespace {

using dialect::reason;
using dialect::scope;
using dialect::verdict;
using state = availability::state;

constexpr auto unlimited = availability::unlimited;
constexpr config::budgets_config none{};

constexpr config::budgets_config cap(std::uint32_t max_in_flight) {
  return {max_in_flight, 0, 0, 0, 0};
}

/// Sends a call for `model` out and gives its lease; the call must be admitted.
lease_id send(key_ledger& to, std::string_view model, time_point now) {
  const auto result = to.admit(model, {}, now);
  REQUIRE(result);
  return result->lease;
}

/// Judges a call that is out, and ends it.
bool judge(key_ledger& of, lease_id lease, const verdict& what, time_point now,
           bool charge = true) {
  const bool result = of.judged(lease, what, charge, defaults, silent, now);
  const auto how = what.why == reason::none ? ending::answered : ending::refused;
  CHECK(of.release(lease, how, nullptr, now));
  return result;
}

/// Sends a call for `model` that is answered with `what` at once.
bool answer(key_ledger& of, std::string_view model, const verdict& what, time_point now,
            bool charge = true) {
  return judge(of, send(of, model, now), what, now, charge);
}

const auto server_error = refused(reason::server_error, scope::key);

} // namespace

TEST_CASE("a fresh key serves any model") {
  key_ledger uut{true, none};
  CHECK(uut.available_for("m", at(0s)) == availability{});
  CHECK(uut.overall(at(0s)) == state::available);
  CHECK(uut.in_flight() == 0);
  CHECK(uut.cooldowns(at(0s)).empty());
  CHECK_FALSE(uut.next_change(at(0s)));
}

TEST_CASE("a cooldown of a model rests that model only, then one call probes it") {
  key_ledger uut{true, none};
  CHECK(answer(uut, "m", rate_limited(10s), at(0s)));
  CHECK(uut.available_for("m", at(0s))
        == availability{state::cooling, at(10s), 1, 0, dialect::reason::rate_limit});
  CHECK(uut.available_for("n", at(0s)).is == state::available);
  CHECK(uut.overall(at(0s)) == state::cooling);
  CHECK(uut.next_change(at(0s)) == at(10s));
  CHECK_FALSE(uut.admit("m", {}, at(10s) - 1ns));
  CHECK(uut.available_for("m", at(10s)) == availability{state::available, {}, 1});
  const auto probe = uut.admit("m", {}, at(10s));
  REQUIRE(probe);
  CHECK(probe->probe);
  CHECK(uut.available_for("m", at(10s)) == availability{state::busy, {}, 0, 1});
  CHECK_FALSE(uut.admit("m", {}, at(10s)));
  CHECK(uut.cooldowns(at(10s)).at(0).probing);
  CHECK(judge(uut, probe->lease, success, at(11s)));
  CHECK(uut.available_for("m", at(11s)) == availability{});
}

TEST_CASE("a cooldown of the account is found once, not once per model") {
  const auto where = GENERATE(scope::key, scope::quota_group);
  key_ledger uut{true, none};
  answer(uut, "m", refused(reason::billing, where), at(0s));
  CHECK(uut.available_for("n", at(1s)).until == at(10min));
  CHECK_FALSE(uut.admit("n", {}, at(1s)));
}

TEST_CASE("the provider's model is no key's matter") {
  key_ledger uut{true, none};
  CHECK_FALSE(answer(uut, "m", refused(reason::overload, scope::provider_model), at(0s)));
  CHECK(uut.cooldowns(at(0s)).empty());
}

TEST_CASE("the last deadline that concerns a model counts") {
  key_ledger uut{true, none};
  const auto first = send(uut, "m", at(0s));
  const auto second = send(uut, "m", at(0s));
  judge(uut, first, rate_limited(30s), at(0s));
  judge(uut, second, rate_limited(10s, scope::key), at(0s));
  CHECK(uut.available_for("m", at(0s)).until == at(30s));
  CHECK(uut.available_for("n", at(0s)).until == at(10s));
}

TEST_CASE("a refused credential is confirmed by one probe, then seldom") {
  key_ledger uut{true, none};
  CHECK(answer(uut, "m", unauthorized(), at(0s)));
  CHECK(uut.available_for("n", at(0s))
        == availability{state::rejected, at(30s), 1, 0, dialect::reason::credential});
  CHECK(uut.overall(at(0s)) == state::rejected);
  CHECK_FALSE(uut.admit("n", {}, at(30s) - 1ns));
  answer(uut, "n", unauthorized(), at(30s));
  CHECK(uut.available_for("m", at(30s)).until == at(30s + 10min));
  uut.configure(true, cap(3));
  CHECK(uut.overall(at(31s)) == state::rejected);
  answer(uut, "m", success, at(30s + 10min));
  CHECK(uut.overall(at(30s + 10min)) == state::available);
}

TEST_CASE("one failure of the provider rests nobody, three within 30 s do") {
  key_ledger uut{true, none};
  CHECK_FALSE(answer(uut, "m", server_error, at(0s)));
  CHECK_FALSE(answer(uut, "m", refused(reason::unreachable, scope::key), at(10s)));
  CHECK(uut.available_for("m", at(10s)).is == state::available);
  CHECK(answer(uut, "m", refused(reason::timed_out, scope::key), at(30s)));
  CHECK(uut.available_for("m", at(30s)).until == at(40s));
  CHECK(uut.available_for("n", at(30s)).is == state::available);
  CHECK(answer(uut, "m", server_error, at(40s))); // the probe alone extends it
  CHECK(uut.available_for("m", at(40s)).until == at(60s));
  CHECK(answer(uut, "m", success, at(60s)));
  CHECK_FALSE(answer(uut, "m", server_error, at(60s)));
}

TEST_CASE("a success between begins the count of failures anew") {
  key_ledger uut{true, none};
  answer(uut, "m", server_error, at(0s));
  answer(uut, "m", server_error, at(0s));
  answer(uut, "m", success, at(1s));
  CHECK_FALSE(answer(uut, "m", server_error, at(2s)));
}

TEST_CASE("a failure of the provider says nothing of the limit that was probed") {
  key_ledger uut{true, none};
  answer(uut, "m", rate_limited(10s), at(0s));
  CHECK(answer(uut, "m", server_error, at(10s)));
  CHECK(uut.available_for("m", at(10s)) == availability{state::available, {}, 1});
}

TEST_CASE("invariant 8: a verdict that charges nobody rests nobody") {
  key_ledger uut{true, none};
  CHECK_FALSE(answer(uut, "m", rate_limited(60s), at(0s), false));
  CHECK_FALSE(answer(uut, "m", refused(reason::bad_request, scope::key), at(0s)));
  for (int i = 0; i < 5; ++i)
    CHECK_FALSE(answer(uut, "m", server_error, at(0s), false));
  CHECK(uut.available_for("m", at(0s)) == availability{});
}

TEST_CASE("an answer that began well and broke may be judged again") {
  key_ledger uut{true, none};
  const auto lease = send(uut, "m", at(0s));
  CHECK_FALSE(uut.judged(lease, success, false, defaults, silent, at(1s)));
  CHECK(uut.judged(lease, rate_limited(10s), true, defaults, silent, at(2s)));
  CHECK(uut.available_for("m", at(2s))
        == availability{state::cooling, at(12s), 1, 1, dialect::reason::rate_limit});
  CHECK(uut.release(lease, ending::answered, nullptr, at(3s)));
  CHECK_FALSE(uut.judged(lease, rate_limited(60s), true, defaults, silent, at(3s)));
}

TEST_CASE("the provider's limit rests the key before it is refused") {
  key_ledger uut{true, none};
  const auto lease = send(uut, "m", at(0s));
  const auto used_up = reading(dialect::limit_reading::dimension::requests, 60, 0, 60s);
  CHECK(uut.judged(lease, success, false, defaults, used_up, at(0s)));
  CHECK(uut.available_for("m", at(0s))
        == availability{state::cooling, at(1s), 1, 1, dialect::reason::rate_limit});
  CHECK(uut.cooldowns(at(0s)).at(0).source == "x-ratelimit-remaining");
  CHECK(uut.next_change(at(0s)) == at(1s));
  CHECK(uut.available_for("m", at(1s)) == availability{state::available, {}, 1, 1});
}

TEST_CASE("the more lasting obstacle is named first") {
  key_ledger uut{true, cap(2)};
  const auto first = send(uut, "m", at(0s));
  const auto second = send(uut, "m", at(0s));
  CHECK(uut.available_for("m", at(0s)) == availability{state::busy, {}, 0, 2});
  CHECK(uut.overall(at(0s)) == state::busy);
  uut.judged(first, rate_limited(60s), true, defaults, silent, at(0s));
  CHECK(uut.available_for("m", at(0s))
        == availability{state::cooling, at(60s), 0, 2, dialect::reason::rate_limit});
  CHECK(uut.overall(at(0s)) == state::cooling);
  uut.judged(second, unauthorized(), true, defaults, silent, at(0s));
  CHECK(uut.available_for("m", at(0s))
        == availability{state::rejected, at(60s), 0, 2, dialect::reason::rate_limit});
  uut.configure(false, cap(2));
  CHECK(uut.available_for("m", at(0s)) == availability{state::disabled, {}, 0, 2});
  CHECK(uut.overall(at(0s)) == state::disabled);
}

TEST_CASE("a disabled key gets nothing new and finishes what it has") {
  key_ledger uut{true, none};
  const auto lease = send(uut, "m", at(0s));
  answer(uut, "n", rate_limited(60s), at(0s));
  uut.configure(false, none);
  CHECK_FALSE(uut.enabled());
  CHECK_FALSE(uut.admit("m", {}, at(0s)));
  CHECK(uut.in_flight() == 1);
  CHECK(uut.release(lease, ending::answered, nullptr, at(0s)));
  uut.configure(true, none);
  CHECK(uut.available_for("n", at(0s)).until == at(60s));
}

TEST_CASE("a cap bounds the leases over all models, also when it is lowered") {
  key_ledger uut{true, cap(2)};
  CHECK(uut.available_for("m", at(0s)).free_slots == 2);
  const auto first = send(uut, "m", at(0s));
  CHECK(uut.available_for("n", at(0s)).free_slots == 1);
  const auto second = send(uut, "n", at(0s));
  CHECK(first != second);
  CHECK_FALSE(uut.admit("m", {}, at(0s)));
  uut.configure(true, cap(1));
  CHECK(uut.release(first, ending::answered, nullptr, at(0s)));
  CHECK_FALSE(uut.admit("m", {}, at(0s)));
  CHECK(uut.release(second, ending::answered, nullptr, at(0s)));
  CHECK(uut.admit("m", {}, at(0s)));
}

TEST_CASE("invariant 4: a lease is released once") {
  key_ledger uut{true, none};
  const auto lease = send(uut, "m", at(0s));
  CHECK_FALSE(uut.release(lease + 1, ending::answered, nullptr, at(0s)));
  CHECK(uut.in_flight() == 1);
  CHECK(uut.release(lease, ending::answered, nullptr, at(0s)));
  CHECK_FALSE(uut.release(lease, ending::answered, nullptr, at(0s)));
  const auto next = send(uut, "m", at(0s));
  CHECK(next != lease);
  CHECK_FALSE(uut.release(lease, ending::answered, nullptr, at(0s)));
  CHECK(uut.in_flight() == 1);
}

TEST_CASE("a changed configuration forgives a rejection, a person everything") {
  key_ledger uut{true, none};
  const auto first = send(uut, "m", at(0s));
  const auto second = send(uut, "m", at(0s));
  judge(uut, first, rate_limited(60s), at(0s));
  judge(uut, second, unauthorized(), at(0s));
  uut.forgive();
  CHECK(uut.available_for("n", at(1s)).is == state::available);
  CHECK(uut.available_for("m", at(1s)).until == at(60s));
  uut.reset();
  CHECK(uut.available_for("m", at(1s)).is == state::available);
}

TEST_CASE("a pardon takes back what the provider's own failure did") {
  key_ledger uut{true, none};
  answer(uut, "m", server_error, at(0s));
  answer(uut, "m", server_error, at(1s));
  answer(uut, "m", unauthorized(true), at(2s));
  CHECK_FALSE(uut.pardon(at(3s)));
  CHECK(uut.pardon(at(1s)));
  CHECK(uut.available_for("m", at(3s)) == availability{});
  CHECK_FALSE(answer(uut, "m", server_error, at(3s)));
}

TEST_CASE("rests from elsewhere count, and can be lifted") {
  key_ledger uut{true, none};
  CHECK(uut.impose({scope::quota_group, "m", reason::quota, "body", at(20s)}, at(0s)));
  CHECK(uut.available_for("m", at(0s)).until == at(20s));
  CHECK(uut.available_for("n", at(0s)).is == state::available);
  CHECK(uut.lift(scope::quota_group, "m"));
  CHECK_FALSE(uut.lift(scope::quota_group, "m"));
  CHECK(uut.available_for("m", at(0s)).is == state::available);
}

TEST_CASE("cooldowns and days survive a restart") {
  const wall_time noon{std::chrono::hours{500'000}};
  const config::budgets_config day{0, 0, 0, 2, 0};
  key_ledger uut{true, day};
  answer(uut, "m", unauthorized(), at(0s));
  const auto kept = uut.keep(at(10s), noon);
  CHECK_FALSE(kept.empty());
  key_ledger next{true, day};
  next.restore(kept, at(0s), noon + 5s);
  CHECK(next.available_for("m", at(0s))
        == availability{state::rejected, at(15s), 1, 0, dialect::reason::credential});
  answer(next, "m", success, at(15s));
  CHECK(next.available_for("m", at(15s)).is == state::cooling);
  CHECK(next.cooldowns(at(15s)).at(0).source == "rpd");
  CHECK(key_ledger{true, none}.keep(at(0s), noon).empty());
}

// -- within a group ------------------------------------------------------------------------------

TEST_CASE("a key within a group leaves the group's matters to it") {
  key_ledger uut{true, none};
  answer(uut, "m", rate_limited(60s, scope::quota_group), at(0s));
  answer(uut, "n", rate_limited(60s), at(0s));
  const auto handed = uut.join_group(at(0s));
  REQUIRE(handed.size() == 1);
  CHECK(handed[0].scope == scope::quota_group);
  CHECK(handed[0].until == at(60s));
  CHECK(uut.available_for("m", at(0s)).is == state::available);
  CHECK(uut.available_for("n", at(0s)).is == state::cooling);
  CHECK_FALSE(answer(uut, "m", rate_limited(60s, scope::quota_group), at(0s)));
  const auto lease = send(uut, "m", at(0s));
  const auto used_up = reading(dialect::limit_reading::dimension::requests, 60, 0, 60s);
  CHECK_FALSE(uut.judged(lease, success, false, defaults, used_up, at(0s)));
  CHECK(uut.available_for("m", at(0s)).free_slots == unlimited);
}

TEST_CASE("what the group says counts until it says otherwise") {
  key_ledger uut{true, cap(9)};
  uut.join_group(at(0s));
  CHECK_FALSE(uut.group_says("m", {}));
  CHECK(uut.group_says("m", {state::cooling, at(10s), 2, 50}));
  CHECK_FALSE(uut.group_says("m", {state::cooling, at(10s), 2, 50}));
  CHECK(uut.available_for("m", at(0s)) == availability{state::cooling, at(10s), 2});
  CHECK(uut.available_for("n", at(0s)).is == state::available);
  CHECK(uut.overall(at(0s)) == state::cooling);
  CHECK(uut.next_change(at(0s)) == at(10s));
  CHECK_FALSE(uut.admit("m", {}, at(10s) - 1ns));
  CHECK(uut.available_for("m", at(10s)) == availability{state::available, {}, 2, 0});
  CHECK(uut.admit("m", {}, at(10s)));
  CHECK(uut.group_says("m", {state::busy, {}, 0, 50}));
  CHECK(uut.available_for("m", at(10s)) == availability{state::busy, {}, 0, 1});
  CHECK_FALSE(uut.admit("m", {}, at(10s)));
  uut.leave_group();
  CHECK(uut.available_for("m", at(10s)) == availability{state::available, {}, 8, 1});
}

TEST_CASE("the graver of key and group counts, with the later deadline") {
  const availability own{state::cooling, at(20s), 1, 3};
  CHECK(within({state::rejected, at(10s), 1, 9}, own, at(0s))
        == availability{state::rejected, at(20s), 1, 3});
  CHECK(within({state::rejected, at(10s), 1, 9}, own, at(10s)) == own);
  CHECK(within({state::busy, {}, 0, 9}, own, at(0s))
        == availability{state::cooling, at(20s), 0, 3});
  CHECK(within({state::cooling, at(10s), 0, 9}, availability{}, at(10s)).is == state::busy);
  CHECK(within({state::available, {}, 5, 9}, {state::available, {}, 7, 3}, at(0s))
        == availability{state::available, {}, 5, 3});
}

TEST_CASE("every state has its word") {
  CHECK(to_string(state::available) == "available");
  CHECK(to_string(state::busy) == "busy");
  CHECK(to_string(state::cooling) == "cooling");
  CHECK(to_string(state::rejected) == "rejected");
  CHECK(to_string(state::disabled) == "disabled");
}

TEST_CASE("an answer that began well and broke is no success: its failures add up") {
  key_ledger uut{true, none};
  const auto cut = [&](time_point now) {
    const auto lease = send(uut, "m", now);
    uut.judged(lease, success, true, defaults, silent, now);      // the stream begins …
    uut.judged(lease, server_error, true, defaults, silent, now); // … and breaks
    CHECK(uut.release(lease, ending::abandoned, nullptr, now));
  };
  cut(at(0s));
  cut(at(1s));
  CHECK(uut.available_for("m", at(1s)).is == state::available);
  cut(at(2s));
  CHECK(uut.available_for("m", at(2s)).is == state::cooling);
}

TEST_CASE("a key says why it rests") {
  key_ledger uut{true, none};
  answer(uut, "m", refused(reason::billing, scope::key), at(0s));
  CHECK(uut.available_for("m", at(0s)).why == reason::billing);
  CHECK(uut.available_for("n", at(0s)).why == reason::billing);
}
