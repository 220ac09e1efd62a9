// The provider as a whole: overload, and refusals that no single key is to blame for.

#include "tests/actors/world.hpp"
#include "tests/catch.hpp"

using namespace keywheel;
using namespace std::chrono_literals;
using dialect::refusal_code;
using test::world;

namespace {

const std::string revoked = R"({"error":{"message":"Incorrect","code":"invalid_api_key"}})";

/// Three keys of a model.
struct three {
  three() {
    for (const auto* name : {"a", "b", "c"})
      keys.push_back(w.add_key(name));
    w.set_model("m", keys);
  }

  /// Answers whatever attempts there are, one after the other, at most `most`.
  void answer_all(unsigned status, const std::string& body = {}, int most = 3) {
    for (int i = 0; i < most && !w.attempts().empty(); ++i) {
      w.answer(0, status, {}, body);
      w.settle();
    }
  }

  void check_state(const std::string& state) {
    for (auto key : keys)
      CHECK(w.status(key).state == state);
  }

  world w;
  std::vector<key_uid> keys;
};

} // namespace

TEST_CASE("an overloaded provider rests for the model, and no key is charged") {
  three t;
  auto& w = t.w;
  const auto id = w.call("m");
  w.settle();
  w.answer(0, 503);
  w.settle();
  CHECK(w.attempts().empty()); // no rotation: the next key is at the same provider
  const auto rests = w.status("m").cooldowns;
  REQUIRE(rests.size() == 1);
  CHECK(rests[0].scope == "provider_model");
  CHECK(rests[0].reason == "overload");
  CHECK(rests[0].remaining_ms >= 1000);
  CHECK(rests[0].remaining_ms <= 1100);
  t.check_state("available");

  // The call waits, and goes out as the probe; another one waits for it.
  const auto other = w.call("m");
  w.settle();
  w.advance(999ms);
  CHECK(w.attempts().empty());
  w.advance(102ms);
  REQUIRE(w.attempts().size() == 1);
  CHECK(w.attempts()[0]->of->id == id);
  w.answer(0, 200);
  w.settle();
  CHECK(w.outcome_of(id).answers == 1);
  CHECK(w.status("m").cooldowns.empty());
  REQUIRE(w.attempts().size() == 1);
  CHECK(w.attempts()[0]->of->id == other);
}

TEST_CASE("a provider that stays overloaded rests for longer, and says so itself in the end") {
  three t;
  auto& w = t.w;
  const auto id = w.call("m");
  w.settle();
  w.answer(0, 503);
  w.advance(1101ms);
  REQUIRE(w.attempts().size() == 1);
  w.answer(0, 503);
  w.settle();
  CHECK(w.status("m").cooldowns.at(0).remaining_ms >= 2000);
  w.advance(2201ms);
  REQUIRE(w.attempts().size() == 1);
  w.answer(0, 503);
  w.settle();
  // The third is the last that a call may meet (max_attempts): it is the answer.
  CHECK(w.outcome_of(id).answers == 1);
  CHECK(w.outcome_of(id).refusals.empty());
  CHECK(w.status("m").cooldowns.at(0).remaining_ms >= 4000);
  t.check_state("available");
}

TEST_CASE("a provider's probe whose client leaves lets the next call probe") {
  three t;
  auto& w = t.w;
  const auto first = w.call("m");
  w.settle();
  w.answer(0, 503);
  w.settle();
  const auto second = w.call("m");
  w.advance(1101ms);
  REQUIRE(w.attempts().size() == 1);
  w.leave(first);
  w.settle();
  REQUIRE(w.attempts().size() == 1);
  CHECK(w.attempts()[0]->of->id == second);
  CHECK(w.status("m").cooldowns.size() == 1); // half-open still
}

TEST_CASE("every key refused by status alone, within a moment: nobody is rejected") {
  three t;
  auto& w = t.w;
  const auto id = w.call("m");
  w.settle();
  t.answer_all(401);
  CHECK(w.attempts().empty());
  t.check_state("available");
  const auto rests = w.status("m").cooldowns;
  REQUIRE(rests.size() == 1);
  CHECK(rests[0].reason == "credential");
  CHECK(rests[0].source == "all_keys_refused");
  CHECK(w.outcome_of(id).ends() == 0); // it waits for the provider

  w.advance(1101ms);
  REQUIRE(w.attempts().size() == 1);
  w.answer(0, 200);
  w.settle();
  CHECK(w.outcome_of(id).answers == 1);
  CHECK(w.status("m").cooldowns.empty());
  t.check_state("available");
}

TEST_CASE("the provider's probe that is refused again rejects nobody either") {
  three t;
  auto& w = t.w;
  w.call("m");
  w.settle();
  t.answer_all(401);
  w.advance(1101ms);
  REQUIRE(w.attempts().size() == 1);
  w.answer(0, 401);
  w.settle();
  t.check_state("available");
  CHECK(w.status("m").cooldowns.at(0).remaining_ms >= 2000);
}

