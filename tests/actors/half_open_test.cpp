// A rest that is over lets one live call pass; what becomes of that call decides.

#include "tests/actors/world.hpp"
#include "tests/catch.hpp"

using namespace keywheel;
using namespace std::chrono_literals;
using test::world;

namespace {

/// A model with one key whose rest of 5 s is just over.
struct rested {
  rested() : a(w.add_key("a")) {
    w.set_model("m", {a});
    first = w.call("m");
    w.settle();
    w.answer(0, 429, {{"retry-after", "5"}});
    w.settle();
    w.advance(5501ms); // the call waited and is the probe
  }

  world w;
  key_uid a;
  call_id first = 0;
};

} // namespace

TEST_CASE("one call probes, and the others wait for what becomes of it") {
  rested r;
  auto& w = r.w;
  REQUIRE(w.attempts().size() == 1);
  const auto second = w.call("m");
  w.settle();
  CHECK(w.attempts().size() == 1);
  CHECK(w.status("m").waiting == 1);
  const auto status = w.status(r.a);
  REQUIRE(status.cooldowns.size() == 1);
  CHECK(status.cooldowns[0].probing);
  CHECK(status.cooldowns[0].remaining_ms == 0);

  w.answer(0, 200);
  w.settle();
  CHECK(w.outcome_of(r.first).answers == 1);
  CHECK(w.status(r.a).cooldowns.empty());
  REQUIRE(w.attempts().size() == 1);
  CHECK(w.attempts()[0]->of->id == second);
}

TEST_CASE("while a key is probed, calls go to the others") {
  world w;
  const auto a = w.add_key("a");
  w.set_model("m", {a, w.add_key("b")});
  w.call("m");
  w.settle();
  w.answer(0, 429, {{"retry-after", "5"}});
  w.settle();
  w.answer(0, 200);
  w.advance(5501ms);
  std::map<std::string, int> used;
  w.on_attempt = [&](const attempt& what) { ++used[w.key_of(what)]; };
  for (int i = 0; i < 10; ++i)
    w.call("m");
  w.settle();
  CHECK(used["a"] == 1);
  CHECK(used["b"] == 9);
}

TEST_CASE("a probe that is refused makes the rest longer, by its ladder") {
  rested r;
  auto& w = r.w;
  w.answer(0, 429);
  w.settle();
  // No hint: the second step of one minute, doubled.
  REQUIRE(w.status(r.a).cooldowns.size() == 1);
  CHECK(w.status(r.a).cooldowns[0].remaining_ms >= 120'000);
  CHECK(w.status(r.a).cooldowns[0].remaining_ms <= 121'000);
}

TEST_CASE("a probe whose client leaves gives its place to the next call") {
  rested r;
  auto& w = r.w;
  const auto second = w.call("m");
  w.settle();
  REQUIRE(w.attempts().size() == 1);
  w.leave(r.first);
  w.settle();
  REQUIRE(w.attempts().size() == 1);
  CHECK(w.attempts()[0]->of->id == second);
  REQUIRE(w.status(r.a).cooldowns.size() == 1);
  CHECK(w.status(r.a).cooldowns[0].probing); // the rest is still to be cleared
  w.answer(0, 200);
  w.settle();
  CHECK(w.status(r.a).cooldowns.empty());
}

TEST_CASE("a probe that meets its caller's own mistake says nothing of the key") {
  rested r;
  auto& w = r.w;
  const auto second = w.call("m");
  w.settle();
  w.answer(0, 400);
  w.settle();
  CHECK(w.outcome_of(r.first).answers == 1);
  REQUIRE(w.attempts().size() == 1);
  CHECK(w.attempts()[0]->of->id == second);
  CHECK(w.status(r.a).cooldowns.at(0).probing);
}

TEST_CASE("a success of a call that went out before the rest began clears nothing") {
  world w;
  const auto a = w.add_key("a");
  w.set_model("m", {a});
  w.call("m");
  w.call("m");
  w.settle();
  w.answer(0, 429, {{"retry-after", "60"}});
  w.settle();
  w.answer(0, 200);
  w.settle();
  CHECK(w.status(a).state == "cooling");
}

TEST_CASE("a call for another model does not probe a rest of this one") {
  rested r;
  auto& w = r.w;
  w.set_model("n", {r.a});
  const auto other = w.call("n");
  w.settle();
  REQUIRE(w.attempts().size() == 2);
  w.answer(1, 200);
  w.settle();
  CHECK(w.outcome_of(other).answers == 1);
  CHECK(w.status(r.a).cooldowns.at(0).probing);
}
