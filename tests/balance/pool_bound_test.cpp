#include "balance/pool.hpp"
#include "tests/balance/at.hpp"
#include "tests/catch.hpp"

#include <map>
#include <vector>

/// Calls that are bound to keys: what they refer to belongs there.

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

availability cooling(time_point until) {
  return {state::cooling, until, availability::unlimited, 0, dialect::reason::rate_limit};
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

ticket call(call_id id, keys tried = {}) {
  ticket result;
  result.call = id;
  result.arrived = at(0s);
  result.tried = std::move(tried);
  return result;
}

ticket bound(call_id id, keys to, keys tried = {}) {
  auto result = call(id, std::move(tried));
  result.bound = std::move(to);
  return result;
}

std::map<call_id, placement> settled(pool& uut, time_point now) {
  std::map<call_id, placement> result;
  for (const auto& [id, where] : uut.settle(now))
    REQUIRE(result.emplace(id, where).second);
  return result;
}

} // namespace

TEST_CASE("a bound call goes to the first of its keys that is free, whoever's turn it is") {
  auto uut = with_keys({free_key, free_key, free_key});
  for (int i = 0; i < 3; ++i)
    CHECK(uut.place(bound(1, {2, 3}), at(0s)).chosen == 2);
  uut.set_key(2, cooling(at(99s)), at(0s));
  CHECK(uut.place(bound(1, {2, 3}), at(0s)).chosen == 3);
  CHECK(uut.place(bound(1, {2, 3}, {3}), at(0s)).is == is::no_key);
}

TEST_CASE("a bound call takes a slot, as others do") {
  auto uut = with_keys({{state::available, {}, 1}, free_key});
  CHECK(uut.place(bound(1, {1}), at(0s)).chosen == 1);
  CHECK(uut.place(bound(2, {1}), at(0s)).is == is::waits);
  CHECK(uut.place(call(3), at(0s)).chosen == 2);
}

TEST_CASE("the table of decisions for a bound call that finds none of its keys free") {
  struct row {
    const char* about;
    std::vector<availability> members; ///< the first two are its own; others are free
    keys tried;
    is expected;
    std::optional<time_point> returns;
    bool in_vain;
  };
  const std::vector<row> table{
      {"both rest for long", {cooling(at(99s)), cooling(at(60s))}, {}, is::no_key, at(60s), false},
      {"just too late", {cooling(at(30s)), cooling(at(60s))}, {}, is::no_key, at(30s), false},
      {"in time", {cooling(at(30s) - 1ns), rejected}, {}, is::waits, {}, false},
      {"one is busy", {busy, cooling(at(99s))}, {}, is::waits, {}, false},
      {"one is busy and was tried", {busy, cooling(at(99s))}, {1}, is::no_key, at(99s), false},
      {"both were tried", {free_key, free_key}, {1, 2}, is::none_left, {}, false},
      {"one was tried and has come to rest, in time",
       {cooling(at(9s)), free_key},
       {1, 2},
       is::waits,
       {},
       false},
      {"both rejected", {rejected, rejected}, {}, is::all_rejected, {}, true},
      {"all that is enabled is rejected", {rejected, disabled}, {}, is::all_rejected, {}, true},
      {"both disabled", {disabled, disabled}, {}, is::no_keys, {}, false},
  };
  for (const auto& row : table) {
    CAPTURE(row.about);
    auto members = row.members;
    members.insert(members.end(), {free_key, cooling(at(1s)), busy});
    auto uut = with_keys(members);
    const auto where = uut.place(bound(1, {1, 2}, row.tried), at(0s));
    CHECK(where.is == row.expected);
    CHECK(where.returns == row.returns);
    CHECK(where.in_vain == row.in_vain);
    CHECK((where.bound || where.is == is::waits));
  }
}

TEST_CASE("a call that is bound to nobody, or to keys that are gone, is refused at once") {
  auto uut = with_keys({free_key});
  CHECK(uut.place(bound(1, {}), at(0s)).is == is::no_keys);
  CHECK(uut.place(bound(1, {7}), at(0s)).is == is::no_keys);
}

