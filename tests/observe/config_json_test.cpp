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
      "drain_timeout":"30s","state_dir":"/var/lib/keywheel","shards":1},
    "admin":{"listen":"127.0.0.1:4101","token":{"masked":"kwa…e5f6"}},
    "cooldown":{"rate_limit":"1m","use_hints":true,"max":"1h"},
    "waiting_line":{"max_wait":"30s","max_calls":1000},
    "providers":{"openai":{"dialect":"openai","base_url":"https://api.example/v1",
      "connect_timeout":"10s","first_byte_timeout":"5m","idle_timeout":"5m",
      "cooldown":{"rate_limit":"1m","use_hints":true,"max":"1h"},
      "keys":[
       {"name":"default","api_key":{"masked":"sk-…c3d4","source":"env:OPENAI_API_KEY"},
        "enabled":true,"weight":1,"quota_group":"","models":[],"base_url":"https://api.example/v1",
        "upstream_model":"","max_in_flight":0},
       {"name":"team-a","api_key":{"masked":"sk-…a1b2","source":"file:/run/secrets/team-a"},
        "enabled":true,"weight":3,"quota_group":"org-1","models":["gpt-4o","o*"],
        "base_url":"https://api.example/v1","upstream_model":"","max_in_flight":0}]}},
    "models":{
      "gpt-4o":{"provider":"openai","upstream_model":"","strategy":"round_robin",
        "load_balancing":true,"cooldown":{"rate_limit":"1m","use_hints":true,"max":"1h"}},
      "text-*":{"provider":"openai","upstream_model":"","strategy":"round_robin",
        "cooldown":{"rate_limit":"1m","use_hints":true,"max":"1h"}}},
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
