#include "config/load.hpp"
#include "tests/catch.hpp"
#include "tests/config/world.hpp"

namespace dialect = keywheel::dialect;
using namespace keywheel::config;
using namespace std::chrono_literals;

namespace {

/// Every field of DESIGN §5.2.
constexpr auto everything = R"([server]
listen = "0.0.0.0:4200"
request_timeout = "900s"
max_body = "10MB"
drain_timeout = "0s"
state_dir = "/var/lib/keywheel"
shards = 1
stream_keepalive = "15s"

[admin]
listen = "[::1]:0"
token = "env:ADMIN"

[cooldown]
rate_limit = "30s"
use_hints = false
max = "2h"

[waiting_line]
max_wait = "1m30s"
max_calls = 7

[providers.openai]
dialect = "openai"
base_url = "https://api.openai.com/v1/"
api_key = "env:OPENAI"
connect_timeout = "1s"
first_byte_timeout = "2s"
idle_timeout = "3s"
signals = "groq"
http2 = false
proxy = "socks5h://u:p@proxy.example:1080"
ca_file = "tls/ca.pem"
client_cert = "/run/cert.pem"
client_key = "~/key.pem"

[providers.openai.cooldown]
rate_limit = "20s"

[providers.openai.quota_groups.org-1]
max_in_flight = 9
rpm = 90
tpm = 91
rpd = 92
tpd = 1000000000000

[[providers.openai.keys]]
name = "team-a"
api_key = "file:team-a"
enabled = false
weight = 3
quota_group = "org-1"
models = ["gpt-4o"]
base_url = "https://eu.example/v1"
upstream_model = "gpt4o-eu"
max_in_flight = 5
rpm = 60
tpm = 200000
rpd = 1500
tpd = 1000000

[providers.local]
dialect = "anthropic"
base_url = "http://127.0.0.1:8000"

[[providers.local.keys]]
name = "only"
api_key = "literal"

[models.gpt-4o]
provider = "openai"
upstream_model = "gpt-4o-2024-11-20"
strategy = "weighted"
sticky = true
max_attempts = 100
replay_unanswered = true
load_balancing = true

[models.gpt-4o.cooldown]
max = "10s"
use_hints = true

[models."text-embedding-*"]
provider = "openai"

[models.a]
provider = "local"

[[clients]]
name = "ci"
token = "file:/run/ci"
models = ["gpt-4o", "text-*"]

[[clients]]
name = "all"
token = "env:ALL"
)";

world with_everything() {
  world result;
  result.variables["ADMIN"] = "admin-token";
  result.variables["OPENAI"] = "sk-openai";
  result.variables["ALL"] = "all-token";
  result.files["/etc/keywheel/team-a"] = "sk-team-a\n";
  result.files["/run/ci"] = "ci-token\r\n";
  result.files["/etc/keywheel/tls/ca.pem"] = "-----BEGIN CERTIFICATE-----\n";
  result.files["/run/cert.pem"] = "Subject: x\n-----BEGIN CERTIFICATE-----\n";
  result.files["/home/ada/key.pem"] = "-----BEGIN PRIVATE KEY-----\n";
  return result;
}

} // namespace

TEST_CASE("an empty file is good and has the defaults") {
  const auto it = good("");
  CHECK(it.path == "/etc/keywheel/kw.toml");
  CHECK(it.server.listen == endpoint{"127.0.0.1", 4100});
  CHECK(it.server.request_timeout == 600s);
  CHECK(it.server.max_body == 64 * 1024 * 1024);
  CHECK(it.server.drain_timeout == 30s);
  CHECK(it.server.shards == 1);
  CHECK(it.server.stream_keepalive == 0s);
  CHECK(it.server.state_dir == "/home/ada/.local/state/keywheel");
  CHECK(it.admin.listen == endpoint{"127.0.0.1", 4101});
  CHECK(it.admin.token.empty());
  CHECK(it.cooldown == cooldown_config{60s, true, 1h});
  CHECK(it.waiting_line == waiting_line_config{30s, 1000});
  CHECK(it.providers.empty());
  CHECK(it.models.empty());
  CHECK(it.clients.empty());
  CHECK(it.watched_files == std::vector<std::string>{"/etc/keywheel/kw.toml"});
}

