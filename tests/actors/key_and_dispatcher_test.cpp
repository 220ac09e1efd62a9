#include "tests/actors/world.hpp"
#include "tests/catch.hpp"

using namespace keywheel;
using namespace std::chrono_literals;
using dialect::failure;
using dialect::refusal_code;
using test::world;

TEST_CASE("calls go round the keys in turn") {
  world w;
  w.set_model("m", {w.add_key("a"), w.add_key("b"), w.add_key("c")});
  std::string order;
  w.on_attempt = [&](const attempt& what) { order += w.key_of(what); };
  for (int i = 0; i < 7; ++i) {
    w.call("m");
    w.settle();
  }
  CHECK(order == "abcabca");
}

TEST_CASE("a rate limit rests its key and the call goes on with the next") {
  world w;
  const auto a = w.add_key("a");
  w.set_model("m", {a, w.add_key("b")});
  const auto id = w.call("m");
  w.settle();
  w.answer(0, 429, {{"retry-after", "7"}});
  w.settle();
  REQUIRE(w.attempts().size() == 1);
  CHECK(w.key_of(*w.attempts()[0]) == "b");
  w.answer(0, 200);
  w.settle();
  CHECK(w.outcome_of(id).answers == 1);
  CHECK(w.outcome_of(id).key == "b");

  const auto status = w.status(a);
  CHECK(status.state == "cooling");
  CHECK(status.errors == 1);
  REQUIRE(status.cooldowns.size() == 1);
  CHECK(status.cooldowns[0].scope == "key_model");
  CHECK(status.cooldowns[0].model == "m");
  CHECK(status.cooldowns[0].source == "retry-after");
  CHECK(status.cooldowns[0].remaining_ms >= 7000);
  CHECK(status.cooldowns[0].remaining_ms <= 7700); // a tenth of jitter at most
  w.advance(6999ms);
  CHECK(w.status(a).state == "cooling");
  w.advance(702ms);
  CHECK(w.status(a).state == "available");
}

