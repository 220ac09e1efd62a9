#include "tests/catch.hpp"
#include "tests/simulator/client.hpp"
#include "tools/simulator/provider.hpp"

using namespace keywheel::simulator;
using namespace simulator_test;
using namespace std::chrono_literals;

namespace {

constexpr time_point start{1h};

const std::string outage = KEYWHEEL_OUTAGE_TOML;

options parsed(std::string_view toml) {
  auto result = parse_options(toml, "sim.toml");
  if (auto wrong = std::get_if<load_error>(&result))
    FAIL(wrong->message);
  return std::get<options>(std::move(result));
}

std::string mistake(std::string_view toml) {
  auto result = parse_options(toml, "f");
  auto wrong = std::get_if<load_error>(&result);
  return wrong == nullptr ? "(none)" : wrong->message;
}

/// The status that `key` gets from a provider for a chat completion at `now`.
int status_of(provider& from, const std::string& key, time_point now) {
  auto head_text = request("POST", "/v1/chat/completions", key, chat());
  request_head head;
  REQUIRE(parse_head(head_text.substr(0, head_text.find("\r\n\r\n") + 4), head) == 0);
  request_view view{head, head_text.data(), head.method_name.in(head_text.data()),
                    head.target.in(head_text.data())};
  auto x = from.begin(view, now);
  reply answer;
  from.answer(x, view, head_text.data() + head.size, head_text.size() - head.size, now, 0, answer);
  from.finish(x, provider::outcome::sent, answer.status);
  return answer.status;
}

} // namespace

TEST_CASE("the steps of an incident come in the order of their times, each once") {
  auto what = parsed("[[incident]]\nat = \"2s\"\ndo = \"close_connections\"\n"
                     "[[incident]]\nat = \"1s\"\ndo = \"overload\"\n");
  incident script{what.incident};
  CHECK_FALSE(script.due());
  CHECK(script.next(start + 1h) == nullptr);
  script.start(start);
  CHECK(script.due() == start + 1s);
  CHECK(script.next(start + 1s - 1ns) == nullptr);
  auto first = script.next(start + 1s);
  REQUIRE(first != nullptr);
  CHECK(first->what == action::kind::trouble);
  CHECK(script.next(start + 1s) == nullptr);
  REQUIRE(script.next(start + 5s) != nullptr);
  CHECK_FALSE(script.due());
  CHECK(script.done() == 2);
  script.start(start + 1min);
  CHECK(script.due() == start + 1min + 1s);
}

TEST_CASE("the example tells its outage to three keys, in virtual time") {
  options what;
  what.keys = default_keys(3);
  what.default_limits.rpm = 60;
  REQUIRE_FALSE(load_incident(what, outage));
  REQUIRE(what.incident.size() == 10);
  provider sim{what, start};
  auto at = [&](std::chrono::seconds offset) {
    bool closed = sim.advance(start + offset);
    auto status = [&](const char* key) {
      return std::to_string(status_of(sim, key, start + offset));
    };
    return status("sk-sim-key-a") + " " + status("sk-sim-key-b") + (closed ? " closed" : "");
  };
  CHECK(at(0s) == "200 200");
  CHECK(sim.settings().latency == 0ms);
  CHECK(at(2s) == "200 200");
  CHECK(sim.settings().latency == 800ms);
  CHECK(at(4s) == "200 200");
  CHECK(sim.find_key("sim-key-a")->limits().rpm == 6);
  CHECK(at(6s) == "503 503");
  CHECK(at(8s) == "503 503");
  CHECK(at(10s) == "503 503 closed");
  CHECK(at(11s) == "503 503");
  CHECK(at(12s) == "503 401");
  CHECK(at(20s) == "200 401");
  CHECK(at(24s) == "200 401");
  CHECK(sim.settings().latency == 0ms);
  CHECK(sim.find_key("sim-key-a")->limits().rpm == 60);
  CHECK(at(28s) == "200 200");
  CHECK(sim.script().done() == 10);
  CHECK(sim.find_key("sim-key-b")->counters.unauthorized == 3);
}