TEST_CASE("every field of a general table arrives") {
  const auto it = good(everything, with_everything());
  CHECK(it.server.listen == endpoint{"0.0.0.0", 4200});
  CHECK(it.server.request_timeout == 900s);
  CHECK(it.server.max_body == 10'000'000);
  CHECK(it.server.drain_timeout == 0s);
  CHECK(it.server.stream_keepalive == 15s);
  CHECK(it.server.state_dir == "/var/lib/keywheel");
  CHECK(it.admin.listen == endpoint{"::1", 0});
  CHECK(it.admin.token.equals("admin-token"));
  CHECK(it.cooldown == cooldown_config{30s, false, 2h});
  CHECK(it.waiting_line == waiting_line_config{90s, 7});
  REQUIRE(it.clients.size() == 2);
  CHECK(it.clients[0] == client_config{"ci", secret{"ci-token"}, {"gpt-4o", "text-*"}});
  CHECK(it.clients[1] == client_config{"all", secret{"all-token"}, {}});
  CHECK(it.watched_files
        == std::vector<std::string>{"/etc/keywheel/kw.toml", "/etc/keywheel/team-a", "/run/ci"});
}

TEST_CASE("every field of a provider and its keys arrives") {
  const auto it = good(everything, with_everything());
  REQUIRE(it.providers.size() == 2);
  const auto& openai = it.providers.at("openai");
  CHECK(openai.name == "openai");
  CHECK(openai.dialect == dialect::kind::openai);
  CHECK(openai.base_url == "https://api.openai.com/v1");
  CHECK(openai.timeouts == timeouts_config{1s, 2s, 3s});
  CHECK(openai.cooldown == cooldown_config{20s, false, 2h});
  CHECK(openai.signals == dialect::signal_table::groq);
  CHECK(openai.transport
        == transport_config{false, secret{"socks5h://u:p@proxy.example:1080"},
                            "/etc/keywheel/tls/ca.pem", "/run/cert.pem", "/home/ada/key.pem"});
  CHECK(openai.quota_groups
        == std::map<std::string, budgets_config>{{"org-1", {9, 90, 91, 92, 1'000'000'000'000}}});
  const key_config by_default{
      "openai", "default", secret{"sk-openai"},         "env:OPENAI", true, 1,
      "",       {},        "https://api.openai.com/v1", "",           {}};
  const key_config team_a{"openai",
                          "team-a",
                          secret{"sk-team-a"},
                          "file:team-a",
                          false,
                          3,
                          "org-1",
                          {"gpt-4o"},
                          "https://eu.example/v1",
                          "gpt4o-eu",
                          {5, 60, 200'000, 1500, 1'000'000}};
  CHECK(openai.keys == std::vector{by_default, team_a});
  CHECK(openai.keys[1].id() == "openai/team-a");
  const auto& local = it.providers.at("local");
  CHECK(local.dialect == dialect::kind::anthropic);
  CHECK(local.timeouts == timeouts_config{});
  CHECK(local.transport == transport_config{});
  CHECK(local.transport.http2);
  CHECK_FALSE(local.signals.has_value());
  CHECK(local.quota_groups.empty());
  CHECK(local.cooldown == it.cooldown);
  REQUIRE(local.keys.size() == 1);
  CHECK(local.keys[0].source == "literal");
  CHECK(local.keys[0].budgets.none());
  CHECK(local.keys[0].base_url == "http://127.0.0.1:8000");
}

TEST_CASE("models arrive in the order of the file and inherit from their provider") {
  const auto it = good(everything, with_everything());
  REQUIRE(it.models.size() == 3);
  CHECK(it.models[0].name == "gpt-4o");
  CHECK(it.models[0].provider == "openai");
  CHECK(it.models[0].upstream_model == "gpt-4o-2024-11-20");
  CHECK(it.models[0].strategy == strategy_kind::weighted);
  CHECK(it.models[0].sticky);
  CHECK(it.models[0].max_attempts == 100);
  CHECK(it.models[0].replay_unanswered);
  CHECK(it.models[0].load_balancing == true);
  CHECK(it.models[0].cooldown == cooldown_config{10s, true, 10s});
  CHECK(it.models[1].name == "text-embedding-*");
  CHECK(it.models[1].is_pattern());
  CHECK_FALSE(it.models[1].load_balancing.has_value());
  CHECK(it.models[1].cooldown == it.providers.at("openai").cooldown);
  CHECK(it.models[2].name == "a");
  CHECK(it.models[2].strategy == strategy_kind::round_robin);
  CHECK_FALSE(it.models[2].sticky);
  CHECK(it.models[2].max_attempts == 3);
  CHECK_FALSE(it.models[2].replay_unanswered);
}

TEST_CASE("inline tables and dotted keys say the same as headers") {
  const auto it = good(R"(providers.p = { dialect = "openai", base_url = "http://h", keys = [
  { name = "a", api_key = "x" },
  { name = "b", api_key = "y", models = [ 'gpt-*' ] },
] }
models.gpt-4o.provider = "p"
models."gpt-4.1" = { provider = "p", load_balancing = true, cooldown.max = "5s" }
)");
  CHECK(it.providers.at("p").keys.size() == 2);
  REQUIRE(it.models.size() == 2);
  CHECK(it.models[0].name == "gpt-4o");
  CHECK(it.models[1].name == "gpt-4.1");
  CHECK(it.models[1].cooldown.max == 5s);
}