TEST_CASE("a refused credential is not used until one call may probe it, or a person resets it") {
  world w;
  const auto a = w.add_key("a");
  w.set_model("m", {a}, 10s);
  const auto first = w.call("m");
  w.settle();
  w.answer(0, 401);
  w.settle();
  REQUIRE(w.outcome_of(first).refusals.size() == 1);
  CHECK(w.outcome_of(first).refusals[0].code == refusal_code::key_rejected);
  auto status = w.status(a);
  CHECK(status.state == "rejected");
  REQUIRE(status.cooldowns.size() == 1);
  CHECK(status.cooldowns[0].scope == "key");
  CHECK(status.cooldowns[0].reason == "credential");
  CHECK(status.cooldowns[0].remaining_ms >= 30'000);
  CHECK(status.cooldowns[0].remaining_ms <= 31'000);
  w.advance(19s);
  const auto second = w.call("m");
  w.settle();
  CHECK(w.attempts().empty());
  REQUIRE(w.outcome_of(second).refusals.size() == 1);
  CHECK(w.outcome_of(second).refusals[0].code == refusal_code::key_rejected);

  w.advance(10s);
  w.call("m"); // waits for its turn to probe
  w.settle();
  CHECK(w.attempts().empty());
  w.advance(2001ms);
  REQUIRE(w.attempts().size() == 1);
  w.answer(0, 401);
  w.settle();
  CHECK(w.status(a).state == "rejected");
  CHECK(w.status(a).cooldowns.at(0).remaining_ms >= 600'000); // the second step of its ladder
  w.reset(a);
  w.settle();
  CHECK(w.status(a).state == "available");
  w.call("m");
  w.settle();
  CHECK(w.attempts().size() == 1);
}

TEST_CASE("an endpoint that cannot be reached costs the call nothing but the attempt") {
  world w;
  const auto a = w.add_key("a");
  w.set_model("m", {a, w.add_key("b")});
  const auto id = w.call("m");
  w.settle();
  w.fail(0, failure::not_sent);
  w.settle();
  w.answer(0, 200);
  w.settle();
  CHECK(w.outcome_of(id).key == "b");
  CHECK(w.status(a).state == "available");
}

TEST_CASE("when no endpoint can be reached the caller is told so") {
  world w;
  w.set_model("m", {w.add_key("a"), w.add_key("b")});
  const auto id = w.call("m");
  w.settle();
  w.fail(0, failure::not_sent);
  w.settle();
  w.fail(0, failure::not_sent);
  w.settle();
  CHECK(w.attempts().empty());
  REQUIRE(w.outcome_of(id).ends() == 1);
  CHECK(w.outcome_of(id).refusals[0].code == refusal_code::upstream_unreachable);
}

TEST_CASE("calls wait for a key that is back in time, first come first served") {
  world w;
  w.set_model("m", {w.add_key("a")});
  w.call("m");
  w.settle();
  w.answer(0, 429, {{"retry-after", "5"}});
  w.settle();
  const auto second = w.call("m");
  const auto third = w.call("m");
  w.settle();
  CHECK(w.status("m").waiting == 3);
  std::vector<call_id> order;
  w.on_attempt = [&](const attempt& what) { order.push_back(what.of->id); };
  // One call probes; its success lets the others go.
  w.advance(5501ms);
  REQUIRE(order == std::vector<call_id>{1});
  w.answer(0, 200);
  w.settle();
  CHECK(order == std::vector<call_id>{1, second, third});
}

TEST_CASE(
    "a call that could not be served in time is refused at once, with the time to come back") {
  world w;
  w.set_model("m", {w.add_key("a")}, 10s);
  const auto first = w.call("m");
  w.settle();
  w.answer(0, 429, {{"retry-after", "60"}});
  w.settle();
  const auto second = w.call("m");
  w.settle();
  for (auto id : {first, second}) {
    REQUIRE(w.outcome_of(id).refusals.size() == 1);
    CHECK(w.outcome_of(id).refusals[0].code == refusal_code::no_key_available);
    CHECK(w.outcome_of(id).refusals[0].retry_after >= 60s);
    CHECK(w.outcome_of(id).refusals[0].retry_after <= 61s);
  }
  CHECK(w.status("m").waiting == 0);
}

TEST_CASE("a waiting call whose client leaves makes room") {
  world w;
  w.set_model("m", {w.add_key("a", 1)});
  w.call("m");
  const auto second = w.call("m");
  const auto third = w.call("m");
  w.settle();
  CHECK(w.status("m").waiting == 2);
  w.leave(second);
  w.settle();
  CHECK(w.status("m").waiting == 1);
  w.answer(0, 200);
  w.settle();
  REQUIRE(w.attempts().size() == 1);
  CHECK(w.attempts()[0]->of->id == third);
  CHECK(w.outcome_of(second).ends() == 0);
}

TEST_CASE("a disabled key takes no call from that instant and finishes what it has") {
  world w;
  const auto a = w.add_key("a");
  w.set_model("m", {a, w.add_key("b")});
  const auto first = w.call("m");
  w.settle();
  w.enable(a, false);
  for (int i = 0; i < 4; ++i)
    w.call("m");
  w.settle();
  REQUIRE(w.attempts().size() == 5);
  for (std::size_t i = 1; i < 5; ++i)
    CHECK(w.key_of(*w.attempts()[i]) == "b");
  CHECK(w.status(a).in_flight == 1);
  w.answer(0, 200);
  w.settle();
  CHECK(w.outcome_of(first).key == "a");
  CHECK(w.status(a).in_flight == 0);
}

TEST_CASE("one healthy key left and 64 callers at once: nobody is told that there is no key") {
  world w;
  std::vector<key_uid> keys;
  for (int i = 0; i < 10; ++i)
    keys.push_back(w.add_key(std::to_string(i)));
  w.set_model("m", keys);
  w.on_attempt = nullptr;
  std::vector<call_id> calls;
  for (int i = 0; i < 64; ++i)
    calls.push_back(w.call("m"));
  w.settle();
  // Every key but "9" is at its limit; whoever meets one of them goes on.
  while (!w.attempts().empty()) {
    const auto healthy = w.key_of(*w.attempts()[0]) == "9";
    w.answer(0, healthy ? 200 : 429, {});
    w.settle();
  }
  for (auto id : calls) {
    CHECK(w.outcome_of(id).answers == 1);
    CHECK(w.outcome_of(id).key == "9");
  }
}

TEST_CASE("a request that was sent and not answered is not repeated") {
  for (auto how : {failure::no_answer, failure::timed_out}) {
    world w;
    w.set_model("m", {w.add_key("a"), w.add_key("b")});
    const auto id = w.call("m");
    w.settle();
    w.fail(0, how);
    w.settle();
    CHECK(w.attempts().empty());
    REQUIRE(w.outcome_of(id).refusals.size() == 1);
    CHECK(w.outcome_of(id).refusals[0].code == refusal_code::upstream_failed);
  }
}
