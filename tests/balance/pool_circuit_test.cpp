#include "balance/pool.hpp"
#include "tests/balance/at.hpp"
#include "tests/catch.hpp"

#include <map>
#include <vector>

using namespace keywheel;
using namespace keywheel::balance;
using namespace keywheel::balance::test;

namespace {

using dialect::reason;
using state = availability::state;
using is = placement::what;

availability cooling(time_point until) {
  return {state::cooling, until, 1, 0, reason::rate_limit};
}

/// A pool with keys 1 to `count`, all free.
pool with_keys(key_uid count) {
  pool result{{}, 42};
  for (key_uid key = 1; key <= count; ++key)
    result.set_key(key, {}, at(0s));
  return result;
}

ticket call(call_id id, time_point arrived = at(0s), std::vector<key_uid> tried = {}) {
  return {id, arrived, arrived + 600s, std::move(tried)};
}

dialect::verdict overload(std::optional<std::chrono::milliseconds> hint = {}) {
  dialect::verdict result;
  result.why = reason::overload;
  result.scope = dialect::scope::provider_model;
  result.rest = hint;
  return result;
}

time_point until(const pool& of, time_point now) {
  return of.provider_cooldown("m", now).value().until;
}

std::map<call_id, placement> settled(pool& uut, time_point now) {
  std::map<call_id, placement> result;
  for (const auto& [id, where] : uut.settle(now))
    REQUIRE(result.emplace(id, where).second);
  return result;
}

} // namespace

TEST_CASE("while the provider rests nothing goes out; then one call probes, and the rest wait") {
  auto uut = with_keys(3);
  uut.rest(overload(5s), at(0s));
  for (const call_id id : {1u, 2u, 3u})
    CHECK(uut.place(call(id), at(1s)).is == is::waits);
  const auto end = until(uut, at(1s));
  CHECK(uut.next_wake(at(1s)) == end);
  CHECK(settled(uut, end - 1ns).empty());
  const auto moved = settled(uut, end);
  REQUIRE(moved.size() == 1);
  CHECK(moved.at(1).is == is::key);
  CHECK(moved.at(1).probe);
  CHECK(uut.provider_cooldown("m", end)->probing);
  CHECK(uut.place(call(4), end).is == is::waits);
  CHECK(settled(uut, end + 1s).empty());
  uut.probe_ended(1, probe_result::succeeded, end + 2s);
  const auto rest = settled(uut, end + 2s);
  CHECK(rest.size() == 3);
  for (const auto& [id, where] : rest) {
    CHECK(where.is == is::key);
    CHECK_FALSE(where.probe);
  }
  CHECK_FALSE(uut.provider_cooldown("m", end + 2s));
}

TEST_CASE("a probe that fails puts the provider to rest for longer, and says so") {
  auto uut = with_keys(2);
  uut.rest(overload(), at(0s));
  uut.place(call(1), at(0s));
  uut.place(call(2), at(0s));
  const auto end = until(uut, at(0s));
  CHECK(settled(uut, end).at(1).probe);
  uut.probe_ended(1, probe_result::failed, end);
  CHECK(settled(uut, end).empty());
  CHECK(until(uut, end) >= end + 2s);
  uut.rest(overload(100s), end);
  const auto moved = settled(uut, end);
  CHECK(moved.at(2).is == is::provider_rests);
  CHECK(moved.at(2).why == reason::overload);
  CHECK(moved.at(2).returns == until(uut, end));
}

TEST_CASE("a call waits for the provider only if that is in time") {
  auto uut = with_keys(1);
  uut.rest(overload(40s), at(0s));
  const auto end = until(uut, at(0s));
  const auto where = uut.place(call(1), at(0s));
  CHECK(where.is == is::provider_rests);
  CHECK(where.returns == end);
  CHECK(uut.place(call(2, end - 30s), at(0s)).is == is::provider_rests);
  CHECK(uut.place(call(3, end - 30s + 1ns), at(0s)).is == is::waits);
}

TEST_CASE("what returns last is what a refusal names") {
  auto uut = with_keys(1);
  uut.rest(overload(40s), at(0s));
  uut.set_key(1, cooling(at(90s)), at(0s));
  CHECK(uut.place(call(1), at(0s)).returns == at(90s));
  uut.set_key(1, cooling(at(20s)), at(0s));
  CHECK(uut.place(call(1), at(0s)).returns == until(uut, at(0s)));
}

