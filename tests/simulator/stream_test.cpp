#include "tests/catch.hpp"
#include "tests/simulator/client.hpp"

using namespace keywheel::simulator;
using namespace simulator_test;

namespace {

const std::string chunk = R"(data: {"id":"chatcmpl-ID","object":"chat.completion.chunk",)"
                          R"("created":0,"model":"gpt-4o","service_tier":"default",)"
                          R"("system_fingerprint":"fp_simulator","choices":[)";

std::string delta(const std::string& fields, const std::string& finish = "null") {
  return R"({"index":0,"delta":{)" + fields + R"(},"logprobs":null,"finish_reason":)" + finish
         + "}";
}

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t result = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1))
    ++result;
  return result;
}

} // namespace

TEST_CASE("a streamed chat completion is framed as OpenAI frames it") {
  running sim;
  auto answer = sim.post_chat(key_a, chat("hi", R"(,"stream":true)"));
  CHECK(answer.status == 200);
  CHECK(answer.complete);
  CHECK(answer.header("content-type") == "text/event-stream; charset=utf-8");
  std::string expected =
      chunk + delta(R"("role":"assistant","content":"","refusal":null)") + "]}\n\n";
  for (auto token : {"Hello", " from", " sim-key-a,", " request", " 1:", " hi"})
    expected += chunk + delta(R"("content":")" + std::string{token} + '"') + "]}\n\n";
  expected += chunk + delta("", R"("stop")") + "]}\n\ndata: [DONE]\n\n";
  CHECK(scrubbed(answer.body) == expected);
  CHECK(sim.stat("sim-key-a", "ok") == 1);
}

TEST_CASE("include_usage adds a last chunk, and null to the others") {
  running sim;
  auto answer =
      sim.post_chat(key_a, chat("hi", R"(,"stream":true,"stream_options":{"include_usage":true})"));
  auto text = scrubbed(answer.body);
  CHECK(count(text, "],\"usage\":null}\n\n") == 8);
  CHECK(text.ends_with(chunk
                       + R"(],"usage":{"prompt_tokens":1,"completion_tokens":6,"total_tokens":7,)"
                         R"("prompt_tokens_details":{"cached_tokens":0,"audio_tokens":0},)"
                         R"("completion_tokens_details":{"reasoning_tokens":0,"audio_tokens":0,)"
                         R"("accepted_prediction_tokens":0,"rejected_prediction_tokens":0}}})"
                         "\n\ndata: [DONE]\n\n"));
}

TEST_CASE("a streamed completion consists of texts") {
  running sim;
  auto answer = sim.call("POST", "/v1/completions", key_a,
                         R"({"model":"m","prompt":"hi","stream":true,"max_tokens":2})");
  const std::string head = R"(data: {"id":"cmpl-ID","object":"text_completion","created":0,)"
                           R"("model":"m","choices":[{"text":)";
  const std::string tail = R"(,"index":0,"logprobs":null,"finish_reason":)";
  CHECK(scrubbed(answer.body)
        == head + R"("Hello")" + tail + "null}]}\n\n" + head + R"(" from")" + tail + "null}]}\n\n"
               + head + R"("")" + tail + "\"length\"}]}\n\ndata: [DONE]\n\n");
}

TEST_CASE("a streamed response tells its events in order and has no [DONE]") {
  running sim;
  auto answer =
      sim.call("POST", "/v1/responses", key_a, R"({"model":"m","input":"hi","stream":true})");
  std::vector<std::string> events;
  int sequence = 0;
  for (std::size_t at = 0; at < answer.body.size();) {
    auto line = answer.body.find('\n', at);
    auto end = answer.body.find("\n\n", at);
    auto type = answer.body.substr(at + 7, line - at - 7);
    rapidjson::Document data;
    data.Parse(answer.body.substr(line + 7, end - line - 7).c_str());
    REQUIRE_FALSE(data.HasParseError());
    CHECK(text(data["type"]) == type.c_str());
    CHECK(data["sequence_number"].GetInt() == sequence++);
    if (type != "response.output_text.delta")
      events.push_back(type);
    if (type == "response.completed")
      CHECK(text(data["response"]["output"][0]["content"][0]["text"])
            == "Hello from sim-key-a, request 1: hi");
    at = end + 2;
  }
  CHECK(sequence == 4 + 6 + 4);
  CHECK(events
        == std::vector<std::string>{"response.created", "response.in_progress",
                                    "response.output_item.added", "response.content_part.added",
                                    "response.output_text.done", "response.content_part.done",
                                    "response.output_item.done", "response.completed"});
}

TEST_CASE("a stream that is larger than every buffer arrives whole") {
  options what;
  what.tokens = 50'000;
  running sim{what};
  client via{sim.server.port()};
  via.send(request("POST", "/v1/chat/completions", key_a, chat("hi", R"(,"stream":true)")));
  // The other key is served while this client does not read.
  CHECK(sim.post_chat(key_b, chat("hi", R"(,"max_tokens":3)")).status == 200);
  auto answer = via.receive().body;
  CHECK(count(answer, "data: {") == 50'002);
  CHECK(count(answer, "data: [DONE]") == 1);
}

TEST_CASE("many streams run at once, their events apart") {
  options what;
  what.event_interval = std::chrono::milliseconds{2};
  what.tokens = 20;
  running sim{what};
  std::vector<std::unique_ptr<client>> clients;
  for (int i = 0; i < 200; ++i) {
    clients.push_back(std::make_unique<client>(sim.server.port()));
    clients.back()->send(
        request("POST", "/v1/chat/completions", key_a, chat("hi", R"(,"stream":true)")));
  }
  for (auto& via : clients) {
    auto answer = via->receive();
    CHECK(answer.complete);
    CHECK(count(answer.body, "data: {") == 22);
    CHECK(answer.body.ends_with("data: [DONE]\n\n"));
  }
  sim.wait_for_stat("sim-key-a", "in_flight", 0);
  CHECK(sim.stat("sim-key-a", "ok") == 200);
}

TEST_CASE("a client that leaves a stream is counted") {
  options what;
  what.event_interval = std::chrono::hours{1};
  running sim{what};
  {
    client via{sim.server.port()};
    via.send(request("POST", "/v1/chat/completions", key_a, chat("hi", R"(,"stream":true)")));
    CHECK(via.receive_bytes(12) == "HTTP/1.1 200");
  }
  sim.wait_for_stat("sim-key-a", "aborted", 1);
  CHECK(sim.stat("sim-key-a", "in_flight") == 0);
  CHECK(sim.stat("sim-key-a", "ok") == 0);
}
