#include "balance/weighted_order.hpp"
#include "tests/balance/seeds.hpp"
#include "tests/catch.hpp"

#include <cmath>
#include <cstdlib>
#include <numeric>
#include <random>
#include <vector>

using namespace keywheel;
using namespace keywheel::balance;
using namespace keywheel::balance::test;

namespace {

using weights = std::vector<std::uint32_t>;

/// A weighted order with keys 0, 1, … in slots of the same numbers.
struct fixture {
  weighted_order uut;
  std::vector<candidate> keys;
  slot_marks tried;
  std::uint64_t turn = 0;

  explicit fixture(const weights& those) {
    tried.resize(those.size());
    for (const auto weight : those) {
      keys.push_back({static_cast<key_uid>(keys.size()), weight, 0, 0, 0});
      enter(static_cast<slot_index>(keys.size() - 1));
    }
  }

  void enter(slot_index which) {
    keys[which].turn = ++turn;
    uut.enter(which, keys[which]);
  }

  void take(slot_index which) {
    keys[which].turn = ++turn;
    uut.took(which, keys[which]);
  }

  slot_index choose() {
    const auto result = uut.first(tried);
    if (result != order::none)
      take(result);
    return result;
  }

  std::vector<slot_index> choose(std::size_t count) {
    std::vector<slot_index> result;
    for (std::size_t i = 0; i < count; ++i)
      result.push_back(choose());
    return result;
  }
};

std::uint64_t sum(const weights& those) {
  return std::accumulate(those.begin(), those.end(), std::uint64_t{0});
}

/// Weights of which many are alike, some are heavy, and some divide no round number.
weights random_weights(std::mt19937_64& random) {
  const std::uint32_t usual[] = {1, 1, 1, 2, 3, 5, 7, 10, 13, 17, 19, 23, 64, 97};
  weights result(1 + random() % 12);
  for (auto& one : result)
    one = usual[random() % std::size(usual)];
  if (random() % 4 == 0)
    result.front() = static_cast<std::uint32_t>(1 + random() % 1000);
  return result;
}

/// Holds that each key is less than one choice off its share after any number of them, and that any
/// `sum` choices in a row hold each key exactly as often as its weight says.
void require_exact(const weights& those, const std::vector<slot_index>& choices) {
  const auto total = sum(those);
  weights prefix(those.size());
  weights window(those.size());
  for (std::size_t i = 0; i < choices.size(); ++i) {
    ++prefix[choices[i]];
    ++window[choices[i]];
    if (i >= total)
      --window[choices[i - total]];
    for (std::size_t key = 0; key < those.size(); ++key) {
      const auto share = (i + 1) * those[key];
      const auto got = prefix[key] * total;
      REQUIRE((got > share ? got - share : share - got) < total);
    }
    if (i + 1 >= total)
      REQUIRE(window == those);
  }
}

} // namespace

TEST_CASE("weights are spread evenly") {
  CHECK(fixture{{5, 1, 1}}.choose(14)
        == std::vector<slot_index>{0, 1, 0, 0, 2, 0, 0, 0, 1, 0, 0, 2, 0, 0});
  CHECK(fixture{{1, 1, 1}}.choose(6) == std::vector<slot_index>{0, 1, 2, 0, 1, 2});
  CHECK(fixture{{1, 2}}.choose(6) == std::vector<slot_index>{1, 0, 1, 1, 0, 1});
  CHECK(fixture{{7}}.choose(3) == std::vector<slot_index>{0, 0, 0});
  CHECK(fixture{{}}.choose() == order::none);
}

TEST_CASE("a heavy key takes turns with many light ones") {
  weights those(101, 1);
  those[0] = 100;
  const auto choices = fixture{those}.choose(400);
  for (std::size_t i = 2; i < choices.size(); ++i)
    REQUIRE((choices[i - 2] != 0 || choices[i - 1] != 0 || choices[i] != 0));
  require_exact(those, choices);
}

