#include "tests/catch.hpp"
#include "tests/simulator/client.hpp"

#include <chrono>

using namespace keywheel::simulator;
using namespace simulator_test;
using namespace std::chrono_literals;

namespace {

void send_chat(client& via) {
  via.send(request("POST", "/v1/chat/completions", key_a, chat()));
}

} // namespace

TEST_CASE("fault status: answers with its status, headers and body, so many times") {
  running sim;
  sim.fault(R"({"status":429,"headers":{"retry-after":"2","X-Should-Retry":"false"},)"
            R"("body":"slow down","times":2})");
  client via{sim.server.port()};
  for (int i = 0; i < 2; ++i) {
    auto answer = via.call("POST", "/v1/chat/completions", key_a, chat());
    CHECK(answer.status == 429);
    CHECK(answer.header("retry-after") == "2");
    CHECK(answer.header("x-should-retry") == "false");
    CHECK(answer.header("content-type") == "application/json");
    CHECK(answer.body == "slow down");
  }
  CHECK(via.call("POST", "/v1/chat/completions", key_a, chat()).status == 200);
  CHECK(sim.stat("sim-key-a", "faulted") == 2);
  CHECK(sim.stat("sim-key-a", "limited") == 0);
}

TEST_CASE("fault status: a body may be JSON, a type another, and there are default bodies") {
  running sim;
  sim.fault(R"({"status":503,"body":{"error":{"code":"x"}}})");
  CHECK(sim.post_chat(key_a, chat()).body == R"({"error":{"code":"x"}})");
  sim.fault(R"({"status":502,"body":"<html>","headers":{"Content-Type":"text/html"}})");
  auto html = sim.post_chat(key_a, chat());
  CHECK(html.header("content-type") == "text/html");
  CHECK(html.head.starts_with("HTTP/1.1 502 Bad Gateway\r\n"));
  for (auto status : {400, 401, 403, 429, 500, 503, 529}) {
    sim.fault(R"({"status":)" + std::to_string(status) + "}");
    auto answer = sim.post_chat(key_a, chat());
    CHECK(answer.status == status);
    CHECK(answer.json()["error"]["message"].IsString());
  }
  sim.fault(R"({"status":204})");
  client via{sim.server.port()};
  CHECK(via.call("POST", "/v1/chat/completions", key_a, chat()).status == 204);
  CHECK(via.call("POST", "/v1/chat/completions", key_a, chat()).status == 200);
}

TEST_CASE("fault status: early answers before the body has come") {
  running sim;
  sim.fault(R"({"status":413,"early":true})");
  client via{sim.server.port()};
  auto text = request("POST", "/v1/chat/completions", key_a, chat());
  auto end = text.find("\r\n\r\n") + 4;
  via.send(text.substr(0, end));
  CHECK(via.receive().status == 413);
  via.send(text.substr(end)); // is thrown away, and the connection is good for more
  CHECK(via.call("POST", "/v1/chat/completions", key_a, chat()).status == 200);
}

TEST_CASE("fault latency: the usual answer, later") {
  running sim;
  sim.fault(R"({"kind":"latency","delay":"50ms"})");
  auto begin = std::chrono::steady_clock::now();
  auto answer = sim.post_chat(key_a, chat());
  CHECK(answer.status == 200);
  CHECK(std::chrono::steady_clock::now() - begin >= 50ms);
  CHECK(std::stoi(answer.header("openai-processing-ms")) >= 50);
}

TEST_CASE("fault close, reset and garbage: no HTTP at all") {
  running sim;
  client closed{sim.server.port()}, reset{sim.server.port()}, garbage{sim.server.port()};
  sim.fault(R"({"kind":"close"})");
  send_chat(closed);
  CHECK(closed.next_event() == "closed");
  sim.fault(R"({"kind":"reset","delay":"1ms"})");
  send_chat(reset);
  CHECK(reset.next_event() == "reset");
  sim.fault(R"({"kind":"garbage","body":"SSH-2.0-x\r\n"})");
  send_chat(garbage);
  CHECK(garbage.receive_all() == "SSH-2.0-x\r\n");
  sim.fault(R"({"kind":"garbage"})");
  client again{sim.server.port()};
  send_chat(again);
  CHECK_FALSE(again.receive_all().starts_with("HTTP"));
  CHECK(sim.stat("sim-key-a", "in_flight") == 0);
  CHECK(sim.stat("sim-key-a", "aborted") == 0);
  CHECK(sim.stat("sim-key-a", "ok") == 0);
}