TEST_CASE("an incident that waits begins on demand and is over when its steps are done") {
  auto what = parsed("incident_waits = true\n[[keys]]\nname = \"sim-key-a\"\n"
                     "[[incident]]\nat = \"1ms\"\ndo = \"revoke\"\nkey = \"sim-key-a\"\n");
  running sim{what};
  auto state = sim.call("GET", "/_sim/incident", {}).body;
  CHECK(state == R"({"started":false,"done":0,"steps":1})");
  CHECK(sim.post_chat(key_a, chat()).status == 200);
  CHECK(sim.call("POST", "/_sim/incident/start", {}, "{}").status == 200);
  auto end = std::chrono::steady_clock::now() + 20s;
  do
    state = sim.call("GET", "/_sim/incident", {}).body;
  while (state != R"({"started":true,"done":1,"steps":1})"
         && std::chrono::steady_clock::now() < end);
  CHECK(sim.post_chat(key_a, chat()).status == 401);
}

TEST_CASE("actions change the provider at once") {
  running sim;
  auto act = [&](const std::string& json) {
    return sim.call("POST", "/_sim/actions", {}, json).status;
  };
  CHECK(act(R"({"do":"overload","model":"gpt-4o"})") == 200);
  CHECK(sim.post_chat(key_a, chat()).status == 503);
  CHECK(sim.call("POST", "/v1/chat/completions", key_a, R"({"model":"other","messages":[]})").status
        == 200);
  CHECK(act(R"({"do":"no_capacity"})") == 200);
  CHECK(sim.post_chat(key_a, chat()).body
        == R"({"error":{"message":"Service tier capacity exceeded for this model.",)"
           R"("type":"invalid_request_error","param":null,"code":"3505"}})");
  CHECK(act(R"({"do":"recover"})") == 200);
  CHECK(act(R"({"do":"limits","key":"sim-key-a","model":"gpt-4o","rpm":1})") == 200);
  CHECK(sim.post_chat(key_a, chat()).status == 200);
  CHECK(sim.post_chat(key_a, chat()).status == 429);
  CHECK(sim.post_chat(key_b, chat()).status == 200);
  CHECK(sim.stat("sim-key-a", "refused") == 3);
  CHECK(sim.stat("sim-key-a", "limited") == 1);
}

TEST_CASE("closing all connections ends idle ones, too") {
  running sim;
  client idle{sim.server.port()};
  CHECK(idle.call("POST", "/v1/chat/completions", key_a, chat()).status == 200);
  CHECK(sim.call("POST", "/_sim/actions", {}, R"({"do":"close_connections"})").status == 200);
  CHECK(idle.next_event() == "closed");
}

TEST_CASE("mistakes in incidents are named") {
  CHECK(mistake("[[incident]]\nat = \"1s\"") == "f: incident[0]: needs something to do");
  CHECK(mistake("[[incident]]\ndo = \"overload\"") == "f: incident[0]: needs a time (at)");
  CHECK(mistake("[[incident]]\nat = \"1s\"\ndo = \"explode\"")
        == "f: incident[0].do: unknown action");
  CHECK(mistake("[[incident]]\nat = \"1s\"\ndo = \"revoke\"")
        == "f: incident[0]: needs a key or an organization");
  CHECK(mistake("[[incident]]\nat = \"1s\"\ndo = \"revoke\"\nkey = \"x\"")
        == "f: incident: there is no key x");
  CHECK(mistake("[[incident]]\nat = \"1s\"\ndo = \"latency\"")
        == "f: incident[0]: needs a latency");
  CHECK(mistake("[[incident]]\nat = \"1s\"\ndo = \"overload\"\nlatency = \"1s\"")
        == "f: incident[0]: latency: means nothing here");
  CHECK(mistake("window = \"sliding\"") == "f: window: unknown kind of window");
  CHECK(mistake("minute = \"0s\"") == "f: minute: must be from 1ms to 400 days");
  options target;
  target.keys = default_keys(1);
  auto wrong = load_incident(target, outage); // it names more keys
  REQUIRE(wrong);
  CHECK(wrong->message == outage + ": incident: there is no key sim-key-b");
  CHECK(target.incident.empty());
}