TEST_CASE("every key refused by the provider's own word is rejected") {
  three t;
  auto& w = t.w;
  const auto id = w.call("m");
  w.settle();
  t.answer_all(401, revoked);
  t.check_state("rejected");
  CHECK(w.status("m").cooldowns.empty());
  REQUIRE(w.outcome_of(id).refusals.size() == 1);
  CHECK(w.outcome_of(id).refusals[0].code == refusal_code::key_rejected);
}

TEST_CASE("refusals with a success in between are the keys' own") {
  three t;
  auto& w = t.w;
  w.call("m");
  w.settle();
  w.answer(0, 401); // a
  w.settle();
  w.answer(0, 401); // b
  w.settle();
  w.answer(0, 200); // c
  w.settle();
  CHECK(w.status(t.keys[0]).state == "rejected");
  CHECK(w.status(t.keys[1]).state == "rejected");
  w.call("m");
  w.settle();
  w.answer(0, 401); // c
  w.settle();
  CHECK(w.status(t.keys[2]).state == "rejected");
  CHECK(w.status("m").cooldowns.empty());
}

TEST_CASE("a key that was rejected before the others stays so") {
  three t;
  auto& w = t.w;
  w.call("m");
  w.settle();
  w.answer(0, 401); // a
  w.settle();
  w.advance(11s);
  t.answer_all(401); // b and c
  CHECK(w.status(t.keys[0]).state == "rejected");
  CHECK(w.status(t.keys[1]).state == "available");
  CHECK(w.status(t.keys[2]).state == "available");
  CHECK(w.status("m").cooldowns.size() == 1);
}

TEST_CASE("every key at its rate limit within a moment: the provider is the limit") {
  three t;
  auto& w = t.w;
  w.call("m");
  w.settle();
  for (int i = 0; i < 3; ++i) {
    w.answer(0, 429, {{"retry-after", std::to_string(20 - 5 * i)}});
    w.settle();
  }
  const auto rests = w.status("m").cooldowns;
  REQUIRE(rests.size() == 1);
  CHECK(rests[0].reason == "rate_limit");
  CHECK(rests[0].remaining_ms >= 10'000); // the first return that was stated
  CHECK(rests[0].remaining_ms <= 11'000);
}

TEST_CASE("the same failure on a second key is the request's fault: at most one key pays") {
  three t;
  auto& w = t.w;
  w.rules("m").strategy = config::strategy_kind::fill_first;
  w.set_model("m", t.keys);
  // Three failures within 30 s would rest a key that is charged with each.
  for (int i = 0; i < 3; ++i) {
    const auto id = w.call("m");
    w.settle();
    REQUIRE(w.attempts().size() == 1);
    CHECK(w.key_of(*w.attempts()[0]) == "a");
    w.answer(0, 500);
    w.settle();
    REQUIRE(w.attempts().size() == 1);
    CHECK(w.key_of(*w.attempts()[0]) == "b");
    w.answer(0, 500);
    w.settle();
    CHECK(w.attempts().empty());
    CHECK(w.outcome_of(id).answers == 1); // as the provider said it
    CHECK(w.outcome_of(id).key == "b");
  }
  CHECK(w.status(t.keys[1]).state == "available");
  CHECK(w.status(t.keys[2]).state == "available");
  CHECK(w.status("m").cooldowns.empty());
}

TEST_CASE("a failure that another key does not have is its key's own") {
  three t;
  auto& w = t.w;
  w.rules("m").strategy = config::strategy_kind::fill_first;
  w.set_model("m", t.keys);
  for (int i = 0; i < 3; ++i) {
    CHECK(w.status(t.keys[0]).state == "available");
    w.call("m");
    w.settle();
    w.answer(0, 500);
    w.settle();
    w.answer(0, 200);
    w.settle();
  }
  CHECK(w.status(t.keys[0]).state == "cooling");
  CHECK(w.status(t.keys[0]).cooldowns.at(0).reason == "server_error");
  CHECK(w.status(t.keys[1]).state == "available");
}

TEST_CASE("a server's failure that no other key could mend is passed on as it was said") {
  world w;
  w.set_model("m", {w.add_key("a")});
  const auto id = w.call("m");
  w.settle();
  w.answer(0, 500, {{"x-request-id", "r"}}, R"({"error":"a fault"})");
  w.settle();
  REQUIRE(w.outcome_of(id).refusals.size() == 1);
  const auto& said = w.outcome_of(id).refusals[0].said;
  REQUIRE(said);
  CHECK(said->head.status == 500);
  CHECK(said->body == R"({"error":"a fault"})");
}

TEST_CASE("a caller's mistake costs no key and goes back as it was said") {
  three t;
  auto& w = t.w;
  const auto id = w.call("m");
  w.settle();
  w.answer(0, 400);
  w.settle();
  CHECK(w.outcome_of(id).answers == 1);
  CHECK(w.attempts().empty());
  t.check_state("available");
}