TEST_CASE("weighted turns are exact over any window") {
  for (const auto seed : seeds(300)) {
    INFO("KEYWHEEL_SEED=" << seed);
    std::mt19937_64 random{seed};
    const auto those = random_weights(random);
    require_exact(those, fixture{those}.choose(3 * sum(those)));
  }
}

TEST_CASE("rounding does not add up") {
  const weights those{997, 991, 983, 1, 23};
  require_exact(those, fixture{those}.choose(20 * sum(those)));
}

TEST_CASE("a tried key is passed over and gets what it missed") {
  fixture uut{{2, 1, 1}};
  uut.tried.add(0);
  CHECK(uut.choose(2) == std::vector<slot_index>{1, 2});
  CHECK(uut.choose() == 1);
  uut.tried.clear();
  CHECK(uut.choose(5) == std::vector<slot_index>{0, 0, 0, 2, 1});
  for (slot_index key = 0; key < 3; ++key)
    uut.tried.add(key);
  CHECK(uut.choose() == order::none);
}

TEST_CASE("a key that leaves after each choice gets no more than its share") {
  // As one does that takes one request at a time, and is always back at once.
  fixture uut{{9, 1}};
  int light = 0;
  for (int i = 0; i < 1000; ++i) {
    const auto next = uut.choose();
    light += next == 1 ? 1 : 0;
    uut.uut.leave(next);
    uut.enter(next);
  }
  CHECK(light == 100);
}

TEST_CASE("a key that was away makes up for nothing") {
  fixture uut{{1, 1, 1}};
  uut.uut.leave(2);
  uut.choose(3000);
  uut.enter(2);
  weights counts(3);
  for (const auto key : uut.choose(30))
    ++counts[key];
  for (const auto count : counts)
    CHECK(std::abs(static_cast<int>(count) - 10) <= 1);
}

TEST_CASE("a new key in the place of another is not charged for it") {
  fixture uut{{1, 1, 1, 1}};
  CHECK(uut.choose() == 0);
  uut.uut.leave(0);
  uut.keys[0].key = 99;
  uut.enter(0);
  const auto next = uut.choose(4);
  CHECK(std::count(next.begin(), next.end(), 0u) == 1);
}

TEST_CASE("weights may change at any time") {
  fixture uut{{1, 1}};
  uut.choose(7);
  uut.keys[0].weight = 3;
  uut.uut.change(0, uut.keys[0]);
  const auto next = uut.choose(400);
  CHECK(std::abs(std::count(next.begin(), next.end(), 0u) - 300) <= 1);
}

TEST_CASE("a key that is chosen out of turn is at most one turn ahead") {
  fixture uut{{1, 1, 2}};
  for (int i = 0; i < 1000; ++i)
    uut.take(0);
  weights counts(3);
  for (const auto key : uut.choose(40))
    ++counts[key];
  CHECK(counts[0] >= 8);
  CHECK(counts[1] >= 10);
  CHECK(counts[2] >= 20);
}

namespace {

/// The largest difference of two keys' progress, in turns of the lighter, over any window of
/// choices in which both stayed free, while others come and go.
double largest_difference(std::uint64_t seed) {
  std::mt19937_64 random{seed};
  auto those = random_weights(random);
  those.resize(std::max<std::size_t>(those.size(), 4), 3);
  fixture uut{those};
  std::vector<bool> in(those.size(), true);
  double lead = 0;
  double least = 0;
  double most = 0;
  for (int i = 0; i < 2000; ++i) {
    const auto other = static_cast<slot_index>(2 + random() % (those.size() - 2));
    if (random() % 3 == 0) {
      in[other] ? uut.uut.leave(other) : uut.enter(other);
      in[other] = !in[other];
    }
    const auto next = uut.choose();
    if (next > 1)
      continue;
    lead += (next == 0 ? 1.0 : -1.0) / those[next];
    least = std::min(least, lead);
    most = std::max(most, lead);
  }
  return (most - least) * std::min(those[0], those[1]);
}

} // namespace

TEST_CASE("keys that stay free keep their shares while others come and go") {
  for (const auto seed : seeds(500)) {
    INFO("KEYWHEEL_SEED=" << seed);
    REQUIRE(largest_difference(seed) <= 3);
  }
}
