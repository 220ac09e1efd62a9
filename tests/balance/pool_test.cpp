#include "balance/pool.hpp"
#include "tests/balance/at.hpp"
#include "tests/catch.hpp"

#include <map>
#include <vector>

using namespace keywheel;
using namespace keywheel::balance;
using namespace keywheel::balance::test;

namespace {

using state = availability::state;
using is = placement::what;
using keys = std::vector<key_uid>;

const availability free_key{};
const availability busy{state::busy, {}, 0};
const availability rejected{state::rejected, time_point::max(), 0};
const availability disabled{state::disabled, {}, 0};

availability slots(std::uint32_t free) {
  return {state::available, {}, free};
}

availability rejected_until(time_point until) {
  return {state::rejected, until, 1};
}

availability cooling(time_point until) {
  return {state::cooling, until};
}

/// A pool with keys 1, 2, … as given.
pool with_keys(const std::vector<availability>& what,
               pool::settings with = {30s, 1000, {}, {}, {}}) {
  pool result{with};
  key_uid key = 0;
  for (const auto& one : what)
    result.set_key(++key, one, at(0s));
  return result;
}

ticket call(call_id id, time_point arrived = at(0s), keys tried = {},
            time_point deadline = time_point::max()) {
  return {id, arrived, deadline, std::move(tried)};
}

ticket call_of(std::uint64_t client, call_id id) {
  auto result = call(id);
  result.client = client;
  return result;
}

pool::settings line_of(std::size_t max_calls, duration max_wait = 30s) {
  return {max_wait, max_calls, {}, {}, {}};
}

/// What became of waiting calls, by call.
std::map<call_id, placement> settled(pool& uut, time_point now) {
  std::map<call_id, placement> result;
  for (const auto& [id, where] : uut.settle(now))
    REQUIRE(result.emplace(id, where).second);
  return result;
}

} // namespace

// -- placing -----------------------------------------------------------------------------------

TEST_CASE("calls go to free keys in turn") {
  auto uut = with_keys({free_key, free_key});
  for (const key_uid expected : {1u, 2u, 1u}) {
    const auto where = uut.place(call(1), at(0s));
    CHECK(where.is == is::key);
    CHECK(where.chosen == expected);
  }
  CHECK(uut.waiting() == 0);
  CHECK_FALSE(uut.next_wake(at(0s)));
}

TEST_CASE("the table of decisions for a call that finds no key") {
  struct row {
    const char* about;
    std::vector<availability> members;
    keys tried;
    is expected;
    std::optional<time_point> returns;
  };
  const auto soon = cooling(at(10s));
  const auto late = cooling(at(99s));
  const auto later = cooling(at(120s));
  const auto at_limit = cooling(at(30s));
  const std::vector<row> table{
      {"no member", {}, {}, is::no_keys, {}},
      {"all disabled", {disabled, disabled}, {}, is::no_keys, {}},
      {"all rejected", {rejected, rejected}, {}, is::all_rejected, {}},
      {"all that are enabled rejected", {rejected, disabled}, {}, is::all_rejected, {}},
      {"the last one just rejected", {rejected}, {1}, is::all_rejected, {}},
      {"all rejected, one for a probe too late",
       {rejected_until(at(31s)), rejected},
       {},
       is::all_rejected,
       at(31s)},
      {"all rejected, one for a probe in time",
       {rejected_until(at(29s)), rejected},
       {},
       is::waits,
       {}},
      {"the last one just rejected, for a probe in time",
       {rejected_until(at(29s))},
       {1},
       is::waits,
       {}},
      {"one rejected for a probe in time, one rests for long",
       {late, rejected_until(at(5s))},
       {},
       is::waits,
       {}},
      {"free but tried, another rejected for long",
       {free_key, rejected_until(at(99s))},
       {1},
       is::none_left,
       {}},
      {"one returns in time", {late, soon}, {}, is::waits, {}},
      {"one returns just in time", {cooling(at(30s) - 1ns)}, {}, is::waits, {}},
      {"one returns just too late", {at_limit}, {}, is::no_key, at(30s)},
      {"none returns in time", {later, late}, {}, is::no_key, at(99s)},
      {"none returns in time, one rejected", {late, rejected}, {}, is::no_key, at(99s)},
      {"none returns in time, one disabled", {late, disabled}, {}, is::no_key, at(99s)},
      {"one is only busy", {busy}, {}, is::waits, {}},
      {"one is only busy, others rest for long", {busy, late, rejected}, {}, is::waits, {}},
      {"a tried one rests, but not for long", {soon}, {1}, is::waits, {}},
      {"a tried one rests for long", {late}, {1}, is::no_key, at(99s)},
      {"free but tried", {free_key, free_key}, {1, 2}, is::none_left, {}},
      {"free but tried, another rejected", {free_key, rejected}, {1}, is::none_left, {}},
      {"free but tried, another disabled", {free_key, disabled}, {1}, is::none_left, {}},
      {"free but tried, another returns in time", {free_key, soon}, {1}, is::waits, {}},
      {"free but tried, another rests for long", {free_key, late}, {1}, is::no_key, at(99s)},
      {"free but tried, another busy", {free_key, busy}, {1}, is::waits, {}},
      {"busy and tried", {busy}, {1}, is::none_left, {}},
      {"busy and tried, another rests for long", {busy, late}, {1}, is::no_key, at(99s)},
      {"busy and tried, another returns in time", {busy, soon}, {1}, is::waits, {}},
      {"tried and gone", {rejected, disabled}, {1, 2, 77}, is::all_rejected, {}},
  };
  for (const auto& one : table) {
    INFO(one.about);
    auto uut = with_keys(one.members);
    const auto where = uut.place(call(1, at(0s), one.tried), at(0s));
    CHECK(where.is == one.expected);
    CHECK(where.returns == one.returns);
    CHECK(uut.waiting() == (one.expected == is::waits ? 1 : 0));
    CHECK(settled(uut, at(0s)).empty());
  }
}

