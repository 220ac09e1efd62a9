#include "tests/catch.hpp"
#include "tests/simulator/client.hpp"

using namespace keywheel::simulator;
using namespace simulator_test;

namespace {

const std::string streamed = chat("hi", R"(,"stream":true)");

const std::string error_object =
    R"({"error":{"message":"The server experienced an error while processing your request. )"
    R"(Sorry about that!","type":"server_error","param":null,"code":null}})";

} // namespace

TEST_CASE("fault stream_error: as the first event") {
  running sim;
  sim.fault(R"({"kind":"stream_error"})");
  auto answer = sim.post_chat(key_a, streamed);
  CHECK(answer.status == 200);
  CHECK(answer.complete);
  CHECK(answer.body == "data: " + error_object + "\n\ndata: [DONE]\n\n");
}

TEST_CASE("fault stream_error: after some events, with an object of its own") {
  running sim;
  sim.fault(R"({"kind":"stream_error","after":2,"body":{"error":{"code":"rate_limit_exceeded"}}})");
  auto answer = sim.post_chat(key_a, streamed);
  CHECK(answer.body.find(R"("content":"Hello")") != std::string::npos);
  CHECK(answer.body.find(R"("content":" from")") == std::string::npos);
  CHECK(answer.body.ends_with(
      "\n\ndata: {\"error\":{\"code\":\"rate_limit_exceeded\"}}\n\ndata: [DONE]\n\n"));
}

TEST_CASE("fault stream_error: in a stream of the Responses API, and without a stream") {
  running sim;
  sim.fault(R"({"kind":"stream_error","after":1})");
  auto answer =
      sim.call("POST", "/v1/responses", key_a, R"({"model":"m","input":"x","stream":true})");
  auto event =
      answer.body.find("event: error\ndata: {\"type\":\"error\",\"code\":\"server_error\"");
  REQUIRE(event != std::string::npos);
  CHECK(answer.body.substr(event).ends_with(",\"sequence_number\":1}\n\n"));
  CHECK(answer.body.find("response.completed") == std::string::npos);
  sim.fault(R"({"kind":"stream_error"})");
  CHECK(sim.post_chat(key_a, chat()).status == 500);
}

TEST_CASE("fault cut_stream: a body that ends well but has no [DONE]") {
  running sim;
  sim.fault(R"({"kind":"cut_stream","after":3})");
  client via{sim.server.port()};
  auto answer = via.call("POST", "/v1/chat/completions", key_a, streamed);
  CHECK(answer.complete);
  CHECK(answer.body.find(R"("content":" from")") != std::string::npos);
  CHECK(answer.body.find(R"("content":" sim-key-a,")") == std::string::npos);
  CHECK(answer.body.find("[DONE]") == std::string::npos);
  CHECK(via.call("POST", "/v1/chat/completions", key_a, chat()).status == 200);
}

TEST_CASE("fault close_in_body: the connection ends inside an event") {
  running sim;
  sim.fault(R"({"kind":"close_in_body","after":2})");
  client via{sim.server.port()};
  auto answer = via.call("POST", "/v1/chat/completions", key_a, streamed);
  CHECK(answer.status == 200);
  CHECK_FALSE(answer.complete);
  CHECK(answer.body.find(R"("content":"Hello"},"logprobs":null,"finish_reason":null}]})")
        != std::string::npos);
  CHECK_FALSE(answer.body.ends_with("\n\n"));
  CHECK(via.next_event() == "closed");
}