TEST_CASE("a lower cap lowers an inherited rest") {
  const auto it = good("[cooldown]\nmax = \"10s\"\n");
  CHECK(it.cooldown.rate_limit == 10s);
}

TEST_CASE("the state directory is the first of several places") {
  struct row {
    std::map<std::string, std::string> variables;
    std::string text;
    std::string directory;
  };
  const std::vector<row> rows{
      {{{"HOME", "/home/ada"}}, "", "/home/ada/.local/state/keywheel"},
      {{{"HOME", "/home/ada"}, {"XDG_STATE_HOME", "/x"}}, "", "/x/keywheel"},
      {{{"HOME", "/home/ada"}, {"XDG_STATE_HOME", "x"}}, "", "/home/ada/.local/state/keywheel"},
      {{{"XDG_STATE_HOME", "/x"}, {"STATE_DIRECTORY", "/var/lib/kw"}}, "", "/var/lib/kw"},
      {{{"STATE_DIRECTORY", "/var/lib/a:/var/lib/b"}}, "", "/var/lib/a"},
      {{{"HOME", "/home/ada"}, {"STATE_DIRECTORY", ""}}, "", "/home/ada/.local/state/keywheel"},
      {{{"STATE_DIRECTORY", "/s"}}, "/mine", "/mine"},
      {{{"HOME", "/home/ada"}}, "~/kw", "/home/ada/kw"},
      {{{"HOME", "/home/ada"}}, "state", "/etc/keywheel/state"}};
  for (const auto& [variables, text, directory] : rows) {
    CAPTURE(variables, text);
    const auto it =
        good(text.empty() ? "" : "[server]\nstate_dir = \"" + text + "\"\n", world{variables, {}});
    CHECK(it.server.state_dir == directory);
  }
  CHECK(
      lines_of(world{{}, {}}.parse(""))
      == std::vector<std::string>{"0:0: [server]: state_dir must be given: there is no "
                                  "$STATE_DIRECTORY, $XDG_STATE_HOME or $HOME to derive it from"});
}

TEST_CASE("load reads the file that it is given") {
  world around;
  around.files["kw.toml"] = "[server]\nlisten = \"127.0.0.1:1\"\n";
  const auto result = load("kw.toml", around.surroundings());
  REQUIRE(result);
  CHECK(result.value->server.listen.port == 1);
  CHECK(result.value->path == "kw.toml");
  const auto missing = load("/no/such.toml", around.surroundings());
  CHECK_FALSE(missing);
  REQUIRE(missing.problems.size() == 1);
  CHECK(to_string(missing.problems[0])
        == "/no/such.toml: cannot be read: No such file or directory");
}

TEST_CASE("problems are written as compilers write them") {
  CHECK(to_string({"a.toml", 3, 4, "bad"}) == "a.toml:3:4: bad");
  CHECK(to_string({"a.toml", 0, 0, "bad"}) == "a.toml: bad");
  CHECK(to_string({"", 3, 4, "bad"}) == "3:4: bad");
  CHECK(to_string({"", 0, 0, "bad"}) == "bad");
}

TEST_CASE("every strategy can be asked for") {
  for (const auto each : {strategy_kind::round_robin, strategy_kind::weighted,
                          strategy_kind::least_in_flight, strategy_kind::fill_first}) {
    const auto it = good("[providers.p]\ndialect = \"openai\"\nbase_url = \"http://h\"\n"
                         "api_key = \"x\"\n[models.m]\nprovider = \"p\"\nstrategy = \""
                         + std::string{to_string(each)} + "\"\n");
    CHECK(it.models[0].strategy == each);
  }
}
