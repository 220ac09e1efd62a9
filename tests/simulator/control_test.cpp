#include "tests/catch.hpp"
#include "tests/simulator/client.hpp"

using namespace keywheel::simulator;
using namespace simulator_test;

TEST_CASE("requests are shown as they arrived") {
  running sim;
  client via{sim.server.port()};
  via.send(request("POST", "/v1/chat/completions?x=1", key_a, chat("h\xC3\xA9 \xFF"),
                   "X-Thing:  one \r\nx-thing: two\r\n"));
  via.receive();
  sim.call("GET", "/v1/models", "sk-wrong");
  auto all = sim.call("GET", "/_sim/requests", {}).json();
  REQUIRE(all["requests"].Size() == 2);
  auto& first = all["requests"][0];
  CHECK(first["number"].GetInt() == 1);
  CHECK(text(first["key"]) == "sim-key-a");
  CHECK(text(first["method"]) == "POST");
  CHECK(text(first["target"]) == "/v1/chat/completions?x=1");
  CHECK(first["status"].GetInt() == 200);
  CHECK(first["headers"].Size() == 5);
  CHECK(text(first["headers"][1][0]) == "Authorization");
  CHECK(text(first["headers"][1][1]) == "Bearer sk-sim-key-a");
  CHECK(text(first["headers"][2][1]) == "one");
  CHECK(text(first["headers"][3][0]) == "x-thing");
  CHECK(text(first["body"]) == chat("h\xC3\xA9 \xEF\xBF\xBD").c_str());
  CHECK(first["body_bytes"].GetUint64() == chat("h\xC3\xA9 \xFF").size());
  CHECK(all["requests"][1]["status"].GetInt() == 401);
  CHECK(text(all["requests"][1]["key"]) == "");
  auto last = sim.call("GET", "/_sim/requests?last=1", {}).json();
  REQUIRE(last["requests"].Size() == 1);
  CHECK(text(last["requests"][0]["method"]) == "GET");
  CHECK(sim.call("GET", "/_sim/requests?key=sim-key-a", {}).json()["requests"].Size() == 1);
  CHECK(sim.call("DELETE", "/_sim/requests", {}).status == 200);
  CHECK(sim.call("GET", "/_sim/requests", {}).json()["requests"].Empty());
}

TEST_CASE("only the last requests and the beginnings of their bodies are kept") {
  options what;
  what.record = 3;
  what.record_body = 10;
  running sim{what};
  for (int i = 0; i < 5; ++i)
    sim.post_chat(key_a, chat());
  auto all = sim.call("GET", "/_sim/requests", {}).json();
  REQUIRE(all["requests"].Size() == 3);
  CHECK(all["requests"][0]["number"].GetInt() == 3);
  CHECK(all["requests"][2]["number"].GetInt() == 5);
  CHECK(text(all["requests"][0]["body"]) == chat().substr(0, 10).c_str());
  CHECK(all["requests"][0]["body_bytes"].GetUint64() == chat().size());
}

TEST_CASE("statistics count and can be set back") {
  running sim;
  client via{sim.server.port()};
  for (int i = 0; i < 3; ++i)
    via.call("POST", "/v1/chat/completions", key_a, chat());
  via.call("POST", "/v1/chat/completions", key_a, "{bad");
  CHECK(sim.stat("sim-key-a", "requests") == 4);
  CHECK(sim.stat("sim-key-a", "admitted") == 3);
  CHECK(sim.stat("sim-key-a", "ok") == 3);
  CHECK(sim.stat("sim-key-a", "max_in_flight") == 1);
  CHECK(sim.stat("sim-key-b", "requests") == 0);
  auto stats = sim.call("GET", "/_sim/stats", {}).json();
  CHECK(stats["connections"]["open"].GetInt() >= 2);
  CHECK(stats["bytes_received"].GetUint64() > 4 * chat().size());
  CHECK(sim.call("DELETE", "/_sim/stats", {}).status == 200);
  CHECK(sim.stat("sim-key-a", "ok") == 0);
}

TEST_CASE("keys are added and their limits changed while the server runs") {
  running sim;
  auto put = [&](std::string_view body) { return sim.call("POST", "/_sim/keys", {}, body).status; };
  CHECK(sim.post_chat("sk-new", chat()).status == 401);
  CHECK(put(R"({"name":"new","rpm":1})") == 200);
  CHECK(sim.post_chat("sk-new", chat()).status == 200);
  CHECK(sim.post_chat("sk-new", chat()).status == 429);
  CHECK(put(R"({"name":"new","tpm":500})") == 200); // the buckets are full again
  auto answer = sim.post_chat("sk-new", chat());
  CHECK(answer.status == 200);
  CHECK(answer.header("x-ratelimit-limit-requests") == "1");
  CHECK(answer.header("x-ratelimit-limit-tokens") == "500");
  CHECK(put(R"({"name":"new","rpm":0})") == 200);
  CHECK(sim.post_chat("sk-new", chat()).header("x-ratelimit-limit-requests") == "(none)");
  CHECK(put(R"({"name":"thief","secret":"sk-sim-key-a"})") == 400);
}

TEST_CASE("faults can be listed") {
  running sim;
  sim.fault(R"({"kind":"slow","skip":2,"times":5})");
  auto all = sim.call("GET", "/_sim/faults", {}).json();
  REQUIRE(all["faults"].Size() == 1);
  CHECK(text(all["faults"][0]["key"]) == "sim-key-a");
  CHECK(text(all["faults"][0]["kind"]) == "slow");
  CHECK(all["faults"][0]["skip"].GetInt() == 2);
  CHECK(all["faults"][0]["times"].GetInt() == 5);
}

TEST_CASE("what the control API does not understand it refuses, naming the field") {
  running sim;
  auto refused = [&](std::string_view target, std::string_view body, std::string_view text) {
    auto answer = sim.call("POST", target, {}, body);
    CAPTURE(body, answer.body);
    CHECK(answer.status == 400);
    CHECK(answer.body.find(text) != std::string::npos);
  };
  refused("/_sim/faults", "nonsense", "not JSON");
  refused("/_sim/faults", R"({"key":"sim-key-a"})", "needs a fault");
  refused("/_sim/faults", R"({"fault":{}})", "fault: needs a kind or a status");
  refused("/_sim/faults", R"({"fault":{"kind":"explode"}})", "fault.kind: unknown kind");
  refused("/_sim/faults", R"({"fault":{"status":42}})", "fault.status: must be");
  refused("/_sim/faults", R"({"fault":{"status":500,"extra":1}})", "fault.extra: unknown field");
  refused("/_sim/faults", R"({"fault":{"status":500,"headers":{"a":"b\r\nc"}}})",
          "fault.headers.a: must be one line");
  refused("/_sim/faults", R"({"key":"nobody","fault":{"status":500}})", "no key nobody");
  refused("/_sim/keys", R"({"rpm":1})", "needs a name");
  refused("/_sim/keys", R"({"name":"x","rpm":-1})", "rpm: must be");
  CHECK(sim.call("GET", "/_sim/nothing", {}).status == 404);
  CHECK(sim.call("GET", "/_sim/keys", {}).status == 405);
  CHECK(sim.call("DELETE", "/_sim/faults?key=nobody", {}).status == 400);
  CHECK(sim.post_chat(key_a, chat()).status == 200);
}
