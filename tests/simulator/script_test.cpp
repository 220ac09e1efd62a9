#include "tests/catch.hpp"
#include "tests/simulator/client.hpp"

using namespace keywheel::simulator;
using namespace simulator_test;
using namespace std::chrono_literals;

namespace {

std::string mistake(std::string_view toml) {
  auto result = parse_options(toml, "sim.toml");
  auto error = std::get_if<load_error>(&result);
  return error == nullptr ? "(none)" : error->message;
}

} // namespace

TEST_CASE("a script file sets everything") {
  auto result = parse_options(R"(
listen = "[::1]:4200"
latency = "20ms"
jitter = "5ms"
event_interval = "1.5s"
tokens = 12
seed = 7
record = 10
record_body = 11
max_body = 12
accept_any_key = true
accept_any_model = false
models = ["m1", "m2"]

[[keys]]
name = "one"
tpm = 500

[[keys]]
name = "two"
secret = "s"
organization = "o"

[defaults]
rpm = 60
max_concurrent = 4

[[faults]]
key = "one"
fault = { status = 429, headers = { retry-after = "2" }, body = { error = { code = "x" } }, times = 3 }

[[faults]]
fault = { kind = "close_in_body", after = 5, skip = 1, delay = "1s", interval = "2s", bytes = 3 }
)",
                              "sim.toml");
  REQUIRE(std::holds_alternative<options>(result));
  auto& what = std::get<options>(result);
  CHECK(what.host == "::1");
  CHECK(what.port == 4200);
  CHECK(what.latency == 20ms);
  CHECK(what.jitter == 5ms);
  CHECK(what.event_interval == 1500ms);
  CHECK(what.tokens == 12);
  CHECK(what.seed == 7);
  CHECK(what.record == 10);
  CHECK(what.record_body == 11);
  CHECK(what.max_body == 12);
  CHECK(what.accept_any_key);
  CHECK_FALSE(what.accept_any_model);
  CHECK(what.models == std::vector<std::string>{"m1", "m2"});
  REQUIRE(what.keys.size() == 2);
  REQUIRE(what.keys[0].limits);
  CHECK(what.keys[0].limits->rpm == 60); // the defaults hold for what a key does not say
  CHECK(what.keys[0].limits->tpm == 500);
  CHECK_FALSE(what.keys[1].limits);
  CHECK(what.keys[1].secret == "s");
  CHECK(what.keys[1].organization == "o");
  CHECK(what.default_limits.max_concurrent == 4);
  REQUIRE(what.faults.size() == 2);
  CHECK(what.faults[0].key == "one");
  CHECK(what.faults[0].what.status == 429);
  CHECK(what.faults[0].what.headers[0].second == "2");
  CHECK(what.faults[0].what.body == R"({"error":{"code":"x"}})");
  CHECK(what.faults[0].what.times == 3);
  CHECK(what.faults[1].key == "*");
  CHECK(what.faults[1].what.kind == fault_kind::close_in_body);
  CHECK(what.faults[1].what.after == 5u);
  CHECK(what.faults[1].what.skip == 1);
  CHECK(what.faults[1].what.delay == 1s);
}

TEST_CASE("mistakes in a script file are named") {
  CHECK(mistake("") == "(none)");
  CHECK(mistake("a = \n").starts_with("sim.toml:1:"));
  CHECK(mistake("colour = 1") == "sim.toml: colour: unknown field");
  CHECK(mistake("latency = 5") == "sim.toml: latency: must be a string");
  CHECK(mistake("latency = \"5\"")
        == "sim.toml: latency: must be a duration such as \"250ms\" or \"1.5s\"");
  CHECK(mistake("listen = \"nowhere\"") == "sim.toml: listen: must be host:port");
  CHECK(mistake("[[keys]]\nname = \"a\"\nrpm = 1.5")
        == "sim.toml: keys[0].rpm: must be a whole number from 0 to 100000000");
  CHECK(mistake("[[keys]]\nname = \"a\"\n[[keys]]\nname = \"a\"")
        == "sim.toml: keys: two are named a");
  CHECK(mistake("[[faults]]\nkey = \"a\"\nfault = { kind = \"close\" }")
        == "sim.toml: faults: there is no key a");
  auto missing = load_options("no-such-file.toml");
  REQUIRE(std::holds_alternative<load_error>(missing));
  CHECK(std::get<load_error>(missing).message == "no-such-file.toml: cannot be read");
}

TEST_CASE("addresses are host and port") {
  options what;
  CHECK(set_listen(what, "0.0.0.0:80"));
  CHECK(what.host == "0.0.0.0");
  CHECK(what.port == 80);
  for (auto bad : {"", ":80", "host", "host:", "host:x", "host:65536", "::1:80", "host:80 "})
    CHECK_FALSE(set_listen(what, bad));
  CHECK(what.port == 80);
}

TEST_CASE("default keys have names and secrets") {
  auto keys = default_keys(28);
  CHECK(keys[0].name == "sim-key-a");
  CHECK(keys[0].secret == "sk-sim-key-a");
  CHECK(keys[25].name == "sim-key-z");
  CHECK(keys[26].name == "sim-key-aa");
  CHECK(keys[27].name == "sim-key-ab");
}

TEST_CASE("options that contradict each other cannot be served") {
  options same_secret;
  same_secret.keys = {{"a", "s", {}, {}}, {"b", "s", {}, {}}};
  CHECK_THROWS_AS(server{same_secret}, std::invalid_argument);
  options negative;
  negative.default_limits.rpm = -1;
  CHECK_THROWS_AS(server{negative}, std::invalid_argument);
  options huge;
  huge.keys = {{"a", {}, {}, key_limits{0, max_limit + 1, 0}}};
  CHECK_THROWS_AS(server{huge}, std::invalid_argument);
}

TEST_CASE("a port in use is named") {
  running sim;
  options what;
  what.port = sim.server.port();
  CHECK_THROWS_WITH(server{what}, Catch::Matchers::StartsWith("cannot listen on 127.0.0.1:"
                                                              + std::to_string(what.port)));
}
