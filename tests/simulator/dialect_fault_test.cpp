#include "tests/catch.hpp"
#include "tests/simulator/client.hpp"

using namespace keywheel::simulator;
using namespace simulator_test;

namespace {

const std::string chat_stream = chat("hi", R"(,"stream":true)");

response stream_message(running& sim) {
  return sim.call_with("x-api-key: sk-sim-key-a\r\nanthropic-version: x", "POST", "/v1/messages",
                       R"({"model":"m","max_tokens":9,"stream":true,"messages":[]})");
}

response stream_gemini(running& sim, const std::string& query) {
  return sim.call_with("x-goog-api-key: sk-sim-key-a", "POST",
                       "/v1beta/models/g:streamGenerateContent" + query, R"({"contents":[]})");
}

const std::string gemini_error = R"({
  "error": {
    "code": 503,
    "message": "The model is overloaded. Please try again later.",
    "status": "UNAVAILABLE"
  }
})";

} // namespace

TEST_CASE("an error in Anthropic's stream is an event and its end") {
  running sim;
  const std::string event = "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":"
                            "\"overloaded_error\",\"message\":\"Overloaded\"}}\n\n";
  sim.fault(R"({"kind":"stream_error"})");
  CHECK(stream_message(sim).body == event);
  sim.fault(R"({"kind":"stream_error","after":4})");
  auto later = stream_message(sim);
  CHECK(later.complete);
  CHECK(later.body.find("\"text\":\"Hello\"") != std::string::npos);
  CHECK(later.body.ends_with(event));
  CHECK(later.body.find("message_stop") == std::string::npos);
}

TEST_CASE("an error in Gemini's stream is several lines of JSON without data:, or an element") {
  running sim;
  sim.fault(R"({"kind":"stream_error","after":1})");
  auto events = stream_gemini(sim, "?alt=sse");
  CHECK(events.body.starts_with("data: {\"candidates\""));
  CHECK(events.body.ends_with("\r\n\r\n" + gemini_error + "\n"));
  sim.fault(R"({"kind":"stream_error","form":"data"})");
  CHECK(stream_gemini(sim, "?alt=sse").body
        == "data: {\"error\":{\"code\":503,\"message\":\"The model is overloaded. Please try again "
           "later.\",\"status\":\"UNAVAILABLE\"}}\n\n");
  sim.fault(R"({"kind":"stream_error"})");
  CHECK(stream_gemini(sim, "").body == "[" + gemini_error + "]");
  sim.fault(R"({"kind":"cut_stream"})");
  CHECK(stream_gemini(sim, "").body.ends_with("\n}")); // no end of the array
}

TEST_CASE("an error in a stream may be a bare string, or a failed response") {
  running sim;
  sim.fault(R"({"kind":"stream_error","form":"string","body":"over capacity"})");
  CHECK(sim.post_chat(key_a, chat_stream).body
        == "data: {\"error\":\"over capacity\"}\n\ndata: [DONE]\n\n");
  sim.fault(R"({"kind":"stream_error","form":"failed","after":2,)"
            R"("body":{"code":"rate_limit_exceeded","message":"slow"}})");
  auto failed =
      sim.call("POST", "/v1/responses", key_a, R"({"model":"m","input":"x","stream":true})");
  auto at = failed.body.find("event: response.failed\n");
  REQUIRE(at != std::string::npos);
  auto event = failed.body.substr(at);
  CHECK(event.starts_with("event: response.failed\ndata: {\"type\":\"response.failed\","
                          "\"sequence_number\":2,\"response\":{"));
  CHECK(event.find(R"("status":"failed","error":{"code":"rate_limit_exceeded","message":"slow"})")
        != std::string::npos);
  CHECK(event.find(R"("output":[])") != std::string::npos);
}

TEST_CASE("fault stream_garbage: bytes that are no event, and the end") {
  running sim;
  sim.fault(R"({"kind":"stream_garbage","body":"?!"})");
  auto answer = sim.post_chat(key_a, chat_stream);
  CHECK(answer.complete);
  CHECK(answer.body.ends_with("}\n\n?!"));
  sim.fault(R"({"kind":"stream_garbage","body":"?!"})");
  auto plain = sim.post_chat(key_a, chat());
  CHECK(plain.status == 200);
  CHECK(plain.body == "?!");
}

TEST_CASE("fault stream_silence: the beginning, then nothing until the client leaves") {
  running sim;
  for (auto body : {chat_stream, chat()}) {
    sim.fault(R"({"kind":"stream_silence"})");
    {
      client via{sim.server.port()};
      via.send(request("POST", "/v1/chat/completions", key_a, body));
      auto begin = via.receive_bytes(300);
      CHECK(begin.starts_with("HTTP/1.1 200 OK\r\n"));
      CHECK(begin.size() == 300);
      CHECK(sim.stat("sim-key-a", "in_flight") == 1);
    }
    sim.wait_for_stat("sim-key-a", "in_flight", 0);
  }
  CHECK(sim.stat("sim-key-a", "aborted") == 2);
  CHECK(sim.stat("sim-key-a", "ok") == 0);
}

TEST_CASE("a scripted status has the words of the dialect that asked") {
  running sim;
  sim.fault(R"({"status":529,"times":3})");
  CHECK(scrubbed(stream_message(sim).body)
        == R"({"type":"error","error":{"type":"overloaded_error","message":"Overloaded"},)"
           R"("request_id":"req_ID"})");
  CHECK(stream_gemini(sim, "").json()["error"]["code"].GetInt() == 529);
  CHECK(sim.post_chat(key_a, chat()).json()["error"].HasMember("param"));
}

TEST_CASE("the limit of all requests together is refused before anything else") {
  options what;
  what.provider_rpm = 2;
  running sim{what};
  CHECK(sim.post_chat(key_a, chat()).status == 200);
  CHECK(stream_message(sim).status == 200);
  auto refused = sim.post_chat(key_b, chat());
  CHECK(refused.status == 429);
  CHECK(refused.body == "error code: 1015");
  CHECK(refused.header("content-type") == "text/plain; charset=UTF-8");
  CHECK(std::stoi(refused.header("retry-after")) <= 30);
  CHECK(sim.post_chat("sk-nobody", chat()).status == 429);
}
