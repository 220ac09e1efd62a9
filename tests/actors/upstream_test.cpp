// The upstream against a simulated provider: streams that begin badly, break, or never speak.

#include "actors/upstream.hpp"
#include "tests/actors/house.hpp"
#include "tests/catch.hpp"

#include <chrono>

using namespace keywheel;
using test::house;

namespace {

simulator::fault in_stream(std::size_t after, std::string body = {}) {
  simulator::fault result;
  result.kind = simulator::fault_kind::stream_error;
  result.after = after;
  result.body = std::move(body);
  return result;
}

const std::string limited = R"({"error":{"message":"…","code":"rate_limit_exceeded"}})";

simulator::options with_fault(const std::string& key, const simulator::fault& what) {
  auto result = test::three_keys();
  result.faults.push_back({key, what});
  return result;
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

} // namespace

TEST_CASE("an error in a stream before any content goes to another key, unseen by the client") {
  house h{with_fault("a", in_stream(0, limited))};
  const auto answer = h.ask("gpt-4o", true);
  CHECK(answer.status == 200);
  CHECK(answer.complete);
  CHECK(house::key_of(answer) == "sim/b");
  CHECK_FALSE(contains(answer.body, "error"));
  CHECK(contains(answer.body, "[DONE]"));
  const auto a = h.key("sim/a");
  CHECK(a.state == "cooling");
  CHECK(a.in_flight == 0);
  CHECK(a.errors == 1);
  REQUIRE(a.cooldowns.size() == 1);
  CHECK(a.cooldowns[0].reason == "rate_limit");
}

TEST_CASE("an error after content is passed on as it came, and the key is charged") {
  house h{with_fault("a", in_stream(2, limited))};
  const auto answer = h.ask("gpt-4o", true);
  CHECK(house::key_of(answer) == "sim/a");
  CHECK(contains(answer.body, R"("content":"Hello")"));
  CHECK(contains(answer.body, "rate_limit_exceeded"));
  h.settle();
  const auto a = h.key("sim/a");
  CHECK(a.state == "cooling");
  CHECK(a.in_flight == 0);
  CHECK(a.errors == 1);
  CHECK(h.key("sim/b").requests == 0); // no second attempt
}

TEST_CASE("a stream without its end mark is told to be broken, and costs nobody a rest alone") {
  simulator::fault cut;
  cut.kind = simulator::fault_kind::cut_stream;
  cut.after = 3;
  house h{with_fault("a", cut)};
  const auto answer = h.ask("gpt-4o", true);
  CHECK(house::key_of(answer) == "sim/a");
  CHECK_FALSE(answer.complete);
  h.settle();
  CHECK(h.key("sim/a").errors == 1);
  CHECK(h.key("sim/a").in_flight == 0);
  CHECK(h.key("sim/a").state == "available");
}

TEST_CASE("usage is read from plain and from streamed answers and settles what was reserved") {
  auto provider = test::three_keys();
  provider.tokens = 20;
  house h{provider};
  auto with = h.configuration({"a"});
  with->providers["sim"].keys[0].budgets.tpm = 1100; // one reservation of a usual answer
  h.apply(with);
  for (const bool stream : {false, true, false}) {
    const auto before = h.key("sim/a");
    const auto answer = h.ask("gpt-4o", stream);
    REQUIRE(answer.status == 200);
    h.settle();
    const auto after = h.key("sim/a");
    CHECK(after.in_flight == 0);
    if (!stream) {
      CHECK(after.input_tokens > before.input_tokens);
      CHECK(after.output_tokens >= before.output_tokens + 20);
    }
    with->providers["sim"].keys[0].budgets.tpm += 1100;
    h.apply(std::make_shared<config::config>(*with));
  }
}

TEST_CASE("a stream that says nothing is held for a few seconds and then goes to the client") {
  simulator::fault silence;
  silence.kind = simulator::fault_kind::stream_silence;
  silence.after = 1; // the role, which is no content
  house h{with_fault("a", silence)};
  auto with = h.configuration({"a"});
  with->providers["sim"].timeouts.idle = upstream_state::hold_time + std::chrono::seconds{1};
  h.apply(with);
  const auto begun = std::chrono::steady_clock::now();
  const auto answer = h.ask("gpt-4o", true);
  CHECK(std::chrono::steady_clock::now() - begun >= upstream_state::hold_time);
  CHECK(answer.status == 200); // it was committed before it broke
  CHECK_FALSE(answer.complete);
  CHECK(contains(answer.body, "role"));
}

TEST_CASE("a stream that breaks before it has been held long enough is as good as no answer") {
  simulator::fault silence;
  silence.kind = simulator::fault_kind::stream_silence;
  silence.after = 1;
  house h{with_fault("a", silence)};
  auto with = h.configuration({"a", "b"});
  with->providers["sim"].timeouts.idle = std::chrono::milliseconds{200};
  SECTION("it is not repeated") {
    h.apply(with);
    CHECK(h.ask("gpt-4o", true).status == 502);
    CHECK(h.key("sim/b").requests == 0);
  }
  SECTION("but where the model allows it") {
    with->models[0].replay_unanswered = true;
    h.apply(with);
    const auto answer = h.ask("gpt-4o", true);
    CHECK(answer.status == 200);
    CHECK(house::key_of(answer) == "sim/b");
  }
  h.settle();
  CHECK(h.key("sim/a").in_flight == 0);
}

TEST_CASE("the same failure at two keys is passed on with its own words") {
  auto provider = test::three_keys();
  simulator::fault broken;
  broken.status = 500;
  broken.body = R"({"error":{"message":"this very request"}})";
  broken.times = -1;
  provider.faults.push_back({"*", broken});
  house h{provider};
  const auto answer = h.ask("gpt-4o");
  CHECK(answer.status == 500);
  CHECK(contains(answer.body, "this very request"));
  h.settle();
  std::uint64_t requests = 0;
  for (const auto& key : h.status().keys) {
    CHECK(key.state == "available");
    requests += key.requests;
  }
  CHECK(requests == 2);
}