TEST_CASE("a call waits no longer than its own deadline") {
  auto uut = with_keys({cooling(at(10s))});
  CHECK(uut.place(call(1, at(0s), {}, at(10s)), at(0s)).is == is::no_key);
  CHECK(uut.place(call(2, at(0s), {}, at(10s) + 1ns), at(0s)).is == is::waits);
}

TEST_CASE("the wait counts from arrival, however often a call comes back") {
  auto uut = with_keys({cooling(at(40s))});
  CHECK(uut.place(call(1, at(0s)), at(20s)).is == is::no_key);
  CHECK(uut.place(call(2, at(15s)), at(20s)).is == is::waits);
}

TEST_CASE("a call whose deadline has passed goes nowhere") {
  auto uut = with_keys({free_key});
  CHECK(uut.place(call(1, at(0s), {}, at(5s)), at(5s)).is == is::deadline);
  CHECK(uut.place(call(2, at(0s), {}, at(5s)), at(5s) - 1ns).is == is::key);
}

TEST_CASE("a free key serves a call whose time to wait is over") {
  auto uut = with_keys({free_key});
  CHECK(uut.place(call(1, at(0s)), at(500s)).is == is::key);
}

TEST_CASE("an endless wait does not overflow the clock") {
  auto uut = with_keys({cooling(at(1000h))}, line_of(1000, duration::max()));
  CHECK(uut.place(call(1), at(0s)).is == is::waits);
  CHECK(uut.next_wake(at(0s)) == at(1000h));
}

TEST_CASE("a key is sent no more calls than it has slots") {
  auto uut = with_keys({slots(2)});
  CHECK(uut.place(call(1), at(0s)).is == is::key);
  CHECK(uut.place(call(2), at(0s)).is == is::key);
  CHECK(uut.find_key(1, at(0s))->is == state::busy);
  CHECK(uut.place(call(3), at(0s)).is == is::waits);
  uut.set_key(1, slots(1), at(1s));
  CHECK(settled(uut, at(1s)).at(3).chosen == 1);
}

TEST_CASE("a call that a key passed back goes on to the others") {
  auto uut = with_keys({free_key, free_key});
  CHECK(uut.place(call(1), at(0s)).chosen == 1);
  uut.set_key(1, cooling(at(60s)), at(1s));
  CHECK(uut.place(call(1, at(0s), {1}), at(1s)).chosen == 2);
  uut.set_key(2, cooling(at(50s)), at(2s));
  const auto where = uut.place(call(1, at(0s), {1, 2}), at(2s));
  CHECK(where.is == is::no_key);
  CHECK(where.returns == at(50s));
}

// -- the line ----------------------------------------------------------------------------------