TEST_CASE("a call waits for keys that return after the provider") {
  auto uut = with_keys(1);
  uut.rest(overload(2s), at(0s));
  uut.set_key(1, cooling(at(10s)), at(0s));
  uut.place(call(1), at(0s));
  const auto end = until(uut, at(0s));
  CHECK(uut.next_wake(at(0s)) == end);
  CHECK(settled(uut, end).empty());
  CHECK(uut.next_wake(end) == at(10s));
  CHECK(settled(uut, at(10s)).at(1).probe);
}

TEST_CASE("a call that was refused for want of capacity may go to the same key again") {
  auto uut = with_keys(1);
  CHECK(uut.place(call(1), at(0s)).chosen == 1);
  uut.rest(overload(), at(1s));
  CHECK(uut.place(call(1, at(0s), {1}), at(1s)).is == is::waits);
  const auto moved = settled(uut, until(uut, at(1s)));
  CHECK(moved.at(1).chosen == 1);
  CHECK(moved.at(1).probe);
  CHECK(moved.at(1).tried.empty());
}

TEST_CASE("waiting calls forget what they tried when the provider comes to rest") {
  auto uut = with_keys(1);
  uut.set_key(2, cooling(at(20s)), at(0s));
  CHECK(uut.place(call(1, at(0s), {1}), at(0s)).is == is::waits);
  uut.rest(overload(), at(1s));
  CHECK(settled(uut, at(1s)).empty());
  CHECK(settled(uut, until(uut, at(1s))).at(1).chosen == 1);
}

TEST_CASE("a probe that comes back makes way for the next") {
  auto uut = with_keys(2);
  uut.rest(overload(), at(0s));
  const auto end = until(uut, at(0s));
  const auto first = uut.place(call(1), end);
  REQUIRE(first.probe);
  CHECK(uut.place(call(2), end).is == is::waits);
  SECTION("to be placed again, as the probe") {
    auto again = call(1, at(0s), {first.chosen});
    again.tag = first.tag;
    CHECK(uut.place(again, end).is == is::waits);
    CHECK(settled(uut, end).at(1).probe);
  }
  SECTION("because its client left") {
    uut.probe_ended(1, probe_result::abandoned, end);
    CHECK(uut.next_wake(end) == end);
    CHECK(settled(uut, end).at(2).probe);
  }
  SECTION("because nothing was heard of it until its deadline") {
    for (int i = 1; i < 25; ++i) { // somebody always waits
      const auto now = end + i * 24s;
      settled(uut, now);
      CHECK(uut.place(call(static_cast<call_id>(10 + i), now), now).is == is::waits);
    }
    settled(uut, at(599s));
    CHECK(uut.next_wake(at(599s)) == at(600s));
    CHECK(settled(uut, at(600s)).at(34).probe);
  }
}

TEST_CASE("any success ends the provider's rest") {
  auto uut = with_keys(2);
  uut.rest(overload(20s), at(0s));
  uut.place(call(1), at(0s));
  uut.note_success();
  CHECK(settled(uut, at(1s)).at(1).is == is::key);
  const auto next = uut.place(call(2), at(1s));
  CHECK(next.is == is::key);
  CHECK_FALSE(next.probe);
}

TEST_CASE("no key at all weighs more than the provider's rest") {
  auto uut = with_keys(1);
  uut.rest(overload(60s), at(0s));
  uut.set_key(1, {state::disabled, {}, 0}, at(0s));
  CHECK(uut.place(call(1), at(0s)).is == is::no_keys);
  uut.set_key(1, {state::rejected, at(600s), 1}, at(0s));
  CHECK(uut.place(call(1), at(0s)).is == is::all_rejected);
}

// -- when every key is refused -----------------------------------------------------------------

TEST_CASE("when every key is refused within a moment, the provider is taken to be the limit") {
  auto uut = with_keys(3);
  uut.set_key(4, {state::disabled, {}, 0}, at(0s));
  CHECK_FALSE(uut.note_refusal(1, reason::credential, false, {}, at(1s)));
  CHECK_FALSE(uut.note_refusal(2, reason::credential, false, {}, at(5s)));
  CHECK(uut.note_refusal(3, reason::credential, false, {}, at(11s)) == at(1s));
  const auto rest = uut.provider_cooldown("m", at(11s));
  REQUIRE(rest);
  CHECK(rest->why == reason::credential);
  CHECK(rest->source == "all_keys_refused");
  CHECK(rest->until >= at(12s));
  CHECK(rest->until <= at(12s) + 100ms);
  CHECK(uut.place(call(1, at(11s)), at(11s)).is == is::waits);
  // Those that were under way, and the probe, blacklist nobody either.
  CHECK(uut.note_refusal(2, reason::credential, false, {}, at(12s)) == at(1s));
  CHECK_FALSE(uut.note_refusal(2, reason::credential, true, {}, at(12s)));
  uut.note_success();
  CHECK_FALSE(uut.note_refusal(2, reason::credential, false, {}, at(13s)));
}

