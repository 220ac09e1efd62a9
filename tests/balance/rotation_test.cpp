#include "balance/rotation.hpp"
#include "tests/balance/at.hpp"
#include "tests/balance/seeds.hpp"
#include "tests/catch.hpp"

#include <algorithm>
#include <map>
#include <random>
#include <vector>

using namespace keywheel;
using namespace keywheel::balance;
using namespace keywheel::balance::test;

namespace {

using state = availability::state;
using keys = std::vector<key_uid>;

using strategy = config::strategy_kind;

const availability free_key{};

availability slots(std::uint32_t free) {
  return {state::available, {}, free};
}

availability cooling(time_point until, std::uint32_t free = availability::unlimited) {
  return {state::cooling, until, free};
}

availability rejected(time_point until) {
  return {state::rejected, until, 1};
}

availability loaded(std::uint32_t in_flight) {
  return {state::available, {}, availability::unlimited, in_flight};
}

rotation with_keys(key_uid count, strategy by = strategy::round_robin) {
  rotation result{by};
  for (key_uid key = 1; key <= count; ++key)
    result.set(key, free_key, at(0s));
  return result;
}

/// What choosing yields `count` times; 0 stands for nothing.
keys chosen(rotation& from, std::size_t count, time_point now, const keys& tried = {}) {
  keys result;
  for (std::size_t i = 0; i < count; ++i)
    result.push_back(from.choose(tried, now).value_or(0));
  return result;
}

} // namespace

TEST_CASE("an empty rotation has nothing to choose") {
  rotation uut;
  CHECK_FALSE(uut.choose({}, at(0s)));
  CHECK_FALSE(uut.has_free({}, at(0s)));
  CHECK_FALSE(uut.earliest_return(at(0s)));
  CHECK_FALSE(uut.has_busy());
  CHECK(uut.find(1, at(0s)) == nullptr);
  CHECK(uut.size() == 0);
  uut.remove(1);
  CHECK(uut.keys().empty());
}

TEST_CASE("free keys take turns") {
  auto uut = with_keys(3);
  CHECK(chosen(uut, 7, at(0s)) == keys{1, 2, 3, 1, 2, 3, 1});
}

TEST_CASE("saying again that a key is free does not change its turn") {
  auto uut = with_keys(3);
  chosen(uut, 1, at(0s));
  uut.set(2, free_key, at(1s));
  uut.set(1, slots(9), at(1s));
  CHECK(chosen(uut, 3, at(1s)) == keys{2, 3, 1});
  CHECK(uut.find(1, at(1s))->free_slots == 8);
}

TEST_CASE("a new key and one that returns go to the end of the order") {
  auto uut = with_keys(3);
  uut.set(1, {state::disabled, {}, 0}, at(0s));
  CHECK(chosen(uut, 1, at(1s)) == keys{2});
  uut.set(1, free_key, at(1s));
  uut.set(4, free_key, at(1s));
  CHECK(chosen(uut, 5, at(1s)) == keys{3, 2, 1, 4, 3});
}

TEST_CASE("a resting key returns when its deadline has passed and not before") {
  auto uut = with_keys(2);
  uut.set(1, cooling(at(10s)), at(0s));
  CHECK(uut.earliest_return(at(0s)) == at(10s));
  CHECK(chosen(uut, 2, at(10s) - 1ns) == keys{2, 2});
  CHECK(uut.find(1, at(10s) - 1ns)->is == state::cooling);
  CHECK(chosen(uut, 3, at(10s)) == keys{2, 1, 2});
  CHECK(uut.find(1, at(10s))->is == state::available);
  CHECK_FALSE(uut.earliest_return(at(10s)));
}

TEST_CASE("keys return in the order of their deadlines, whenever one looks") {
  auto uut = with_keys(3);
  uut.set(1, cooling(at(30s)), at(0s));
  uut.set(2, cooling(at(20s)), at(0s));
  uut.set(3, cooling(at(10s)), at(0s));
  CHECK(chosen(uut, 4, at(60s)) == keys{3, 2, 1, 3});
}

