#include "observe/api_json.hpp"
#include "tests/catch.hpp"
#include "tests/observe/sample.hpp"

using namespace keywheel;
using namespace keywheel::observe;
using namespace keywheel::observe::testing;

namespace {

const std::string team_json = R"({"id":"openai/team-a","provider":"openai","name":"team-a",
  "masked":"sk-…a1b2","quota_group":"org-1","enabled":true,"state":"cooling","in_flight":1,"requests":20,"errors":2,
  "input_tokens":300,"output_tokens":400,"cooldowns":[
   {"scope":"key_model","model":"gpt-4o","reason":"rate_limit","source":"retry-after",
    "until":"2024-05-01T12:00:41.200Z","remaining_ms":41200,"probing":false},
   {"scope":"key","reason":"rate_limit","source":"default",
    "until":"2024-05-01T13:00:00.000Z","remaining_ms":3600000,"probing":false}],
  "usage":[{"model":"gpt-4o","client":"ci","input_tokens":300,"cached_tokens":30,"output_tokens":400,
   "reasoning_tokens":40,"requests":20}],
  "settings":{"weight":3}})";

const std::string default_json = R"({"id":"openai/default","provider":"openai","name":"default",
  "masked":"sk-…c3d4","quota_group":"","enabled":true,"state":"available","in_flight":0,"requests":0,"errors":0,
  "input_tokens":0,"output_tokens":0,"cooldowns":[],"usage":[],"settings":{}})";

const std::string model_text = R"({"name":"gpt-4o","provider":"openai","strategy":"round_robin",
  "load_balancing":true,"waiting":4,"pattern":false,"keys":[
   {"id":"openai/default","state":"available"},{"id":"openai/team-a","state":"cooling"}],
  "cooldowns":[{"scope":"provider_model","model":"gpt-4o","reason":"overload","source":"default",
   "until":"2024-05-01T12:00:00.000Z","remaining_ms":0,"probing":true}],"settings":{}})";

/// The object's text with `member` as its first member.
std::string with_first(const std::string& member, const std::string& object) {
  return "{" + member + "," + object.substr(1);
}

} // namespace

TEST_CASE("keys are told as DESIGN 5.4 says") {
  const auto now = sample_status();
  CHECK(canonical(keys_json(now.keys))
        == canonical(R"({"keys":[)" + default_json + "," + team_json + "]}"));
  CHECK(canonical(key_json(now.keys[1])) == canonical(team_json));
  CHECK(canonical(key_json(now.keys[1], 7))
        == canonical(with_first(R"("generation":7)", team_json)));
  CHECK(canonical(keys_json({})) == R"({"keys":[]})");
}

TEST_CASE("models are told as DESIGN 5.4 says") {
  const auto now = sample_status();
  CHECK(canonical(model_json(now.models[0])) == canonical(model_text));
  CHECK(canonical(model_json(now.models[0], 9))
        == canonical(with_first(R"("generation":9)", model_text)));
  CHECK(canonical(models_json({now.models[0], now.models[1]}))
        == canonical(R"({"models":[)" + model_text + R"(,{"name":"text-*","provider":"openai",
             "strategy":"round_robin","load_balancing":false,"waiting":0,"pattern":true,"keys":[],
             "cooldowns":[],"settings":{}}]})"));
}

TEST_CASE("a snapshot is the three lists, each as its own answer has it") {
  auto now = sample_status();
  now.snapshot = nullptr;
  now.keys.resize(1);
  now.models.resize(1);
  CHECK(canonical(snapshot_json(now))
        == canonical(R"({"config":)" + config_status_json(now) + R"(,"keys":[)" + default_json
                     + R"(],"models":[)" + model_text + "]}"));
}

TEST_CASE("the largest counters keep all their digits") {
  auto key = sample_status().keys[0];
  key.requests = 18446744073709551615U;
  CHECK(key_json(key).find(R"("requests":18446744073709551615)") != std::string::npos);
}

TEST_CASE("the configuration's status names the last error or null") {
  auto now = sample_status();
  now.snapshot = nullptr;
  CHECK(canonical(config_status_json(now))
        == canonical(R"({"generation":3,"path":"/etc/keywheel.toml",
             "loaded_at":"2024-05-01T12:00:00.250Z","last_error":null,"needs_restart":[],"config":null})"));
  now.config.last_error = config::problem{"/etc/keywheel.toml", 12, 1, "unknown field \"x\""};
  now.config.needs_restart = {"server.listen"};
  CHECK(canonical(config_status_json(now))
        == canonical(R"({"generation":3,"path":"/etc/keywheel.toml",
             "loaded_at":"2024-05-01T12:00:00.250Z",
             "last_error":{"line":12,"column":1,"message":"unknown field \"x\""},
             "needs_restart":["server.listen"],"config":null})"));
}

TEST_CASE("a reload tells the generation and what waits for a restart") {
  CHECK(reload_json(4, {}) == R"({"generation":4,"needs_restart":[]})");
  CHECK(reload_json(5, {"server.listen", "admin.listen"})
        == R"({"generation":5,"needs_restart":["server.listen","admin.listen"]})");
  CHECK(generation_json(6) == R"({"generation":6})");
}

TEST_CASE("text that is no UTF-8, or would end a string, still makes JSON") {
  auto key = sample_status().keys[0];
  key.name = "a\"\\\n\x01\xff";
  const auto json = canonical(key_json(key));
  CHECK(json.find("not JSON") == std::string::npos);
  CHECK(json.find("\xEF\xBF\xBD") != std::string::npos);
}
