#include "tests/catch.hpp"
#include "tests/simulator/client.hpp"
#include "tools/simulator/exchange.hpp"
#include "tools/simulator/problem.hpp"

using namespace keywheel::simulator;
using namespace simulator_test;
using namespace std::chrono_literals;

namespace {

constexpr std::string_view line_a = "api-key: sk-sim-key-a";
constexpr std::string_view classic =
    "/openai/deployments/gpt-4o/chat/completions?api-version=2024-10-21";

} // namespace

TEST_CASE("Azure: the deployment in the path counts, not the model in the body") {
  options what;
  what.accept_any_model = false;
  running sim{what};
  auto answer = sim.call_with(line_a, "POST", classic, R"({"model":"ignored","messages":[]})");
  CHECK(answer.status == 200);
  CHECK(text(answer.json()["model"]) == "gpt-4o");
  CHECK(answer.header("apim-request-id") == answer.header("x-request-id"));
  CHECK(answer.header("openai-organization") == "(none)");
  CHECK(sim.call_with(line_a, "POST", "/openai/v1/chat/completions", chat()).status == 200);
  CHECK(sim.call("POST", classic, key_a, chat()).status == 200); // Entra's tokens are bearers
  CHECK(sim.call_with(line_a, "POST", "/openai/responses?api-version=2025-04-01-preview",
                      R"({"model":"gpt-4o","input":"x"})")
            .status
        == 200);
}

TEST_CASE("Azure: errors in its words") {
  options what;
  what.accept_any_model = false;
  running sim{what};
  auto said = [](const response& answer) { return std::to_string(answer.status) + answer.body; };
  CHECK(said(sim.call_with("api-key: nobody", "POST", classic, chat()))
        == R"(401{"error":{"code":"401","message":"Access denied due to invalid subscription key )"
           R"(or wrong API endpoint. Make sure to provide a valid key for an active subscription )"
           R"(and use a correct regional API endpoint for your resource."}})");
  CHECK(said(sim.call_with(line_a, "POST", "/openai/deployments/gpt-4o/chat/completions", chat()))
        == R"(404{"error":{"code":"404","message":"Resource not found"}})");
  CHECK(sim.call_with(line_a, "POST", "/openai/deployments/x/embeddings?api-version=1",
                      R"({"input":"x"})")
            .json()["error"]["code"]
        == "DeploymentNotFound");
}

TEST_CASE("Azure: limits are told in whole seconds") {
  key_options what{"k", "sk", "org", key_limits{10, 1000, 0}};
  api_key key{what, time_point{}};
  key.admit(300, time_point{});
  std::string lines;
  append_limit_lines(lines, dialect::azure, key.shown(), 0);
  CHECK(lines
        == "x-ratelimit-limit-requests: 10\r\nx-ratelimit-remaining-requests: 9\r\n"
           "x-ratelimit-reset-requests: 6\r\nx-ratelimit-limit-tokens: 1000\r\n"
           "x-ratelimit-remaining-tokens: 700\r\nx-ratelimit-reset-tokens: 18\r\n");
  auto said = [](refusal::reason why) {
    reply answer;
    circumstances around;
    around.where = endpoint::chat_completions;
    around.target = classic;
    refuse(answer, dialect::azure, {problem::kind::limit, {}, {}, {why, 10, 10, 1, 6500ms}},
           around);
    return answer.lines + answer.body;
  };
  CHECK(said(refusal::reason::tokens)
        == "retry-after: 7\r\nretry-after-ms: 6500\r\n"
           R"({"error":{"code":"429","message":"Requests to the ChatCompletions_Create Operation )"
           R"(under Azure OpenAI API version 2024-10-21 have exceeded token rate limit of your )"
           R"(current OpenAI S0 pricing tier. Please retry after 7 seconds. Please go here: )"
           R"(https://aka.ms/oai/quotaincrease if you would like to further increase the default )"
           R"(rate limit."}})");
  CHECK(said(refusal::reason::requests).find("exceeded call rate limit") != std::string::npos);
}