TEST_CASE("a key that returns by message comes after those whose rest is over") {
  auto uut = with_keys(2);
  uut.set(1, cooling(at(10s)), at(0s));
  uut.set(2, cooling(at(60s)), at(0s));
  uut.set(2, free_key, at(20s));
  CHECK(chosen(uut, 2, at(20s)) == keys{1, 2});
}

TEST_CASE("the latest word about a rest holds") {
  auto uut = with_keys(1);
  uut.set(1, cooling(at(10s)), at(0s));
  uut.set(1, cooling(at(60s)), at(1s));
  CHECK_FALSE(uut.has_free({}, at(10s)));
  CHECK(uut.earliest_return(at(10s)) == at(60s));
  uut.set(1, cooling(at(20s)), at(11s));
  CHECK(uut.earliest_return(at(11s)) == at(20s));
  CHECK(uut.has_free({}, at(20s)));
}

TEST_CASE("a rest that is over when one hears of it is none") {
  auto uut = with_keys(2);
  uut.set(1, cooling(at(10s)), at(10s));
  CHECK(uut.find(1, at(10s))->is == state::available);
  CHECK(chosen(uut, 2, at(10s)) == keys{1, 2});
}

TEST_CASE("keys that are disabled, rejected, busy or removed are not chosen") {
  const auto what =
      GENERATE(availability{state::disabled, {}, 0}, availability{state::rejected, {}, 0},
               availability{state::busy, {}, 0}, slots(0));
  auto uut = with_keys(2);
  uut.set(1, what, at(0s));
  CHECK(chosen(uut, 3, at(100h)) == keys{2, 2, 2});
  uut.remove(2);
  CHECK(chosen(uut, 1, at(100h)) == keys{0});
  CHECK(uut.keys() == keys{1});
}

TEST_CASE("a key with a number of free slots is chosen that often") {
  auto uut = with_keys(1);
  uut.set(2, slots(2), at(0s));
  CHECK(chosen(uut, 6, at(0s)) == keys{1, 2, 1, 2, 1, 1});
  CHECK(uut.has_busy());
  CHECK(uut.count(state::busy, at(0s)) == 1);
  uut.set(2, slots(1), at(0s));
  CHECK_FALSE(uut.has_busy());
  CHECK(chosen(uut, 3, at(0s)) == keys{1, 2, 1});
}

TEST_CASE("a key without a free slot at the end of its rest is busy") {
  auto uut = with_keys(0);
  uut.set(1, cooling(at(10s), 0), at(0s));
  CHECK_FALSE(uut.has_free({}, at(10s)));
  CHECK(uut.has_busy());
  uut.set(2, cooling(at(20s), 1), at(10s));
  CHECK(chosen(uut, 2, at(20s)) == keys{2, 0});
}

TEST_CASE("tried keys are passed over and keep their turn") {
  auto uut = with_keys(3);
  CHECK(uut.choose(keys{1, 2}, at(0s)) == 3u);
  CHECK(chosen(uut, 3, at(0s)) == keys{1, 2, 3});
  CHECK_FALSE(uut.choose(keys{3, 1, 2, 1, 77}, at(0s)));
  CHECK_FALSE(uut.has_free(keys{1, 2, 3}, at(0s)));
  CHECK(uut.has_free(keys{1, 1, 1}, at(0s)));
  CHECK(uut.has_free(keys{1, 2, 77}, at(0s)));
}

TEST_CASE("busy keys that were tried are no hope") {
  auto uut = with_keys(1);
  uut.set(2, slots(0), at(0s));
  CHECK(uut.has_busy(keys{1}));
  CHECK_FALSE(uut.has_busy(keys{2, 2}));
}