TEST_CASE("first come, first served") {
  auto uut = with_keys({cooling(at(10s))});
  for (const call_id id : {1u, 2u, 3u})
    CHECK(uut.place(call(id, at(1s)), at(1s)).is == is::waits);
  CHECK(uut.next_wake(at(1s)) == at(10s));
  uut.set_key(1, slots(2), at(2s));
  const auto moved = uut.settle(at(2s));
  REQUIRE(moved.size() == 2);
  CHECK(moved[0].first == 1);
  CHECK(moved[1].first == 2);
  CHECK(uut.waiting() == 1);
}

TEST_CASE("a call that was passed back resumes its old place") {
  auto uut = with_keys({slots(1)});
  const auto first = uut.place(call(7), at(1s));
  REQUIRE(first.is == is::key);
  uut.place(call(8), at(2s));
  uut.place(call(9), at(3s));
  auto again = call(7, at(1s), {1});
  again.tag = first.tag;
  uut.set_key(1, cooling(at(10s)), at(4s));
  uut.place(again, at(4s));
  uut.set_key(1, slots(2), at(5s));
  const auto moved = uut.settle(at(5s));
  REQUIRE(moved.size() == 2);
  CHECK(moved[0].first == 7);
  CHECK(moved[0].second.tag == first.tag);
  CHECK(moved[1].first == 8);
}

TEST_CASE("nobody overtakes those who wait for a key that has just returned") {
  auto uut = with_keys({cooling(at(10s))});
  uut.place(call(1, at(1s)), at(1s));
  CHECK(uut.place(call(2, at(10s)), at(10s)).is == is::waits);
  CHECK(uut.next_wake(at(10s)) == at(10s));
  const auto moved = uut.settle(at(10s));
  REQUIRE(moved.size() == 2);
  CHECK(moved[0].first == 1);
  CHECK(moved[1].first == 2);
}

TEST_CASE("a newcomer may take a free key that no waiting call could take") {
  auto uut = with_keys({free_key, cooling(at(10s))});
  CHECK(uut.place(call(1, at(0s), {1}), at(0s)).is == is::waits);
  CHECK(uut.next_wake(at(0s)) == at(10s));
  const auto where = uut.place(call(2, at(1s)), at(1s));
  CHECK(where.is == is::key);
  CHECK(where.chosen == 1);
  CHECK(settled(uut, at(10s)).at(1).chosen == 2);
}

TEST_CASE("a call that will not have the free key does not hold up those behind it") {
  auto uut = with_keys({busy, cooling(at(10s))});
  uut.place(call(1, at(0s), {1}), at(0s));
  uut.place(call(2, at(1s)), at(1s));
  uut.set_key(1, slots(1), at(2s));
  const auto moved = settled(uut, at(2s));
  REQUIRE(moved.size() == 1);
  CHECK(moved.at(2).chosen == 1);
}

TEST_CASE("keys that come to rest while a call waits may be tried again") {
  auto uut = with_keys({free_key, cooling(at(20s))});
  CHECK(uut.place(call(1, at(0s), {1}), at(0s)).is == is::waits);
  uut.set_key(1, cooling(at(5s)), at(1s));
  CHECK(settled(uut, at(1s)).empty());
  CHECK(uut.next_wake(at(1s)) == at(5s));
  const auto moved = settled(uut, at(5s));
  CHECK(moved.at(1).chosen == 1);
  CHECK(moved.at(1).tried.empty());
}

TEST_CASE("a placement says which keys a call has still tried") {
  auto uut = with_keys({cooling(at(10s)), busy, free_key, cooling(at(20s))});
  CHECK(uut.place(call(1, at(0s), {2, 3}), at(0s)).is == is::waits);
  CHECK(uut.place(call(2, at(0s), {1, 3}), at(0s)).is == is::waits);
  auto moved = settled(uut, at(10s));
  CHECK(moved.at(1).chosen == 1);
  CHECK(moved.at(1).tried == keys{2, 3});
  CHECK(moved.at(2).chosen == 1);
  CHECK(moved.at(2).tried == keys{3});
  CHECK(uut.place(call(3, at(10s), {1}), at(10s)).tried == keys{1});
}

TEST_CASE("a full line takes nobody") {
  auto uut = with_keys({cooling(at(10s))}, line_of(2));
  uut.place(call(1), at(0s));
  uut.place(call(2), at(0s));
  const auto where = uut.place(call(3), at(0s));
  CHECK(where.is == is::line_full);
  CHECK(where.returns == at(10s));
  CHECK(uut.leave(1));
  CHECK(uut.place(call(3), at(0s)).is == is::waits);
}

