#include "tests/catch.hpp"
#include "tests/simulator/client.hpp"
#include "tools/simulator/api_key.hpp"
#include "tools/simulator/openai/errors.hpp"
#include "tools/simulator/problem.hpp"

using namespace keywheel::simulator;
using namespace simulator_test;
using namespace std::chrono_literals;

namespace {

options limited(key_limits limits) {
  options result;
  result.default_limits = limits;
  return result;
}

api_key make_key(key_limits limits) {
  return api_key{{"k", "sk-k", "org-k", limits}, time_point{}};
}

std::string lines(const api_key& key) {
  std::string result;
  append_limit_lines(result, dialect::openai, key.shown(), 0);
  return result;
}

} // namespace

TEST_CASE("the request limit is exact and says so as OpenAI does") {
  auto key = make_key({3, 0, 0});
  for (int i = 0; i < 3; ++i)
    REQUIRE_FALSE(key.admit(1, time_point{}));
  auto refused = key.admit(1, time_point{});
  REQUIRE(refused);
  CHECK(refusal_body(*refused, "gpt-4o", "org-k")
        == R"({"error":{"message":"Rate limit reached for gpt-4o in organization org-k on )"
           R"(requests per min (RPM): Limit 3, Used 3, Requested 1. Please try again in 20s. )"
           R"(Visit https://platform.openai.com/account/rate-limits to learn more.",)"
           R"("type":"requests","param":null,"code":"rate_limit_exceeded"}})");
  CHECK(refusal_lines(*refused) == "retry-after: 20\r\nretry-after-ms: 20000\r\n");
  CHECK(lines(key)
        == "x-ratelimit-limit-requests: 3\r\nx-ratelimit-remaining-requests: 0\r\n"
           "x-ratelimit-reset-requests: 1m0s\r\n");
  CHECK(key.admit(1, time_point{20s - 1ns}));
  CHECK_FALSE(key.admit(1, time_point{20s}));
}

TEST_CASE("the token limit is exact, and a request that can never fit is told so") {
  auto key = make_key({10'000, 200'000, 0});
  REQUIRE_FALSE(key.admit(198'469, time_point{}));
  auto refused = key.admit(7607, time_point{});
  REQUIRE(refused);
  CHECK(refusal_body(*refused, "gpt-4.1-mini", "org-x")
        == R"({"error":{"message":"Rate limit reached for gpt-4.1-mini in organization org-x on )"
           R"(tokens per min (TPM): Limit 200000, Used 198469, Requested 7607. Please try again )"
           R"(in 1.823s. Visit https://platform.openai.com/account/rate-limits to learn more.",)"
           R"("type":"tokens","param":null,"code":"rate_limit_exceeded"}})");
  CHECK(refusal_lines(*refused) == "retry-after: 2\r\nretry-after-ms: 1823\r\n");
  // The refused request took nothing, not even its turn.
  CHECK(lines(key)
        == "x-ratelimit-limit-requests: 10000\r\nx-ratelimit-remaining-requests: 9999\r\n"
           "x-ratelimit-reset-requests: 6ms\r\nx-ratelimit-limit-tokens: 200000\r\n"
           "x-ratelimit-remaining-tokens: 1531\r\nx-ratelimit-reset-tokens: 59.541s\r\n");
  auto never = key.admit(200'001, time_point{});
  REQUIRE(never);
  CHECK(refusal_body(*never, "gpt-4o", "org-x")
        == R"({"error":{"message":"Request too large for gpt-4o in organization org-x on tokens )"
           R"(per min (TPM): Limit 200000, Requested 200001. The input or output tokens must be )"
           R"(reduced in order to run successfully. Visit )"
           R"(https://platform.openai.com/account/rate-limits to learn more.",)"
           R"("type":"tokens","param":null,"code":"rate_limit_exceeded"}})");
  CHECK(refusal_lines(*never).empty());
}

TEST_CASE("a limited key answers 429 over HTTP and the other key goes on") {
  running sim{limited({3, 0, 0})};
  for (int left = 2; left >= 0; --left) {
    auto answer = sim.post_chat(key_a, chat());
    REQUIRE(answer.status == 200);
    CHECK(answer.header("x-ratelimit-limit-requests") == "3");
    CHECK(answer.header("x-ratelimit-remaining-requests") == std::to_string(left));
    CHECK(answer.header("x-ratelimit-limit-tokens") == "(none)");
  }
  auto refused = sim.post_chat(key_a, chat());
  CHECK(refused.status == 429);
  CHECK(refused.head.starts_with("HTTP/1.1 429 Too Many Requests\r\n"));
  auto wait = std::stoi(refused.header("retry-after-ms"));
  CHECK(wait <= 20'000);
  CHECK(std::stoi(refused.header("retry-after")) == (wait + 999) / 1000);
  CHECK(refused.header("x-ratelimit-remaining-requests") == "0");
  CHECK(refused.header("x-simulator-key") == "sim-key-a");
  CHECK(refused.header("openai-organization") == "org-sim-key-a");
  CHECK(refused.body.find("Limit 3, Used 3, Requested 1. Please try again in ")
        != std::string::npos);
  CHECK(sim.post_chat(key_b, chat()).status == 200);
  CHECK(sim.stat("sim-key-a", "ok") == 3);
  CHECK(sim.stat("sim-key-a", "limited") == 1);
  CHECK(sim.stat("sim-key-a", "requests") == 4);
}

TEST_CASE("the token limit counts prompt and max_tokens over HTTP") {
  running sim{limited({0, 1000, 0})};
  // 40 bytes are 10 tokens.
  auto answer = sim.post_chat(key_a, chat(std::string(40, 'x'), R"(,"max_tokens":890)"));
  REQUIRE(answer.status == 200);
  CHECK(answer.header("x-ratelimit-remaining-tokens") == "100");
  auto refused = sim.post_chat(key_a, chat(std::string(40, 'x'), R"(,"max_tokens":900)"));
  CHECK(refused.status == 429);
  CHECK(refused.body.find(R"("type":"tokens")") != std::string::npos);
  auto large = sim.post_chat(key_b, chat(std::string(40, 'x'), R"(,"max_tokens":991)"));
  CHECK(large.status == 429);
  CHECK(large.header("retry-after") == "(none)");
  CHECK(large.body.find("Request too large for gpt-4o") != std::string::npos);
}

TEST_CASE("the concurrency cap counts answers that are under way") {
  auto what = limited({0, 0, 2});
  what.event_interval = 1h;
  running sim{what};
  auto stream = chat("hi", R"(,"stream":true)");
  auto post = [&](client& via) {
    via.send(request("POST", "/v1/chat/completions", key_a, stream));
    return via.receive_bytes(12);
  };
  client first{sim.server.port()}, third{sim.server.port()};
  CHECK(post(first) == "HTTP/1.1 200");
  {
    client second{sim.server.port()};
    CHECK(post(second) == "HTTP/1.1 200");
    auto refused = third.call("POST", "/v1/chat/completions", key_a, stream);
    CHECK(refused.status == 429);
    CHECK(refused.header("retry-after") == "1");
    CHECK(refused.body.find("on concurrent requests: Limit 2, Used 2, Requested 1")
          != std::string::npos);
    CHECK(sim.stat("sim-key-a", "in_flight") == 2);
  }
  sim.wait_for_stat("sim-key-a", "in_flight", 1);
  CHECK(post(third) == "HTTP/1.1 200");
  CHECK(sim.stat("sim-key-a", "max_in_flight") == 2);
  CHECK(sim.stat("sim-key-a", "aborted") == 1);
}