TEST_CASE("a probe that is limited like all the others says until when") {
  auto uut = with_keys(2);
  uut.note_refusal(1, reason::rate_limit, true, at(5s), at(1s));
  uut.note_refusal(2, reason::rate_limit, true, at(5s), at(1s));
  const auto end = until(uut, at(1s));
  REQUIRE(uut.place(call(1), end).probe);
  CHECK(uut.note_refusal(1, reason::rate_limit, true, end + 20s, end) == at(1s));
  uut.probe_ended(1, probe_result::failed, end);
  CHECK(until(uut, end) >= end + 20s);
  CHECK(until(uut, end) <= end + 21s);
}

TEST_CASE("when the keys themselves are to blame") {
  auto uut = with_keys(3);
  const auto refuse = [&](key_uid key, reason why, time_point now, bool certain = false) {
    return uut.note_refusal(key, why, certain, {}, now).has_value();
  };
  refuse(1, reason::permission, at(0s));
  refuse(2, reason::permission, at(1s));
  SECTION("a success in between") {
    uut.note_success();
    CHECK_FALSE(refuse(3, reason::permission, at(2s)));
  }
  SECTION("too long ago") {
    CHECK_FALSE(refuse(3, reason::permission, at(10s) + 1ns));
  }
  SECTION("the provider's own words") {
    CHECK_FALSE(refuse(3, reason::permission, at(2s), true));
    CHECK_FALSE(refuse(1, reason::permission, at(2s), true));
  }
  SECTION("another reason") {
    CHECK_FALSE(refuse(3, reason::blocked, at(2s)));
    CHECK_FALSE(refuse(3, reason::billing, at(2s)));
  }
  SECTION("the same key again") {
    CHECK_FALSE(refuse(2, reason::permission, at(2s)));
  }
  SECTION("a key that is new") {
    uut.set_key(9, {}, at(2s));
    CHECK_FALSE(refuse(3, reason::permission, at(2s)));
  }
  CHECK_FALSE(uut.provider_cooldown("m", at(10s)));
}

TEST_CASE("a key that is gone is not waited for, and its refusal is forgotten") {
  auto uut = with_keys(3);
  uut.note_refusal(1, reason::blocked, false, {}, at(0s));
  uut.remove_key(1);
  uut.note_refusal(2, reason::blocked, false, {}, at(1s));
  CHECK_FALSE(uut.provider_cooldown("m", at(1s)));
  CHECK(uut.note_refusal(3, reason::blocked, false, {}, at(2s)) == at(1s));
}

TEST_CASE("a key that was rejected before could not be asked") {
  auto uut = with_keys(3);
  uut.set_key(1, {state::rejected, at(600s), 1}, at(0s));
  uut.note_refusal(2, reason::rate_limit, true, {}, at(1s));
  CHECK(uut.note_refusal(3, reason::rate_limit, true, {}, at(2s)) == at(1s));
}

TEST_CASE("one key is no crowd") {
  auto uut = with_keys(1);
  CHECK_FALSE(uut.note_refusal(1, reason::rate_limit, true, {}, at(1s)));
  uut.set_key(2, {state::rejected, at(600s), 1}, at(0s));
  CHECK_FALSE(uut.note_refusal(1, reason::rate_limit, true, {}, at(1s)));
}

TEST_CASE("a key that was disabled meanwhile is no witness") {
  auto uut = with_keys(2);
  uut.note_refusal(1, reason::rate_limit, true, {}, at(1s));
  uut.set_key(1, {state::disabled, {}, 0}, at(1s));
  CHECK_FALSE(uut.note_refusal(2, reason::rate_limit, true, {}, at(2s)));
}

TEST_CASE("for how long the provider rests when every key is limited") {
  auto uut = with_keys(2);
  SECTION("until the first of the returns that it named") {
    uut.note_refusal(1, reason::rate_limit, true, at(50s), at(1s));
    uut.note_refusal(2, reason::rate_limit, true, at(22s), at(2s));
    CHECK(until(uut, at(2s)) >= at(22s));
    CHECK(until(uut, at(2s)) <= at(23s));
  }
  SECTION("as configured, if it named none") {
    uut.note_refusal(1, reason::rate_limit, true, {}, at(1s));
    uut.note_refusal(2, reason::rate_limit, true, {}, at(2s));
    CHECK(until(uut, at(2s)) >= at(62s));
    CHECK(until(uut, at(2s)) <= at(63s));
  }
}
