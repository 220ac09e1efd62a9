#include "balance/key_heap.hpp"
#include "tests/balance/seeds.hpp"
#include "tests/catch.hpp"

#include <map>
#include <random>

using namespace keywheel::balance;
using namespace keywheel::balance::test;

namespace {

/// The slot of the lowest rank that is not among `passed`, found in the plainest way. Ranks differ.
slot_index lowest(const std::map<slot_index, int>& ranks, const slot_marks& passed) {
  auto result = key_heap<int>::none;
  for (const auto& [which, rank] : ranks)
    if (!passed.contains(which) && (result == key_heap<int>::none || rank < ranks.at(result)))
      result = which;
  return result;
}

} // namespace

TEST_CASE("an empty heap has no first") {
  key_heap<int> uut;
  slot_marks passed;
  CHECK(uut.empty());
  CHECK_FALSE(uut.contains(0));
  CHECK(uut.first(passed) == key_heap<int>::none);
  uut.erase(7);
  CHECK(uut.empty());
}

TEST_CASE("the first of a heap is the lowest that is not passed over, whatever happened to it") {
  for (const auto seed : seeds(100)) {
    INFO("KEYWHEEL_SEED=" << seed);
    std::mt19937_64 random{seed};
    constexpr slot_index slots = 24;
    key_heap<int> uut;
    std::map<slot_index, int> model;
    slot_marks passed;
    passed.resize(slots);
    for (int step = 0; step < 400; ++step) {
      const auto which = static_cast<slot_index>(random() % slots);
      if (random() % 3 == 0) {
        uut.erase(which);
        model.erase(which);
      } else {
        const auto rank = static_cast<int>(random() % 1000) * 1000 + step;
        uut.set(which, rank);
        model[which] = rank;
      }
      passed.clear();
      for (auto i = random() % 4; i > 0; --i)
        passed.add(static_cast<slot_index>(random() % slots));
      REQUIRE(uut.first(passed) == lowest(model, passed));
      REQUIRE(uut.contains(which) == model.contains(which));
      REQUIRE(uut.empty() == model.empty());
      if (!model.empty())
        REQUIRE(uut.top() == lowest(model, slot_marks{}));
    }
  }
}

TEST_CASE("marks are emptied at once") {
  slot_marks uut;
  uut.resize(3);
  CHECK_FALSE(uut.contains(1));
  CHECK(uut.add(1));
  CHECK_FALSE(uut.add(1));
  CHECK(uut.contains(1));
  CHECK_FALSE(uut.contains(2));
  uut.resize(5);
  CHECK_FALSE(uut.contains(4));
  uut.clear();
  CHECK_FALSE(uut.contains(1));
  CHECK(uut.add(1));
}
