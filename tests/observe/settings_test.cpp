#include "observe/settings.hpp"
#include "tests/catch.hpp"
#include "tests/config/world.hpp"
#include "tests/observe/sample.hpp"

using namespace keywheel;
using namespace keywheel::observe;
using namespace keywheel::observe::testing;

namespace {

constexpr std::string_view head = R"([providers.p]
dialect = "openai"
base_url = "https://p.example/v1"
)";

/// The settings of the key "a" with these lines in its table.
std::string of_key(const std::string& more) {
  world around;
  around.variables["KEY_A"] = "sk-of-the-environment";
  around.files["/run/secrets/a"] = "sk-of-a-file";
  const auto read = good(std::string{head} + "[[providers.p.keys]]\nname = \"a\"\n" + more
                             + "\n[models.m]\nprovider = \"p\"\n",
                         around);
  return settings_json(read.providers.at("p").keys.at(0));
}

/// The settings of the model "m" with these lines in its table.
std::string of_model(const std::string& more) {
  const auto read = good(std::string{head} + "[[providers.p.keys]]\nname = \"a\"\napi_key = \"x\"\n"
                         + "[[providers.p.keys]]\nname = \"b\"\napi_key = \"y\"\n"
                         + "[models.m]\nprovider = \"p\"\n" + more);
  return settings_json(read.models.at(0));
}

} // namespace

TEST_CASE("a key's credential is the reference that the file has, or masked") {
  CHECK(of_key("api_key = \"env:KEY_A\"") == R"({"api_key":"env:KEY_A"})");
  CHECK(of_key("api_key = \"file:/run/secrets/a\"") == R"({"api_key":"file:/run/secrets/a"})");
  CHECK(of_key("api_key = \"sk-literal-0123456789-wxyz\"") == R"({"api_key":"sk-…wxyz"})");
}

TEST_CASE("a key's settings are what its table says, no more and no less") {
  CHECK(of_key(R"(api_key = "env:KEY_A"
enabled = true
weight = 1
quota_group = "g"
models = ["m"]
base_url = "https://eu.example/v1"
upstream_model = "m-eu"
max_in_flight = 0
rpm = 60
tpm = 1000
rpd = 5
tpd = 6)")
        == R"({"api_key":"env:KEY_A","enabled":true,"weight":1,"quota_group":"g","models":["m"],)"
           R"("base_url":"https://eu.example/v1","upstream_model":"m-eu","max_in_flight":0,)"
           R"("rpm":60,"tpm":1000,"rpd":5,"tpd":6})");
  CHECK(of_key("api_key = \"env:KEY_A\"\nrpm = 0") == R"({"api_key":"env:KEY_A","rpm":0})");
}

TEST_CASE("a model's settings are what its table says, its own cooldown included") {
  CHECK(of_model("") == R"({"provider":"p"})");
  CHECK(of_model("load_balancing = false\nsticky = false\n")
        == R"({"provider":"p","load_balancing":false,"sticky":false})");
  CHECK(of_model(R"(upstream_model = "u"
load_balancing = true
strategy = "round_robin"
sticky = true
max_attempts = 3
replay_unanswered = false
[models.m.cooldown]
max = "2h"
rate_limit = "45s"
)")
        == R"({"provider":"p","upstream_model":"u","load_balancing":true,"strategy":"round_robin",)"
           R"("sticky":true,"max_attempts":3,"replay_unanswered":false,)"
           R"("cooldown":{"rate_limit":"45s","max":"2h"}})");
  CHECK(of_model("[models.m.cooldown]\nuse_hints = true\n")
        == R"({"provider":"p","cooldown":{"use_hints":true}})");
}

TEST_CASE("settings are found by name, and names under a pattern have none") {
  auto now = sample_status();
  auto config = sample_config();
  config->models[0].given.names = {"load_balancing", "provider"};
  config->models[1].given.names = {"provider"};
  config->providers.at("openai").keys[1].given.names = {"api_key", "name", "weight"};
  now.snapshot = config;
  now.keys.push_back(now.keys[1]);
  now.keys.back().id = "openai/gone";
  now.keys.back().settings.clear();
  add_settings(now);
  CHECK(now.keys[0].settings == R"({"api_key":"env:OPENAI_API_KEY"})");
  CHECK(now.keys[1].settings == R"({"api_key":"file:/run/secrets/team-a","weight":3})");
  CHECK(now.keys[2].settings.empty());
  CHECK(now.models[0].settings == R"({"provider":"openai","load_balancing":true})");
  CHECK(now.models[1].settings == R"({"provider":"openai"})");
  CHECK(now.models[2].settings.empty());
}

TEST_CASE("a field that only says what holds anyway makes no other configuration") {
  const auto with = good(std::string{head} + "api_key = \"x\"\n[models.m]\nprovider = \"p\"\n"
                         + "max_attempts = 3\n");
  const auto without = good(std::string{head} + "api_key = \"x\"\n[models.m]\nprovider = \"p\"\n");
  CHECK(with.models[0].given.has("max_attempts"));
  CHECK_FALSE(without.models[0].given.has("max_attempts"));
  CHECK(with.models[0] == without.models[0]);
}