TEST_CASE("rests that change without end leave nothing behind") {
  auto uut = with_keys(2);
  for (int i = 1; i <= 10'000; ++i)
    uut.set(1, cooling(at(std::chrono::seconds{i + 10})), at(std::chrono::milliseconds{i}));
  CHECK(uut.earliest_return(at(10s)) == at(10'010s));
  for (key_uid key = 3; key < 10'000; ++key) {
    uut.set(key, cooling(at(20'000s)), at(10s));
    uut.remove(key);
  }
  CHECK(uut.size() == 2);
  CHECK(uut.keys() == keys{1, 2});
  CHECK(uut.earliest_return(at(10s)) == at(10'010s));
}

// -- rejected keys -----------------------------------------------------------------------------

TEST_CASE("a rejected key returns at its deadline, for one probe") {
  auto uut = with_keys(1);
  uut.set(1, {state::rejected, at(10s)}, at(0s)); // slots without end: one will do
  CHECK(uut.count(state::rejected, at(10s) - 1ns) == 1);
  CHECK_FALSE(uut.has_free({}, at(10s) - 1ns));
  CHECK(uut.earliest_return(at(0s)) == at(10s));
  CHECK(chosen(uut, 2, at(10s)) == keys{1, 0});
  CHECK(uut.count(state::rejected, at(10s)) == 0);
  CHECK(uut.has_busy());
  uut.set(1, rejected(at(40s)), at(11s));
  CHECK_FALSE(uut.has_busy());
  CHECK(uut.earliest_return(at(11s)) == at(40s));
}

TEST_CASE("a key that is rejected for good never returns") {
  auto uut = with_keys(1);
  uut.set(1, rejected(time_point::max()), at(0s));
  CHECK_FALSE(uut.earliest_return(at(0s)));
  CHECK(chosen(uut, 1, at(1000h)) == keys{0});
  uut.set(1, free_key, at(1s));
  CHECK(chosen(uut, 1, at(1s)) == keys{1});
}

TEST_CASE("a rest knows why, and which reasons no time heals") {
  using dialect::reason;
  auto uut = with_keys(3);
  CHECK(uut.reason_of_earliest(at(0s)) == reason::none);
  uut.set(1, {state::cooling, at(20s), 1, 0, reason::billing}, at(0s));
  uut.set(2, {state::cooling, at(30s), 1, 0, reason::rate_limit}, at(0s));
  CHECK(uut.reason_of_earliest(at(0s)) == reason::billing);
  CHECK(uut.count_vain(at(0s)) == 1);
  uut.set(3, rejected(at(10s)), at(0s));
  CHECK(uut.count_vain(at(0s)) == 2);
  CHECK(uut.count_vain(at(10s)) == 1);
  CHECK(uut.reason_of_earliest(at(20s)) == reason::rate_limit);
  uut.set(2, {state::cooling, at(30s), 1, 0, reason::permission}, at(20s));
  CHECK(uut.count_vain(at(20s)) == 1);
  uut.remove(2);
  CHECK(uut.count_vain(at(20s)) == 0);
}

// -- strategies --------------------------------------------------------------------------------

TEST_CASE("weighted: turns by weight, spread evenly") {
  rotation uut{strategy::weighted};
  uut.enroll({1, 3, 0}, at(0s));
  uut.enroll({2, 1, 1}, at(0s));
  uut.enroll({3, 0, 2}, at(0s)); // counts as 1
  CHECK_FALSE(uut.has_free({}, at(0s)));
  for (const key_uid key : {1u, 2u, 3u})
    uut.set(key, free_key, at(0s));
  CHECK(chosen(uut, 10, at(0s)) == keys{1, 2, 1, 3, 1, 1, 2, 1, 3, 1});
}

TEST_CASE("least in flight: the fewest, as said and as sent since; among equals in turn") {
  auto uut = with_keys(3, strategy::least_in_flight);
  uut.set(1, loaded(2), at(0s));
  uut.set(2, loaded(0), at(0s));
  uut.set(3, loaded(1), at(0s));
  CHECK(chosen(uut, 6, at(0s)) == keys{2, 3, 2, 1, 3, 2});
  CHECK(uut.find(2, at(0s))->in_flight == 3);
  uut.set(1, loaded(1), at(1s));
  CHECK(chosen(uut, 3, at(1s), {1}) == keys{3, 2, 3});
  CHECK(chosen(uut, 2, at(1s)) == keys{1, 1});
}

TEST_CASE("fill first: the first in the order of the configuration that is free") {
  rotation uut{strategy::fill_first};
  for (const key_uid key : {1u, 2u, 3u}) {
    uut.enroll({key, 1, 3 - key}, at(0s));
    uut.set(key, slots(2), at(0s));
  }
  CHECK(chosen(uut, 3, at(0s)) == keys{3, 3, 2});
  uut.set(3, cooling(at(10s), 1), at(1s));
  CHECK(chosen(uut, 1, at(1s), {2}) == keys{1});
  CHECK(chosen(uut, 3, at(10s)) == keys{3, 2, 1});
}

TEST_CASE("whatever the strategy, a choice is a free key that was not tried") {
  const auto by = GENERATE(strategy::round_robin, strategy::weighted, strategy::least_in_flight,
                           strategy::fill_first);
  for (const auto seed : seeds(100)) {
    INFO("KEYWHEEL_SEED=" << seed);
    std::mt19937_64 random{seed};
    rotation uut{by};
    std::map<key_uid, std::uint32_t> free; // with their slots
    for (int step = 0; step < 300; ++step) {
      const auto key = static_cast<key_uid>(random() % 8);
      switch (random() % 8) {
      case 0:
        free.erase(key);
        uut.set(key, {state::disabled, {}, 0}, at(0s));
        break;
      case 1:
        free.erase(key);
        uut.remove(key);
        break;
      case 2:
        uut.enroll({key, static_cast<std::uint32_t>(random() % 9), 7 - key}, at(0s));
        break;
      case 3:
        free[key] = static_cast<std::uint32_t>(1 + random() % 4);
        uut.set(key, {state::available, {}, free[key], static_cast<std::uint32_t>(random() % 5)},
                at(0s));
        break;
      default: {
        const keys tried{static_cast<key_uid>(random() % 8), static_cast<key_uid>(random() % 8)};
        auto left = free;
        for (const auto one : tried)
          left.erase(one);
        const auto next =
            random() % 3 == 0 ? uut.choose_for(random(), tried, at(0s)) : uut.choose(tried, at(0s));
        REQUIRE(next.has_value() == !left.empty());
        if (!next)
          break;
        REQUIRE(left.contains(*next));
        if (--free[*next] == 0)
          free.erase(*next);
      }
      }
      REQUIRE(uut.count(state::available, at(0s)) == free.size());
    }
  }
}

TEST_CASE("another strategy takes over states and turns") {
  auto uut = with_keys(3);
  CHECK(chosen(uut, 1, at(0s)) == keys{1});
  uut.set(2, cooling(at(10s)), at(0s));
  uut.follow(strategy::fill_first);
  CHECK(chosen(uut, 2, at(1s)) == keys{1, 1});
  uut.follow(strategy::round_robin);
  CHECK(chosen(uut, 4, at(10s)) == keys{3, 1, 2, 3});
}

TEST_CASE("weights and places that change leave states and turns alone") {
  auto uut = with_keys(3);
  CHECK(chosen(uut, 1, at(0s)) == keys{1});
  uut.set(3, cooling(at(10s)), at(0s));
  for (const key_uid key : {1u, 2u, 3u})
    uut.enroll({key, 5, 9}, at(1s));
  CHECK(uut.find(3, at(1s))->is == state::cooling);
  CHECK(chosen(uut, 3, at(1s)) == keys{2, 1, 2});
}

TEST_CASE("a sticky choice is the same as long as that key is free, and moves it to the end") {
  auto uut = with_keys(5);
  const auto favourite = uut.choose_for(4711, {}, at(0s));
  REQUIRE(favourite);
  for (int i = 0; i < 10; ++i)
    CHECK(uut.choose_for(4711, {}, at(0s)) == favourite);
  CHECK(chosen(uut, 5, at(0s)).back() == *favourite);
  const auto second = uut.choose_for(4711, keys{*favourite}, at(0s));
  REQUIRE(second);
  CHECK(second != favourite);
  uut.set(*favourite, cooling(at(10s)), at(1s));
  CHECK(uut.choose_for(4711, {}, at(1s)) == second);
  CHECK(uut.choose_for(4711, {}, at(10s)) == favourite);
  CHECK_FALSE(uut.choose_for(4711, keys{1, 2, 3, 4, 5}, at(10s)));
}

// -- exactness ---------------------------------------------------------------------------------

namespace {

/// Keys that come and go at random, and everything that was chosen meanwhile.
struct history {
  struct stay {
    key_uid key;
    std::size_t from; ///< number of the first choice for which the key was free
    std::size_t to;   ///< number of the first choice for which it no longer was
  };
  keys choices;
  std::vector<stay> stays;
};

history come_and_go(std::uint64_t seed) {
  std::mt19937_64 random{seed};
  auto below = [&](std::uint64_t bound) { return random() % bound; };
  rotation uut;
  history result;
  std::map<key_uid, std::size_t> since; // free keys
  std::map<key_uid, time_point> resting;
  const auto members = 2 + below(7);
  auto now = at(0s);
  auto end_stay = [&](key_uid key) {
    if (auto node = since.extract(key))
      result.stays.push_back({key, node.mapped(), result.choices.size()});
  };
  while (result.choices.size() < 150) {
    now += std::chrono::milliseconds{below(50)};
    for (auto i = resting.begin(); i != resting.end();)
      if (i->second <= now) {
        since.emplace(i->first, result.choices.size());
        i = resting.erase(i);
      } else {
        ++i;
      }
    const auto key = static_cast<key_uid>(1 + below(members));
    switch (below(12)) {
    case 0:
      end_stay(key);
      resting[key] = now + std::chrono::milliseconds{1 + below(2000)};
      uut.set(key, cooling(resting[key]), now);
      break;
    case 1:
      end_stay(key);
      resting.erase(key);
      uut.set(key, {state::disabled, {}, 0}, now);
      break;
    case 2:
      end_stay(key);
      resting.erase(key);
      uut.remove(key);
      break;
    case 3:
    case 4:
      since.emplace(key, result.choices.size());
      resting.erase(key);
      uut.set(key, free_key, now);
      break;
    default:
      if (const auto next = uut.choose({}, now)) {
        REQUIRE(since.contains(*next));
        result.choices.push_back(*next);
      } else {
        REQUIRE(since.empty());
      }
    }
  }
  for (const auto& [key, from] : since)
    result.stays.push_back({key, from, result.choices.size()});
  return result;
}

/// The largest difference between two counts over any window of choices in which both keys were
/// free.
long largest_difference(const history& what, const history::stay& a, const history::stay& b) {
  long lead = 0;
  long least = 0;
  long most = 0;
  for (auto i = std::max(a.from, b.from); i < std::min(a.to, b.to); ++i) {
    lead += what.choices[i] == a.key ? 1 : what.choices[i] == b.key ? -1 : 0;
    least = std::min(least, lead);
    most = std::max(most, lead);
  }
  return most - least;
}

} // namespace

TEST_CASE("invariant 3: round robin is exact over any window while keys come and go") {
  for (const auto seed : seeds(500)) {
    INFO("KEYWHEEL_SEED=" << seed);
    const auto what = come_and_go(seed);
    for (const auto& a : what.stays)
      for (const auto& b : what.stays)
        if (a.key < b.key)
          REQUIRE(largest_difference(what, a, b) <= 1);
  }
}
