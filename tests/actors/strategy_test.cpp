// How calls are spread over keys and clients, and how a reload changes that.

#include "tests/actors/world.hpp"
#include "tests/catch.hpp"

#include <algorithm>
#include <cstdlib>
#include <map>

using namespace keywheel;
using namespace std::chrono_literals;
using config::strategy_kind;
using test::world;

namespace {

struct keys_abc {
  keys_abc() {
    for (const auto* name : {"a", "b", "c"})
      keys.push_back(w.add_key(name));
    w.set_model("m", keys);
    w.on_attempt = [this](const attempt& what) { order += w.key_of(what); };
  }

  void use(strategy_kind strategy) {
    w.rules("m").strategy = strategy;
    w.set_model("m", keys);
  }

  /// Makes calls one after the other, each answered at once; returns the keys that served.
  std::string serve(int calls, const test::call_options& with = {}) {
    order.clear();
    for (int i = 0; i < calls; ++i) {
      w.call("m", with);
      w.settle();
      w.answer(w.attempts().size() - 1, 200);
      w.settle();
    }
    return order;
  }

  world w;
  std::vector<key_uid> keys;
  std::string order;
};

test::call_options prefix(std::uint64_t hash) {
  test::call_options result;
  result.facts.prefix = hash;
  return result;
}

} // namespace

TEST_CASE("a strategy that is changed by a reload holds for the next call") {
  keys_abc k;
  CHECK(k.serve(3) == "abc");
  k.use(strategy_kind::fill_first);
  CHECK(k.serve(3) == "aaa");
  k.use(strategy_kind::round_robin);
  const auto order = k.serve(6);
  for (char key : {'a', 'b', 'c'})
    CHECK(std::count(order.begin(), order.end(), key) == 2);
}

TEST_CASE("least in flight knows the load of keys, also from before the reload") {
  keys_abc k;
  k.w.call("m");
  k.w.settle(); // a has one under way
  k.use(strategy_kind::least_in_flight);
  k.order.clear();
  for (int i = 0; i < 5; ++i) {
    k.w.call("m");
    k.w.settle();
  }
  auto order = k.order;
  std::sort(order.begin(), order.end());
  CHECK(order == "abbcc"); // two each, with the first
  k.w.answer(0, 200);
  k.w.settle();
  k.order.clear();
  k.w.call("m");
  k.w.settle();
  CHECK(k.order == "a");
}

TEST_CASE("a weight that is changed by a reload holds for the next calls") {
  keys_abc k;
  k.use(strategy_kind::weighted);
  auto order = k.serve(9);
  CHECK(std::count(order.begin(), order.end(), 'a') == 3);
  k.w.set_weight(k.keys[0], 4);
  k.use(strategy_kind::weighted);
  order = k.serve(12);
  // 8, 2 and 2, but for the one turn that the order before the change may still owe.
  CHECK(std::abs(std::count(order.begin(), order.end(), 'a') - 8) <= 1);
  CHECK(std::abs(std::count(order.begin(), order.end(), 'b') - 2) <= 1);
  CHECK(order.find("aaaaaaaa") == std::string::npos); // spread, not in one go
}

TEST_CASE("sticky: calls with one prefix go to one key while it is free") {
  keys_abc k;
  k.w.rules("m").sticky = true;
  k.w.set_model("m", k.keys);
  std::map<char, int> used;
  for (std::uint64_t i = 1; i <= 60; ++i) {
    const auto order = k.serve(3, prefix(i * 0x9e3779b97f4a7c15U));
    CHECK(order == std::string(3, order[0]));
    ++used[order[0]];
  }
  CHECK(used.size() == 3);
  for (const auto& [key, times] : used)
    CHECK(times >= 8); // of 20 on average

  const auto usual = k.serve(1, prefix(77))[0];
  k.w.enable(k.keys[static_cast<std::size_t>(usual - 'a')], false);
  k.w.settle();
  const auto other = k.serve(2, prefix(77));
  CHECK(other[0] != usual);
  CHECK(other[0] == other[1]);
  k.w.enable(k.keys[static_cast<std::size_t>(usual - 'a')], true);
  k.w.settle();
  CHECK(k.serve(1, prefix(77))[0] == usual);
}

TEST_CASE("calls without a prefix go in turn where choice is sticky, too") {
  keys_abc k;
  k.w.rules("m").sticky = true;
  k.w.set_model("m", k.keys);
  const auto order = k.serve(6);
  for (char key : {'a', 'b', 'c'})
    CHECK(std::count(order.begin(), order.end(), key) == 2);
}

TEST_CASE("who waits with many calls does not keep others from their turn") {
  world w;
  w.set_model("m", {w.add_key("a", 1)});
  w.call("m", {.client = "busy"});
  w.settle();
  std::vector<call_id> many;
  for (int i = 0; i < 5; ++i)
    many.push_back(w.call("m", {.client = "busy"}));
  const auto one = w.call("m", {.client = "quiet"});
  w.settle();
  std::vector<call_id> order;
  w.on_attempt = [&](const attempt& what) { order.push_back(what.of->id); };
  for (int i = 0; i < 3; ++i) {
    w.answer(0, 200);
    w.settle();
  }
  REQUIRE(order.size() == 3);
  CHECK(std::count(order.begin(), order.begin() + 2, one) == 1);
  CHECK(order[0] == many[0]);
}
