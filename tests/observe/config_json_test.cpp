#include "observe/config_json.hpp"
#include "observe/json_member.hpp"
#include "tests/catch.hpp"
#include "tests/observe/sample.hpp"

using namespace keywheel;
using namespace keywheel::observe;
using namespace keywheel::observe::testing;

namespace {

std::string render(const config::config& what) {
  rapidjson::StringBuffer buffer;
  dialect::json_writer out{buffer};
  put_config(out, what);
  return {buffer.GetString(), buffer.GetSize()};
}

} // namespace

TEST_CASE("the configuration is told like its file, secrets masked with their source") {
  CHECK(canonical(render(*sample_config())) == canonical(R"({
    "server":{"listen":"127.0.0.1:4100","request_timeout":"10m","max_body":"64MiB",
      "drain_timeout":"30s","state_dir":"/var/lib/keywheel","shards":1,
      "stream_keepalive":"0s"},
    "admin":{"listen":"127.0.0.1:4101","token":{"masked":"kwa…e5f6"}},
    "log":{"format":"text","level":"info","file":"","max_size":"16MiB","max_files":5,"prompts":false},
    "cooldown":{"rate_limit":"1m","use_hints":true,"max":"1h"},
    "waiting_line":{"max_wait":"30s","max_calls":1000},
    "providers":{"openai":{"dialect":"openai","base_url":"https://api.example/v1",
      "connect_timeout":"10s","first_byte_timeout":"5m","idle_timeout":"5m",
      "http2":true,"proxy":"","ca_file":"","client_cert":"","client_key":"",
      "cooldown":{"rate_limit":"1m","use_hints":true,"max":"1h"},
      "quota_groups":{},
      "keys":[
       {"name":"default","api_key":{"masked":"sk-…c3d4","source":"env:OPENAI_API_KEY"},
        "enabled":true,"weight":1,"quota_group":"","models":[],"base_url":"https://api.example/v1",
        "upstream_model":"","max_in_flight":0,"rpm":0,"tpm":0,"rpd":0,"tpd":0},
       {"name":"team-a","api_key":{"masked":"sk-…a1b2","source":"file:/run/secrets/team-a"},
        "enabled":true,"weight":3,"quota_group":"org-1","models":["gpt-4o","o*"],
        "base_url":"https://api.example/v1","upstream_model":"","max_in_flight":0,"rpm":0,"tpm":0,"rpd":0,"tpd":0}]}},
    "models":{
      "gpt-4o":{"provider":"openai","upstream_model":"","strategy":"round_robin","sticky":false,
        "max_attempts":3,"replay_unanswered":false,"load_balancing":true,"cooldown":{"rate_limit":"1m","use_hints":true,"max":"1h"}},
      "text-*":{"provider":"openai","upstream_model":"","strategy":"round_robin","sticky":false,
        "max_attempts":3,"replay_unanswered":false,"cooldown":{"rate_limit":"1m","use_hints":true,"max":"1h"}}},
    "clients":[{"name":"ci","token":{"masked":"kwc…g7h8"},"models":["gpt-4o"]}]})"));
}

TEST_CASE("no secret is in the configuration as it is told") {
  const auto json = render(*sample_config());
  for (const auto clear : {key_secret, default_secret, token_secret, client_secret}) {
    CAPTURE(clear);
    CHECK(json.find(clear) == std::string::npos);
    CHECK(json.find(clear.substr(0, 8)) == std::string::npos);
  }
}

TEST_CASE("a generated admin token and odd sizes are told") {
  auto what = *sample_config();
  what.admin.token = {};
  what.admin.listen = {"::1", 4101};
  what.server.max_body = 1536;
  const auto json = render(what);
  CHECK(json.find(R"("admin":{"listen":"[::1]:4101","token":null})") != std::string::npos);
  CHECK(json.find(R"("max_body":"1536B")") != std::string::npos);
  what.server.max_body = 2048;
  CHECK(render(what).find(R"("max_body":"2KiB")") != std::string::npos);
}

TEST_CASE("budgets, signals, strategies and the way to a provider are told as they are") {
  auto what = *sample_config();
  what.server.stream_keepalive = std::chrono::milliseconds{15'000};
  auto& provider = what.providers.at("openai");
  provider.signals = dialect::signal_table::groq;
  provider.transport = {false, config::secret{"http://ada:geheim@proxy.example:3128"},
                        "/tls/ca.pem", "/tls/cert.pem", "/tls/key.pem"};
  provider.quota_groups["org-1"] = {1, 2, 3, 4, 5};
  provider.keys[0].budgets = {6, 7, 8, 9, 1'000'000'000'000};
  what.models[0].strategy = config::strategy_kind::least_in_flight;
  what.models[0].sticky = true;
  what.models[0].max_attempts = 100;
  what.models[0].replay_unanswered = true;
  const auto json = render(what);
  for (
      const auto* part :
      {R"("stream_keepalive":"15s")", R"("signals":"groq")",
       R"("http2":false,"proxy":"http://…@proxy.example:3128","ca_file":"/tls/ca.pem",)"
       R"("client_cert":"/tls/cert.pem","client_key":"/tls/key.pem")",
       R"("quota_groups":{"org-1":{"max_in_flight":1,"rpm":2,"tpm":3,"rpd":4,"tpd":5}})",
       R"("max_in_flight":6,"rpm":7,"tpm":8,"rpd":9,"tpd":1000000000000)",
       R"("strategy":"least_in_flight","sticky":true,"max_attempts":100,"replay_unanswered":true)"}) {
    CAPTURE(part, json);
    CHECK(json.find(part) != std::string::npos);
  }
  CHECK(json.find("geheim") == std::string::npos);
  CHECK(json.find("ada") == std::string::npos);
}
