#include "tests/catch.hpp"
#include "tests/simulator/client.hpp"
#include "tools/simulator/exchange.hpp"
#include "tools/simulator/problem.hpp"

using namespace keywheel::simulator;
using namespace simulator_test;
using namespace std::chrono_literals;

namespace {

constexpr std::string_view lines_a = "x-api-key: sk-sim-key-a\r\nanthropic-version: 2023-06-01";

std::string ask(std::string_view model = "claude-x", std::string_view more = {}) {
  std::string result = R"({"model":")";
  return result.append(model)
      .append(R"(","max_tokens":50,"messages":[{"role":"user","content":"ping"}])")
      .append(more)
      .append("}");
}

response post(running& sim, std::string_view body) {
  return sim.call_with(lines_a, "POST", "/v1/messages", body);
}

std::string error(std::string_view type, std::string_view message) {
  std::string result = R"({"type":"error","error":{"type":")";
  return result.append(type)
      .append(R"(","message":")")
      .append(message)
      .append(R"("},"request_id":"req_ID"})");
}

} // namespace

TEST_CASE("Anthropic: a message, its usage and its headers") {
  running sim;
  auto answer = post(sim, ask("claude-x~cached5~reasoning3"));
  CHECK(answer.status == 200);
  CHECK(scrubbed(answer.body)
        == R"({"id":"msg_ID","type":"message","role":"assistant",)"
           R"("model":"claude-x~cached5~reasoning3","content":[{"type":"text",)"
           R"("text":"Hello from sim-key-a, request 1: ping"}],"stop_reason":"end_turn",)"
           R"("stop_sequence":null,"usage":{"input_tokens":1,"cache_creation_input_tokens":0,)"
           R"("cache_read_input_tokens":5,"output_tokens":9,"service_tier":"standard"}})");
  CHECK(answer.header("request-id").starts_with("req_"));
  CHECK(answer.header("anthropic-organization-id") == "org-sim-key-a");
  CHECK(answer.header("x-request-id") == "(none)");
  CHECK(answer.header("openai-organization") == "(none)");
  CHECK(sim.stat("sim-key-a", "tokens") == 15);
}

TEST_CASE("Anthropic: the events of a stream") {
  running sim;
  auto answer = post(sim, ask("m", R"(,"stream":true,"max_tokens":2)"));
  CHECK(answer.header("content-type") == "text/event-stream; charset=utf-8");
  auto delta = [](std::string_view text) {
    return "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,"
           "\"delta\":{\"type\":\"text_delta\",\"text\":\""
           + std::string{text} + "\"}}\n\n";
  };
  auto usage = [](int output) {
    return R"("usage":{"input_tokens":1,"cache_creation_input_tokens":0,)"
           R"("cache_read_input_tokens":0,"output_tokens":)"
           + std::to_string(output) + R"(,"service_tier":"standard"})";
  };
  CHECK(
      scrubbed(answer.body)
      == "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"id\":\"msg_ID\","
         "\"type\":\"message\",\"role\":\"assistant\",\"model\":\"m\",\"content\":[],"
         "\"stop_reason\":null,\"stop_sequence\":null,"
             + usage(1)
             + "}}\n\nevent: content_block_start\ndata: {\"type\":\"content_block_start\","
               "\"index\":0,\"content_block\":{\"type\":\"text\",\"text\":\"\"}}\n\n"
               "event: ping\ndata: {\"type\": \"ping\"}\n\n"
             + delta("Hello") + delta(" from")
             + "event: content_block_stop\ndata: {\"type\":\"content_block_stop\",\"index\":0}\n\n"
               "event: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":"
               "{\"stop_reason\":\"max_tokens\",\"stop_sequence\":null},"
             + usage(2) + "}\n\nevent: message_stop\ndata: {\"type\":\"message_stop\"}\n\n");
}

TEST_CASE("Anthropic: tokens are counted without an answer") {
  running sim;
  auto answer = sim.call_with(lines_a, "POST", "/v1/messages/count_tokens",
                              R"({"model":"m","system":[{"type":"text","text":"12345678"}],)"
                              R"("messages":[{"role":"user","content":"ping"}]})");
  CHECK(answer.body == R"({"input_tokens":3})");
  CHECK(sim.stat("sim-key-a", "admitted") == 0);
}

