// What keys of one quota group share, on real actors.

#include "tests/actors/world.hpp"
#include "tests/catch.hpp"

#include <algorithm>

using namespace keywheel;
using namespace std::chrono_literals;
using test::world;

namespace {

config::budgets_config at_most(std::uint32_t in_flight) {
  config::budgets_config result;
  result.max_in_flight = in_flight;
  return result;
}

config::budgets_config per_minute(std::int64_t requests) {
  config::budgets_config result;
  result.rpm = requests;
  return result;
}

test::call_options tokens(std::int64_t prompt, std::int64_t answer) {
  test::call_options result;
  result.facts.prompt_tokens = prompt;
  result.facts.max_output_tokens = answer;
  return result;
}

} // namespace

TEST_CASE("keys of one group rest together, and a key of another group serves") {
  world w;
  w.add_group("g");
  const auto a = w.add_key("a", {}, "g");
  const auto b = w.add_key("b", {}, "g");
  const auto c = w.add_key("c");
  w.set_model("m", {a, b, c});
  std::string order;
  w.on_attempt = [&](const attempt& what) { order += w.key_of(what); };
  const auto id = w.call("m");
  w.settle();
  w.answer(0, 429, {{"retry-after", "20"}});
  w.settle();
  CHECK(order == "ac"); // not "abc": b is at the same limit
  w.answer(0, 200);
  w.settle();
  CHECK(w.outcome_of(id).key == "c");
  CHECK(w.status(a).state == "cooling");
  CHECK(w.status(b).state == "cooling");
  const auto rests = w.rests_of("g");
  REQUIRE(rests.size() == 1);
  CHECK(rests[0].scope == "quota_group");
  CHECK(rests[0].model == "m");
  CHECK(rests[0].source == "retry-after");
  CHECK(rests[0].remaining_ms >= 20'000);
  CHECK(w.changes >= 1);
}

TEST_CASE("a group's rest is of one model where the limit is") {
  world w;
  w.add_group("g");
  const auto a = w.add_key("a", {}, "g");
  const auto b = w.add_key("b", {}, "g");
  w.set_model("m", {a, b});
  w.set_model("n", {a, b});
  w.call("m");
  w.settle();
  w.answer(0, 429, {{"retry-after", "20"}});
  w.settle();
  const auto other = w.call("n");
  w.settle();
  REQUIRE(w.attempts().size() == 1);
  w.answer(0, 200);
  w.settle();
  CHECK(w.outcome_of(other).answers == 1);
}

TEST_CASE("a group has one probe for all its keys") {
  world w;
  w.add_group("g");
  w.set_model("m", {w.add_key("a", {}, "g"), w.add_key("b", {}, "g")});
  w.call("m");
  w.settle();
  w.answer(0, 429, {{"retry-after", "5"}});
  for (int i = 0; i < 4; ++i)
    w.call("m");
  w.settle();
  w.advance(5501ms);
  CHECK(w.attempts().size() == 1);
  CHECK(w.status("m").waiting == 4);
  w.answer(0, 200);
  w.settle();
  CHECK(w.attempts().size() == 4);
  CHECK(w.rests_of("g").empty());
}

TEST_CASE("a group's cap of requests in flight holds however many keys it has") {
  world w;
  w.add_group("g", at_most(3));
  std::vector<key_uid> keys;
  for (const auto* name : {"a", "b", "c", "d", "e"})
    keys.push_back(w.add_key(name, {}, "g"));
  w.set_model("m", keys);
  std::vector<call_id> calls;
  for (int i = 0; i < 20; ++i)
    calls.push_back(w.call("m"));
  std::size_t most = 0;
  w.on_attempt = [&](const attempt&) { most = std::max(most, w.attempts().size() + 1); };
  for (int i = 0; i < 40 && (i == 0 || !w.attempts().empty()); ++i) {
    w.settle();
    if (!w.attempts().empty())
      w.answer(0, 200);
    w.settle();
  }
  CHECK(most == 3);
  for (auto id : calls)
    CHECK(w.outcome_of(id).answers == 1);
  for (auto key : keys)
    CHECK(w.status(key).in_flight == 0);
}

TEST_CASE("a group's requests per minute are never exceeded by concurrent calls") {
  world w;
  w.add_group("g", per_minute(4));
  w.set_model("m", {w.add_key("a", {}, "g"), w.add_key("b", {}, "g"), w.add_key("c", {}, "g")},
              120s);
  std::vector<time_point> sent;
  w.on_attempt = [&](const attempt&) { sent.push_back(w.now()); };
  for (int i = 0; i < 12; ++i)
    w.call("m", {.deadline = 300s});
  w.settle();
  CHECK(sent.size() == 4);
  CHECK(w.rests_of("g").at(0).source == "rpm");
  for (int i = 0; i < 70; ++i) {
    w.advance(1s);
    while (!w.attempts().empty()) {
      w.answer(0, 200);
      w.settle();
    }
  }
  CHECK(sent.size() == 8); // and no later: the calls beyond them had waited for too long
  for (std::size_t i = 4; i < sent.size(); ++i)
    CHECK(sent[i] - sent[i - 4] >= 60s);
}

TEST_CASE("an attempt without room in its group goes on to a key of another, at no cost") {
  world w;
  w.add_group("g", at_most(1));
  const auto a = w.add_key("a", {}, "g");
  const auto b = w.add_key("b", {}, "g");
  const auto c = w.add_key("c");
  w.set_model("m", {a, b, c});
  // Both are on their way before the group can say that it is full.
  const auto first = w.call("m");
  const auto second = w.call("m");
  w.settle();
  REQUIRE(w.attempts().size() == 2);
  CHECK(w.key_of(*w.attempts()[0]) == "a");
  CHECK(w.key_of(*w.attempts()[1]) == "c");
  CHECK(w.attempts()[1]->of->attempts == 1);
  CHECK(w.attempts()[1]->of->tried.empty());
  CHECK(w.status(b).requests == 0);
  CHECK(w.status(b).errors == 0);
  CHECK(w.status(b).in_flight == 0);
  CHECK(w.status(b).state == "busy");
  w.answer(0, 200);
  w.answer(0, 200);
  w.settle();
  CHECK(w.outcome_of(first).answers == 1);
  CHECK(w.outcome_of(second).answers == 1);
}

TEST_CASE("a group's tokens per minute are reserved, and settled by what answers used") {
  world w;
  config::budgets_config budgets;
  budgets.tpm = 1000;
  w.add_group("g", budgets);
  w.set_model("m", {w.add_key("a", {}, "g"), w.add_key("b", {}, "g")}, 120s);
  w.call("m", tokens(100, 400));
  w.call("m", tokens(100, 400));
  const auto third = w.call("m", tokens(100, 400));
  w.settle();
  CHECK(w.attempts().size() == 2);
  CHECK(w.status("m").waiting == 1);
  w.used = {.input = 100, .output = 50, .known = true};
  w.answer(0, 200);
  w.settle();
  // 150 used and 500 reserved: 350 are left.
  CHECK(w.attempts().size() == 1);
  w.answer(0, 200);
  w.settle();
  REQUIRE(w.attempts().size() == 1);
  CHECK(w.attempts()[0]->of->id == third);
}
