#include "tests/catch.hpp"
#include "tests/simulator/client.hpp"

#include <thread>

using namespace keywheel::simulator;
using namespace simulator_test;
using namespace std::chrono_literals;

TEST_CASE("pipelined requests are answered in order") {
  running sim;
  client via{sim.server.port()};
  std::string all;
  for (int i = 0; i < 20; ++i)
    all += request("POST", "/v1/chat/completions", key_a, chat(std::to_string(i)));
  via.send(all);
  for (int i = 0; i < 20; ++i)
    CHECK(via.receive().body.find(": " + std::to_string(i) + "\"") != std::string::npos);
}

TEST_CASE("pipelined requests wait for an answer with latency") {
  options what;
  what.latency = 1ms;
  what.jitter = 1ms;
  running sim{what};
  client via{sim.server.port()};
  via.send(request("POST", "/v1/chat/completions", key_a, chat("one", R"(,"stream":true)"))
           + request("POST", "/v1/chat/completions", key_a, chat("two")));
  CHECK(via.receive().body.ends_with("data: [DONE]\n\n"));
  CHECK(via.receive().body.find("request 2: two") != std::string::npos);
}

TEST_CASE("a request that comes byte by byte is understood") {
  running sim;
  client via{sim.server.port()};
  for (char c : request("POST", "/v1/chat/completions", key_a, chat("slow")))
    via.send({&c, 1});
  CHECK(via.receive().body.find("request 1: slow") != std::string::npos);
}

TEST_CASE("a chunked request body is accepted") {
  running sim;
  client via{sim.server.port()};
  auto body = chat("chunks");
  std::string all = "POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
                    "sk-sim-key-a\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (char c : body)
    all += std::string{"1\r\n"} + c + "\r\n";
  via.send(all + "0\r\n\r\n");
  CHECK(via.receive().body.find("request 1: chunks") != std::string::npos);
  auto recorded = sim.call("GET", "/_sim/requests", {}).json();
  CHECK(text(recorded["requests"][0]["body"]) == body.c_str());
}

TEST_CASE("Expect: 100-continue is answered before the body") {
  running sim;
  client via{sim.server.port()};
  auto text = request("POST", "/v1/chat/completions", key_a, chat(), "Expect: 100-continue\r\n");
  auto end = text.find("\r\n\r\n") + 4;
  via.send(text.substr(0, end));
  CHECK(via.receive_bytes(25) == "HTTP/1.1 100 Continue\r\n\r\n");
  via.send(text.substr(end));
  CHECK(via.receive().status == 200);
}

TEST_CASE("a large body arrives whole") {
  running sim;
  std::string text(20 << 20, 'x');
  auto answer = sim.post_chat(key_a, chat(text));
  REQUIRE(answer.status == 200);
  CHECK(answer.json()["usage"]["prompt_tokens"].GetInt() == (20 << 20) / 4);
}

TEST_CASE("a body over the limit is refused, and the answer arrives") {
  options what;
  what.max_body = 1000;
  running sim{what};
  client via{sim.server.port()};
  via.send(request("POST", "/v1/chat/completions", key_a, chat(std::string(5000, 'x'))));
  auto answer = via.receive();
  CHECK(answer.status == 413);
  CHECK(answer.header("connection") == "close");
  CHECK(via.next_event() == "closed");
}

TEST_CASE("what is no HTTP is refused and the connection closed") {
  running sim;
  client via{sim.server.port()};
  via.send("hello\r\n\r\n");
  CHECK(via.receive().status == 400);
  CHECK(via.next_event() == "closed");
}

TEST_CASE("Connection: close is respected") {
  running sim;
  client via{sim.server.port()};
  via.send(request("POST", "/v1/chat/completions", key_a, chat(), "Connection: close\r\n"));
  auto answer = via.receive();
  CHECK(answer.complete);
  CHECK(answer.header("connection") == "close");
  CHECK(via.next_event() == "closed");
}

TEST_CASE("a client of HTTP/1.0 gets its stream without chunks") {
  running sim;
  client via{sim.server.port()};
  auto body = chat("hi", R"(,"stream":true)");
  via.send("POST /v1/chat/completions HTTP/1.0\r\nAuthorization: Bearer sk-sim-key-a\r\n"
           "Content-Length: "
           + std::to_string(body.size()) + "\r\n\r\n" + body);
  auto all = via.receive_all();
  CHECK(all.find("transfer-encoding") == std::string::npos);
  CHECK(all.ends_with("\n\ndata: [DONE]\n\n"));
}

TEST_CASE("a client that half-closes after its request is answered") {
  running sim;
  client via{sim.server.port()};
  via.send(request("POST", "/v1/chat/completions", key_a, chat()));
  via.finish_sending();
  CHECK(via.receive_all().starts_with("HTTP/1.1 200 OK\r\n"));
}

TEST_CASE("a client that leaves inside its request is counted") {
  running sim;
  {
    client via{sim.server.port()};
    auto text = request("POST", "/v1/chat/completions", key_a, chat());
    via.send(text.substr(0, text.size() - 5));
    sim.wait_for_stat("sim-key-a", "requests", 1);
  }
  sim.wait_for_stat("sim-key-a", "aborted", 1);
}

TEST_CASE("stop ends a server with work under way, and one that has not begun") {
  options what;
  what.keys = default_keys(1);
  what.latency = 1h;
  server waiting{what};
  std::thread thread{[&] { waiting.run(); }};
  client via{waiting.port()};
  via.send(request("POST", "/v1/chat/completions", key_a, chat()));
  client idle{waiting.port()};
  CHECK(idle.call("GET", "/_sim/stats", {}).status == 200);
  waiting.stop();
  thread.join();
  CHECK(via.next_event() != "data");
  CHECK(idle.next_event() == "closed");
  server early{what};
  early.stop();
  early.run(); // returns
  server never_started{what};
}

TEST_CASE("the base URL is what clients need") {
  running sim;
  CHECK(sim.server.base_url() == "http://127.0.0.1:" + std::to_string(sim.server.port()) + "/v1");
}