TEST_CASE("a full line that is about to move takes as many as will have room") {
  auto uut = with_keys({slots(0), cooling(at(100s))}, line_of(2));
  uut.place(call(1), at(0s));
  uut.place(call(2), at(0s));
  uut.set_key(1, slots(1), at(1s));
  CHECK(uut.place(call(3, at(1s)), at(1s)).is == is::waits);
  CHECK(uut.place(call(4, at(1s)), at(1s)).is == is::waits);
  const auto moved = settled(uut, at(1s));
  REQUIRE(moved.size() == 2);
  CHECK(moved.at(1).chosen == 1);
  CHECK(moved.at(4).is == is::line_full);
  CHECK(moved.at(4).returns == at(100s));
  CHECK(uut.waiting() == 2);
  CHECK(settled(uut, at(1s)).empty());
}

TEST_CASE("new settings refuse nobody who waits") {
  auto uut = with_keys({cooling(at(20s))});
  uut.place(call(1), at(0s));
  uut.place(call(2), at(0s));
  uut.configure(line_of(1, 1s));
  CHECK(settled(uut, at(5s)).empty());
  CHECK(uut.place(call(3, at(5s)), at(5s)).is == is::no_key);
  CHECK(settled(uut, at(20s)).size() == 2);
}

TEST_CASE("a call that leaves costs nothing") {
  auto uut = with_keys({cooling(at(10s))});
  uut.place(call(1), at(0s));
  uut.place(call(2), at(0s));
  CHECK(uut.leave(1));
  CHECK_FALSE(uut.leave(1));
  CHECK_FALSE(uut.leave(77));
  uut.set_key(1, slots(1), at(1s));
  CHECK(settled(uut, at(1s)).at(2).is == is::key);
}

TEST_CASE("a wait ends at its limit and not before") {
  auto uut = with_keys({busy, cooling(at(99s))});
  uut.place(call(1), at(0s));
  CHECK(uut.next_wake(at(0s)) == at(30s));
  CHECK(settled(uut, at(30s) - 1ns).empty());
  const auto moved = settled(uut, at(30s));
  CHECK(moved.at(1).is == is::no_key);
  CHECK(moved.at(1).returns == at(99s));
  CHECK(uut.waiting() == 0);
}

TEST_CASE("a wait for busy keys alone ends without a promise") {
  auto uut = with_keys({busy});
  uut.place(call(1), at(0s));
  const auto moved = settled(uut, at(30s));
  CHECK(moved.at(1).is == is::no_key);
  CHECK_FALSE(moved.at(1).returns);
}

TEST_CASE("a wait ends at the deadline of the call, even if a key is free by then") {
  auto uut = with_keys({busy});
  uut.place(call(1, at(0s), {}, at(7s)), at(0s));
  uut.place(call(2, at(0s), {}, at(9s)), at(0s));
  CHECK(uut.next_wake(at(0s)) == at(7s));
  uut.set_key(1, free_key, at(7s));
  const auto moved = settled(uut, at(7s));
  CHECK(moved.at(1).is == is::deadline);
  CHECK(moved.at(2).is == is::key);
}

TEST_CASE("a key that is free at the last moment of a wait is given") {
  auto uut = with_keys({busy});
  uut.place(call(1), at(0s));
  uut.set_key(1, slots(1), at(31s));
  CHECK(settled(uut, at(31s)).at(1).is == is::key);
}

TEST_CASE("lost hope is told at once") {
  struct row {
    const char* about;
    availability change;
    is expected;
    std::optional<time_point> returns;
  };
  const std::vector<row> table{
      {"extended", cooling(at(60s)), is::no_key, at(60s)},
      {"rejected", rejected, is::all_rejected, {}},
      {"disabled", disabled, is::no_keys, {}},
  };
  const auto before = GENERATE(cooling(at(10s)), busy);
  for (const auto& one : table) {
    INFO(one.about);
    auto uut = with_keys({before});
    uut.place(call(1), at(0s));
    uut.set_key(1, one.change, at(1s));
    const auto moved = settled(uut, at(1s));
    REQUIRE(moved.size() == 1);
    CHECK(moved.at(1).is == one.expected);
    CHECK(moved.at(1).returns == one.returns);
  }
}