TEST_CASE("fault close_in_body: the answer is cut and the connection closed") {
  running sim;
  client half{sim.server.port()}, ten{sim.server.port()};
  sim.fault(R"({"kind":"close_in_body"})");
  send_chat(half);
  auto answer = half.receive();
  CHECK(answer.status == 200);
  CHECK_FALSE(answer.complete);
  CHECK(answer.body.size() == std::stoul(answer.header("content-length")) / 2);
  sim.fault(R"({"kind":"close_in_body","after":10})");
  send_chat(ten);
  CHECK(ten.receive().body.size() == 10);
  CHECK(ten.next_event() == "closed");
}

TEST_CASE("fault never_answer: holds the request until the client leaves") {
  running sim;
  sim.fault(R"({"kind":"never_answer"})");
  {
    client via{sim.server.port()};
    send_chat(via);
    sim.wait_for_stat("sim-key-a", "in_flight", 1);
  }
  sim.wait_for_stat("sim-key-a", "in_flight", 0);
  CHECK(sim.stat("sim-key-a", "aborted") == 1);
}

TEST_CASE("fault never_answer: a client that has already left is not kept") {
  running sim;
  sim.fault(R"({"kind":"never_answer"})");
  {
    client via{sim.server.port()};
    send_chat(via);
    via.finish_sending();
  }
  sim.wait_for_stat("sim-key-a", "aborted", 1);
}

TEST_CASE("fault slow: the answer trickles, and is whole") {
  running sim;
  sim.fault(R"({"kind":"slow","bytes":200,"interval":"5ms"})");
  auto begin = std::chrono::steady_clock::now();
  auto answer = sim.post_chat(key_a, chat());
  auto pieces = (answer.head.size() + answer.body.size() + 199) / 200;
  CHECK(answer.complete);
  CHECK(text(answer.json()["object"]) == "chat.completion");
  CHECK(std::chrono::steady_clock::now() - begin >= (pieces - 1) * 5ms);
  sim.fault(R"({"kind":"slow","bytes":500,"interval":"1ms"})");
  auto stream = sim.post_chat(key_a, chat("hi", R"(,"stream":true)"));
  CHECK(stream.complete);
  CHECK(stream.body.ends_with("data: [DONE]\n\n"));
}

TEST_CASE("fault stop_reading: the body is not taken") {
  running sim;
  sim.fault(R"({"kind":"stop_reading"})");
  {
    client via{sim.server.port()};
    auto text = request("POST", "/v1/chat/completions", key_a, chat(std::string(64 << 20, 'x')));
    CHECK(via.send_until_blocked(text) < text.size());
    via.reset_on_close();
    CHECK(sim.stat("sim-key-a", "in_flight") == 1);
  }
  sim.wait_for_stat("sim-key-a", "aborted", 1);
  CHECK(sim.stat("sim-key-a", "in_flight") == 0);
}

TEST_CASE("fault revoke: the key is refused until the fault is deleted") {
  running sim;
  sim.fault(R"({"kind":"revoke"})");
  for (int i = 0; i < 3; ++i) {
    auto answer = sim.post_chat(key_a, chat());
    CHECK(answer.status == 401);
    CHECK(text(answer.json()["error"]["code"]) == "invalid_api_key");
    CHECK(answer.body.find(key_a) == std::string::npos);
  }
  CHECK(sim.stat("sim-key-a", "unauthorized") == 3);
  CHECK(sim.post_chat(key_b, chat()).status == 200);
  CHECK(sim.call("DELETE", "/_sim/faults", {}).status == 200);
  CHECK(sim.post_chat(key_a, chat()).status == 200);
}

TEST_CASE("faults queue up, may wait for their turn and be for every key") {
  running sim;
  sim.fault(R"({"status":500,"skip":1})");
  sim.fault(R"({"status":503})");
  sim.call("POST", "/_sim/faults", {}, R"([{"fault":{"status":529,"times":-1}}])");
  auto status = [&](std::string_view key) { return sim.post_chat(key, chat()).status; };
  CHECK(status(key_b) == 529);
  CHECK(status(key_a) == 529); // passed over by its own fault, hit by the common one
  CHECK(status(key_a) == 500);
  CHECK(status(key_a) == 503);
  CHECK(status(key_a) == 529);
  CHECK(sim.call("DELETE", "/_sim/faults?key=*", {}).status == 200);
  CHECK(status(key_a) == 200);
  CHECK(status(key_b) == 200);
}