TEST_CASE("a bound call that waits holds nobody up, and is woken when one of its keys frees") {
  auto uut = with_keys({cooling(at(10s)), busy, free_key});
  REQUIRE(uut.place(bound(1, {1}), at(0s)).is == is::waits);
  for (call_id id = 2; id < 5; ++id)
    CHECK(uut.place(call(id), at(0s)).chosen == 3); // not even for a turn of the loop
  CHECK(uut.settle(at(1s)).empty());

  uut.set_key(3, busy, at(2s));
  REQUIRE(uut.place(call(5), at(2s)).is == is::waits);
  uut.set_key(2, {state::available, {}, 1}, at(3s));
  const auto passed_by = settled(uut, at(3s));
  REQUIRE(passed_by.size() == 1);
  CHECK(passed_by.at(5).chosen == 2);

  CHECK(uut.next_wake(at(3s)) == at(10s));
  CHECK(uut.settle(at(10s) - 1ns).empty());
  const auto woken = settled(uut, at(10s));
  REQUIRE(woken.size() == 1);
  CHECK(woken.at(1).is == is::key);
  CHECK(woken.at(1).chosen == 1);
}

TEST_CASE("bound calls are served in their order, and before those who came later") {
  auto uut = with_keys({busy});
  REQUIRE(uut.place(bound(1, {1}), at(0s)).is == is::waits);
  REQUIRE(uut.place(call(2), at(0s)).is == is::waits);
  REQUIRE(uut.place(bound(3, {1}), at(0s)).is == is::waits);
  for (const call_id next : {1u, 2u, 3u}) {
    uut.set_key(1, {state::available, {}, 1}, at(1s));
    const auto placed = settled(uut, at(1s));
    REQUIRE(placed.size() == 1);
    CHECK(placed.begin()->first == next);
  }
}

TEST_CASE("a call does not overtake a bound one that waits for the key that it would get") {
  auto uut = with_keys({cooling(at(5s))});
  REQUIRE(uut.place(bound(1, {1}), at(0s)).is == is::waits);
  REQUIRE(uut.place(call(2), at(5s)).is == is::waits); // settle() is due
  CHECK(uut.next_wake(at(5s)) == at(5s));
  CHECK(settled(uut, at(5s)).size() == 2);
}

TEST_CASE("a bound call stops waiting when its keys rest too long, or go") {
  auto uut = with_keys({cooling(at(5s)), free_key});
  SECTION("rest") {
    REQUIRE(uut.place(bound(1, {1}), at(0s)).is == is::waits);
    uut.set_key(1, cooling(at(45s)), at(1s));
    const auto refused = settled(uut, at(1s));
    REQUIRE(refused.size() == 1);
    CHECK(refused.at(1).is == is::no_key);
    CHECK(refused.at(1).returns == at(45s));
  }
  SECTION("removed") {
    REQUIRE(uut.place(bound(1, {1}), at(0s)).is == is::waits);
    uut.remove_key(1);
    CHECK(settled(uut, at(1s)).at(1).is == is::no_keys);
  }
  SECTION("disabled") {
    REQUIRE(uut.place(bound(1, {1}), at(0s)).is == is::waits);
    uut.set_key(1, disabled, at(1s));
    CHECK(settled(uut, at(1s)).at(1).is == is::no_keys);
  }
  SECTION("its own time is over") {
    uut.set_key(1, busy, at(0s));
    REQUIRE(uut.place(bound(1, {1}), at(0s)).is == is::waits);
    CHECK(uut.settle(at(30s) - 1ns).empty());
    CHECK(settled(uut, at(30s)).at(1).is == is::no_key);
  }
}

TEST_CASE("a call in the line can be bound anew, to the number that its key has now") {
  auto uut = with_keys({cooling(at(5s)), free_key});
  REQUIRE(uut.place(bound(1, {1}), at(0s)).is == is::waits);
  uut.remove_key(1);
  uut.set_key(3, free_key, at(1s));
  CHECK(uut.bind(1, {3}));
  CHECK(settled(uut, at(1s)).at(1).chosen == 3);
  CHECK_FALSE(uut.bind(1, {3}));
}

TEST_CASE("a bound call that comes back after its key was struck waits for it, and for no other") {
  auto uut = with_keys({free_key, free_key});
  const auto first = uut.place(bound(1, {1}), at(0s));
  REQUIRE(first.chosen == 1);
  uut.set_key(1, cooling(at(3s)), at(0s));
  auto again = bound(1, {1}, {1});
  again.tag = first.tag;
  REQUIRE(uut.place(again, at(0s)).is == is::waits);
  CHECK(uut.settle(at(2s)).empty());
  CHECK(settled(uut, at(3s)).at(1).chosen == 1);
}

TEST_CASE("a full line says to a bound call when its own keys are back") {
  auto uut = with_keys({cooling(at(9s)), cooling(at(3s))}, {30s, 1, {}, {}, {}});
  REQUIRE(uut.place(call(1), at(0s)).is == is::waits);
  const auto where = uut.place(bound(2, {1}), at(0s));
  CHECK(where.is == is::line_full);
  CHECK(where.returns == at(9s));
}
