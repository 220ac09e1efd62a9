// What becomes of leases and budgets at the end of an answer, good or bad.

#include "tests/actors/world.hpp"
#include "tests/catch.hpp"

using namespace keywheel;
using namespace std::chrono_literals;
using test::world;

namespace {

const std::string limited = R"({"error":{"message":"…","code":"rate_limit_exceeded"}})";
const std::string overloaded = R"({"error":{"message":"…","type":"overloaded_error"}})";

config::budgets_config tokens_per_minute(std::int64_t tokens) {
  config::budgets_config result;
  result.tpm = tokens;
  return result;
}

test::call_options tokens(std::int64_t prompt, std::int64_t answer) {
  test::call_options result;
  result.facts.prompt_tokens = prompt;
  result.facts.max_output_tokens = answer;
  return result;
}

} // namespace

TEST_CASE("an error after the commit charges the key, returns its lease, and sends nothing else") {
  world w;
  w.hold_answers();
  const auto a = w.add_key("a");
  const auto b = w.add_key("b");
  w.set_model("m", {a, b});
  const auto id = w.call("m");
  w.settle();
  w.answer(0, 200);
  w.settle();
  REQUIRE(w.answers().size() == 1);
  CHECK(w.status(a).in_flight == 1);
  w.break_off(0, limited);
  w.settle();
  CHECK(w.status(a).in_flight == 0);
  CHECK(w.status(a).errors == 1);
  CHECK(w.status(a).state == "cooling");
  CHECK(w.status(a).cooldowns.at(0).reason == "rate_limit");
  CHECK(w.attempts().empty());
  CHECK(w.status(b).requests == 0);
  CHECK(w.outcome_of(id).ends() == 1);
}

TEST_CASE("a late error of a group's key charges the group and returns both leases") {
  world w;
  w.hold_answers();
  config::budgets_config one;
  one.max_in_flight = 1;
  w.add_group("g", one);
  const auto a = w.add_key("a", {}, "g");
  const auto b = w.add_key("b", {}, "g");
  w.set_model("m", {a, b});
  w.call("m");
  w.settle();
  w.answer(0, 200);
  w.settle();
  w.break_off(0, limited);
  w.settle();
  CHECK(w.rests_of("g").size() == 1);
  CHECK(w.status(b).state == "cooling");
  w.reset(a);
  w.settle();
  w.call("m");
  w.settle();
  CHECK(w.attempts().size() == 1);
}

TEST_CASE("a late overload rests the provider and no key") {
  world w;
  w.hold_answers();
  const auto a = w.add_key("a");
  w.set_model("m", {a, w.add_key("b")});
  w.call("m");
  w.settle();
  w.answer(0, 200);
  w.settle();
  w.break_off(0, overloaded);
  w.settle();
  CHECK(w.status(a).state == "available");
  CHECK(w.status("m").cooldowns.at(0).reason == "overload");
}

TEST_CASE("a probe is judged by how its answer begins, and again if it breaks") {
  world w;
  w.hold_answers();
  const auto a = w.add_key("a");
  w.set_model("m", {a});
  w.call("m");
  w.settle();
  w.answer(0, 429, {{"retry-after", "5"}});
  w.settle();
  w.advance(5501ms);
  w.answer(0, 200);
  w.settle();
  CHECK(w.status(a).state == "available");
  w.break_off(0, limited);
  w.settle();
  CHECK(w.status(a).state == "cooling");
}

TEST_CASE("a key's tokens are reserved from the request and settled by the answer's usage") {
  world w;
  w.hold_answers();
  const auto a = w.add_key("a", tokens_per_minute(1000), "");
  w.set_model("m", {a}, 120s);
  w.call("m", tokens(200, 700));
  w.call("m", tokens(100, 200));
  w.settle();
  REQUIRE(w.attempts().size() == 1); // 900 + 300 would be too many
  w.answer(0, 200);
  w.settle();
  CHECK(w.attempts().empty()); // it streams: nothing is settled yet
  w.used = {.input = 210, .output = 90, .known = true};
  w.finish(0);
  w.settle();
  CHECK(w.attempts().size() == 1);
  const auto status = w.status(a);
  CHECK(status.input_tokens == 210);
  CHECK(status.output_tokens == 90);
}

TEST_CASE("an answer that says nothing of its usage costs what was reserved") {
  world w;
  w.set_model("m", {w.add_key("a", tokens_per_minute(1000), "")}, 10s);
  w.call("m", tokens(200, 700));
  w.settle();
  w.answer(0, 200);
  w.settle();
  const auto second = w.call("m", tokens(100, 200));
  w.settle();
  CHECK(w.attempts().empty());
  CHECK(w.outcome_of(second).refusals.size() == 1); // no room for a minute
}

TEST_CASE("a refused request costs no tokens, and one that was not sent costs nothing") {
  world w;
  config::budgets_config budgets = tokens_per_minute(1000);
  budgets.rpm = 2;
  const auto a = w.add_key("a", budgets, "");
  w.set_model("m", {a});
  w.call("m", tokens(200, 700));
  w.settle();
  w.fail(0, dialect::failure::not_sent);
  w.settle();
  w.call("m", tokens(200, 700));
  w.settle();
  REQUIRE(w.attempts().size() == 1);
  w.answer(0, 500);
  w.settle();
  w.call("m", tokens(200, 700));
  w.settle();
  REQUIRE(w.attempts().size() == 1);
  w.answer(0, 200);
  w.settle();
  CHECK(w.status(a).cooldowns.at(0).source == "rpm"); // both requests that were sent count
}

TEST_CASE("a provider's own limits rest a key before it is refused") {
  world w;
  const auto a = w.add_key("a");
  w.set_model("m", {a, w.add_key("b")});
  w.call("m");
  w.settle();
  w.answer(0, 200,
           {{"x-ratelimit-limit-requests", "10"},
            {"x-ratelimit-remaining-requests", "0"},
            {"x-ratelimit-reset-requests", "20s"}});
  w.settle();
  std::string order;
  w.on_attempt = [&](const attempt& what) { order += w.key_of(what); };
  for (int i = 0; i < 3; ++i)
    w.call("m");
  w.settle();
  CHECK(order == "bbb");
  CHECK(w.status(a).state == "cooling");
}

TEST_CASE("a key says which organisation its provider names, once") {
  world w;
  const auto a = w.add_key("a");
  w.set_model("m", {a});
  for (int i = 0; i < 3; ++i) {
    w.call("m");
    w.settle();
    w.answer(0, 200, {{"openai-organization", "org-1"}});
    w.settle();
  }
  REQUIRE(w.organizations.size() == 1);
  CHECK(w.organizations[0].first == a);
  CHECK(w.organizations[0].second == "org-1");
}