TEST_CASE("a removed key takes the hope with it") {
  auto uut = with_keys({cooling(at(10s)), cooling(at(99s))});
  uut.place(call(1), at(0s));
  uut.remove_key(1);
  CHECK(settled(uut, at(1s)).at(1).returns == at(99s));
  CHECK(uut.find_key(1, at(1s)) == nullptr);
}

TEST_CASE("only those lose hope whose limit is too near") {
  auto uut = with_keys({cooling(at(10s))});
  uut.place(call(1, at(0s)), at(0s));
  uut.place(call(2, at(5s)), at(5s));
  uut.place(call(3, at(6s), {}, at(20s)), at(6s));
  uut.set_key(1, cooling(at(32s)), at(7s));
  const auto moved = settled(uut, at(7s));
  CHECK(moved.size() == 2);
  CHECK(moved.at(1).is == is::no_key);
  CHECK(moved.at(3).is == is::no_key);
  CHECK(uut.next_wake(at(7s)) == at(32s));
}

TEST_CASE("a busy key is no hope for a call that has tried it") {
  auto uut = with_keys({busy, cooling(at(10s))});
  uut.place(call(1, at(0s), {1}), at(0s));
  uut.place(call(2, at(0s)), at(0s));
  uut.set_key(2, cooling(at(60s)), at(1s));
  auto moved = settled(uut, at(1s));
  REQUIRE(moved.size() == 1);
  CHECK(moved.at(1).is == is::no_key);
  uut.remove_key(2);
  CHECK(settled(uut, at(2s)).empty());
}

TEST_CASE("a waiting call ends with its last failure when only tried keys remain") {
  auto uut = with_keys({free_key, cooling(at(10s))});
  uut.place(call(1, at(0s), {1}), at(0s));
  uut.remove_key(2);
  CHECK(settled(uut, at(1s)).at(1).is == is::none_left);
}

TEST_CASE("a key added while calls wait serves them") {
  auto uut = with_keys({cooling(at(20s))});
  uut.place(call(1), at(0s));
  uut.set_key(2, free_key, at(1s));
  CHECK(settled(uut, at(1s)).at(1).chosen == 2);
}

// -- fair turns --------------------------------------------------------------------------------

TEST_CASE("clients take turns in the line") {
  auto uut = with_keys({busy});
  for (const call_id id : {1u, 2u, 3u})
    uut.place(call_of(100, id), at(0s));
  uut.place(call_of(200, 4), at(0s));
  uut.set_key(1, slots(3), at(1s));
  const auto moved = uut.settle(at(1s));
  REQUIRE(moved.size() == 3);
  CHECK(moved[0].first == 1);
  CHECK(moved[1].first == 4);
  CHECK(moved[2].first == 2);
}

TEST_CASE("no client can fill the line: who holds most gives way to who holds less than a share") {
  auto uut = with_keys({busy, cooling(at(20s))}, line_of(6));
  for (call_id id = 1; id <= 6; ++id)
    CHECK(uut.place(call_of(100, id), at(0s)).is == is::waits);
  CHECK(uut.place(call_of(100, 7), at(0s)).is == is::line_full);
  for (call_id id = 11; id <= 13; ++id) {
    CHECK(uut.place(call_of(200, id), at(0s)).is == is::waits);
    CHECK(uut.next_wake(at(0s)) == at(0s));
    const auto moved = settled(uut, at(0s));
    REQUIRE(moved.size() == 1);
    CHECK(moved.at(17 - id).is == is::line_full);
    CHECK(moved.at(17 - id).returns == at(20s));
    CHECK(uut.waiting() == 6);
  }
  // Half of the line is a share of two; a third of it is one of three.
  CHECK(uut.place(call_of(200, 14), at(0s)).is == is::line_full);
  CHECK(uut.place(call_of(300, 21), at(0s)).is == is::waits);
  CHECK(uut.place(call_of(300, 22), at(0s)).is == is::waits);
  CHECK(uut.place(call_of(300, 23), at(0s)).is == is::line_full);
  const auto moved = settled(uut, at(0s));
  CHECK(moved.size() == 2);
  CHECK(moved.contains(3));
  CHECK(moved.contains(13));
  CHECK(uut.waiting() == 6);
  CHECK(uut.next_wake(at(0s)) == at(20s));
}

