// Keys that come to a quota group and leave it, on real actors.

#include "tests/actors/world.hpp"
#include "tests/catch.hpp"

using namespace keywheel;
using test::world;

TEST_CASE("a retired group waits for its keys, and for what they have in flight") {
  world w;
  w.add_group("g");
  const auto a = w.add_key("a", {}, "g");
  const auto b = w.add_key("b", {}, "g");
  w.set_model("m", {a, b});
  const auto id = w.call("m");
  w.settle();
  w.set_model("m", {b});
  w.let_go(a);
  w.retire_group("g");
  w.settle();
  CHECK(w.lives("g"));
  w.move(b, "");
  w.settle();
  CHECK(w.lives("g"));
  w.answer(0, 200);
  w.settle();
  CHECK(w.outcome_of(id).key == "a");
  CHECK_FALSE(w.lives("g"));
}

TEST_CASE("a key that joins a group brings the rests that concern all") {
  world w;
  w.add_group("g");
  const auto a = w.add_key("a");
  const auto b = w.add_key("b", {}, "g");
  w.set_model("m", {a, b});
  w.call("m");
  w.settle();
  w.answer(0, 401, {}, R"({"error":{"code":"account_deactivated","message":"…"}})");
  w.settle();
  CHECK(w.status(a).state == "rejected");
  CHECK(w.status(b).state == "available");
  w.move(a, "g");
  w.settle();
  REQUIRE(w.rests_of("g").size() == 1);
  CHECK(w.rests_of("g")[0].reason == "credential");
  CHECK(w.status(b).state == "rejected");
}

TEST_CASE("a verdict goes to the group that the attempt was made under") {
  world w;
  w.add_group("g");
  w.add_group("h");
  const auto a = w.add_key("a", {}, "g");
  const auto b = w.add_key("b", {}, "g");
  const auto c = w.add_key("c", {}, "h");
  w.set_model("m", {a, c, b});
  w.call("m");
  w.call("m");
  w.settle();
  REQUIRE(w.attempts().size() == 2); // a in g and c in h: each group's first lease
  w.move(a, "h");
  w.settle();
  w.answer(0, 429, {{"retry-after", "20"}});
  w.settle();
  CHECK(w.rests_of("g").size() == 1);
  CHECK(w.rests_of("h").empty());
}

TEST_CASE("a key alone that joins a group is charged itself for what it has in flight") {
  world w;
  w.add_group("g");
  const auto a = w.add_key("a");
  w.set_model("m", {a, w.add_key("b")});
  w.call("m");
  w.settle();
  w.move(a, "g");
  w.settle();
  w.answer(0, 429, {{"retry-after", "20"}});
  w.settle();
  CHECK(w.status(a).state == "cooling");
  CHECK(w.status(a).cooldowns.at(0).source == "retry-after");
}

TEST_CASE("a person's reset of a key clears its group's rests") {
  world w;
  w.add_group("g");
  const auto a = w.add_key("a", {}, "g");
  const auto b = w.add_key("b", {}, "g");
  w.set_model("m", {a, b});
  w.call("m");
  w.settle();
  w.answer(0, 429, {{"retry-after", "60"}});
  w.settle();
  REQUIRE(w.status(b).state == "cooling");
  w.reset(a);
  w.settle();
  CHECK(w.status(a).state == "available");
  CHECK(w.status(b).state == "available");
}

TEST_CASE("a key that leaves a group takes along what it rests for") {
  world w;
  w.add_group("g");
  const auto a = w.add_key("a", {}, "g");
  const auto b = w.add_key("b", {}, "g");
  w.set_model("m", {a, b});
  w.call("m");
  w.settle();
  w.answer(0, 429, {{"retry-after", "20"}});
  w.settle();
  w.move(b, "");
  w.settle();
  CHECK(w.status(b).state == "cooling");
  REQUIRE(w.status(b).cooldowns.size() == 1);
  CHECK(w.status(b).cooldowns[0].remaining_ms >= 20'000);
  CHECK(w.status(b).cooldowns[0].remaining_ms <= 22'000);
}