TEST_CASE("Anthropic: models have a shape of their own") {
  options what;
  what.models = {"claude-x", "claude-y"};
  running sim{what};
  CHECK(sim.call_with(lines_a, "GET", "/v1/models").body
        == R"({"data":[{"type":"model","id":"claude-x","display_name":"claude-x",)"
           R"("created_at":"2024-05-10T18:50:49Z"},{"type":"model","id":"claude-y",)"
           R"("display_name":"claude-y","created_at":"2024-05-10T18:50:49Z"}],)"
           R"("has_more":false,"first_id":"claude-x","last_id":"claude-y"})");
  CHECK(sim.call_with(lines_a, "GET", "/v1/models/claude-y").status == 200);
  auto unknown = sim.call_with(lines_a, "GET", "/v1/models/z");
  CHECK(unknown.status == 404);
  CHECK(scrubbed(unknown.body) == error("not_found_error", "model: z"));
}

TEST_CASE("Anthropic: errors in its words") {
  options what;
  what.accept_any_model = false;
  what.models = {"claude-x"};
  running sim{what};
  auto act = [&](const std::string& json) {
    REQUIRE(sim.call("POST", "/_sim/actions", {}, json).status == 200);
  };
  auto said = [](const response& answer) {
    return std::to_string(answer.status) + " " + scrubbed(answer.body);
  };
  auto wrong =
      sim.call_with("x-api-key: nobody\r\nanthropic-version: x", "POST", "/v1/messages", ask());
  CHECK(said(wrong) == "401 " + error("authentication_error", "invalid x-api-key"));
  CHECK(wrong.body.find(wrong.header("request-id")) != std::string::npos);
  CHECK(said(sim.call_with("x-api-key: sk-sim-key-a", "POST", "/v1/messages", ask()))
        == "400 " + error("invalid_request_error", "anthropic-version: header is required"));
  CHECK(said(post(sim, R"({"model":"claude-x","messages":[]})"))
        == "400 " + error("invalid_request_error", "max_tokens: Field required"));
  CHECK(said(post(sim, ask("claude-9"))) == "404 " + error("not_found_error", "model: claude-9"));
  act(R"({"do":"overload"})");
  CHECK(said(post(sim, ask())) == "529 " + error("overloaded_error", "Overloaded"));
  act(R"({"do":"recover"})");
  act(R"({"do":"exhaust","key":"sim-key-a"})");
  auto unpaid = post(sim, ask());
  CHECK(said(unpaid)
        == "400 "
               + error("invalid_request_error",
                       "Your credit balance is too low to access the Anthropic API. Please go to "
                       "Plans & Billing to upgrade or purchase credits."));
  CHECK(unpaid.header("x-should-retry") == "false");
  act(R"({"do":"disable","key":"sim-key-a"})");
  CHECK(said(post(sim, ask()))
        == "400 " + error("invalid_request_error", "This organization has been disabled."));
  act(R"({"do":"revoke","key":"sim-key-a"})");
  CHECK(post(sim, ask()).status == 401);
}

TEST_CASE("Anthropic: limits are told in RFC 3339 and refusals name the organisation") {
  key_options what{"k", "sk", "org-1", key_limits{50'000, 60'000, 0}};
  api_key key{what, time_point{}};
  for (int i = 0; i < 50'000; ++i)
    key.admit(1, time_point{});
  auto refused = key.admit(1, time_point{});
  REQUIRE(refused);
  std::string lines;
  append_limit_lines(lines, dialect::anthropic, key.shown(), 1'755'780'000);
  CHECK(lines
        == "anthropic-ratelimit-requests-limit: 50000\r\n"
           "anthropic-ratelimit-requests-remaining: 0\r\n"
           "anthropic-ratelimit-requests-reset: 2025-08-21T12:41:00Z\r\n"
           "anthropic-ratelimit-tokens-limit: 60000\r\n"
           "anthropic-ratelimit-tokens-remaining: 10000\r\n"
           "anthropic-ratelimit-tokens-reset: 2025-08-21T12:40:50Z\r\n"
           "anthropic-ratelimit-input-tokens-limit: 60000\r\n"
           "anthropic-ratelimit-input-tokens-remaining: 10000\r\n"
           "anthropic-ratelimit-input-tokens-reset: 2025-08-21T12:40:50Z\r\n");
  reply answer;
  circumstances around;
  around.organization = "org-1";
  around.model = "claude-x";
  around.request_id = "ID";
  refuse(answer, dialect::anthropic, {problem::kind::limit, {}, {}, *refused}, around);
  CHECK(answer.status == 429);
  CHECK(answer.lines == "retry-after: 1\r\n");
  CHECK(answer.body.starts_with(
      R"({"type":"error","error":{"type":"rate_limit_error","message":"This request would exceed )"
      R"(your organization's rate limit of 50,000 requests per minute (org: org-1, model: )"
      R"(claude-x).)"));
}