TEST_CASE("where there are more clients than places, a full line takes nobody") {
  auto uut = with_keys({busy}, line_of(2));
  uut.place(call_of(1, 1), at(0s));
  uut.place(call_of(2, 2), at(0s));
  CHECK(uut.place(call_of(3, 3), at(0s)).is == is::line_full);
  auto none = with_keys({busy}, line_of(0));
  CHECK(none.place(call(1), at(0s)).is == is::line_full);
}

TEST_CASE("a line that has moved in the meantime takes all that have room") {
  auto uut = with_keys({busy}, line_of(2));
  uut.place(call_of(100, 1), at(0s));
  uut.place(call_of(100, 2), at(0s));
  CHECK(uut.place(call_of(200, 3), at(0s)).is == is::waits);
  CHECK(uut.leave(1));
  CHECK(settled(uut, at(0s)).empty());
  CHECK(uut.waiting() == 2);
}

// -- strategies --------------------------------------------------------------------------------

TEST_CASE("a sticky pool prefers the key of a prefix, among those that are free and untried") {
  auto sticky = line_of(9);
  sticky.sticky = true;
  auto uut = with_keys({free_key, free_key, free_key, free_key}, sticky);
  auto one = call(1);
  one.prefix = 4711;
  const auto favourite = uut.place(one, at(0s)).chosen;
  for (int i = 0; i < 9; ++i)
    CHECK(uut.place(one, at(0s)).chosen == favourite);
  one.tried = {favourite};
  CHECK(uut.place(one, at(0s)).chosen != favourite);
  one.tried.clear();
  uut.set_key(favourite, cooling(at(10s)), at(0s));
  const auto second = uut.place(one, at(0s));
  CHECK(second.is == is::key);
  CHECK(second.chosen != favourite);
  CHECK(uut.place(one, at(10s)).chosen == favourite);
  uut.configure(line_of(9));
  std::map<key_uid, int> counts;
  for (int i = 0; i < 8; ++i)
    ++counts[uut.place(one, at(10s)).chosen];
  CHECK(counts.size() == 4);
}

TEST_CASE("a new strategy and new weights keep the states of keys") {
  auto uut = with_keys({free_key, free_key, cooling(at(10s))});
  auto weighted = line_of(9);
  weighted.strategy = config::strategy_kind::weighted;
  uut.configure(weighted);
  uut.enroll({1, 3, 0}, at(0s));
  std::map<key_uid, int> counts;
  for (call_id id = 1; id <= 40; ++id)
    ++counts[uut.place(call(id), at(0s)).chosen];
  CHECK(counts == std::map<key_uid, int>{{1, 30}, {2, 10}});
  CHECK(uut.find_key(3, at(0s))->until == at(10s));
}

TEST_CASE("a refusal says why, and whether it is in vain") {
  using dialect::reason;
  struct row {
    std::vector<availability> members;
    is expected;
    reason why;
    bool in_vain;
  };
  const auto resting = [](reason why, duration until) {
    return availability{state::cooling, at(until), 1, 0, why};
  };
  const std::vector<row> table{
      {{resting(reason::rate_limit, 60s)}, is::no_key, reason::rate_limit, false},
      {{resting(reason::rate_limit, 60s), resting(reason::quota, 50s)},
       is::no_key,
       reason::quota,
       false},
      {{resting(reason::billing, 60s)}, is::no_key, reason::billing, true},
      {{resting(reason::billing, 60s), rejected, disabled}, is::no_key, reason::billing, true},
      {{resting(reason::billing, 60s), resting(reason::quota, 99s)},
       is::no_key,
       reason::billing,
       false},
      {{rejected}, is::all_rejected, reason::none, true},
  };
  for (const auto& one : table) {
    auto uut = with_keys(one.members);
    const auto where = uut.place(call(1), at(0s));
    CHECK(where.is == one.expected);
    CHECK(where.why == one.why);
    CHECK(where.in_vain == one.in_vain);
  }
}

TEST_CASE("a rejected key returns as one probe, for the call that comes first") {
  auto uut = with_keys({rejected_until(at(10s))});
  uut.place(call(1), at(0s));
  uut.place(call(2), at(0s));
  CHECK(uut.next_wake(at(0s)) == at(10s));
  CHECK(settled(uut, at(10s)).at(1).chosen == 1);
  CHECK(uut.waiting() == 1);
  uut.set_key(1, rejected_until(at(60s)), at(11s));
  CHECK(settled(uut, at(11s)).at(2).is == is::all_rejected);
}
