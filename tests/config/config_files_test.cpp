#include "config/load.hpp"
#include "tests/catch.hpp"

#include <cstdlib>
#include <fstream>
#include <sstream>

using namespace keywheel::config;

namespace {

std::string content_of(const std::string& name) {
  std::ifstream file{std::string{KEYWHEEL_CONFIG_DIR} + "/" + name};
  REQUIRE(file);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

surroundings with_variables(std::map<std::string, std::string> variables) {
  auto result = process_surroundings();
  result.environment = [variables](const std::string& name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional{found->second};
  };
  return result;
}

std::vector<std::string> said(const load_result& result) {
  std::vector<std::string> lines;
  for (const auto& what : result.problems)
    lines.push_back(to_string(what));
  return lines;
}

/// Takes the comment mark off every line that shows a setting, so that all of them take part.
std::string with_everything_on(const std::string& text) {
  std::istringstream lines{text};
  std::string result;
  for (std::string line; std::getline(lines, line);) {
    const bool is_header = line.starts_with("# [");
    const auto equals = line.find(" = ");
    const bool is_field =
        line.starts_with("# ") && equals != std::string::npos && line.find(' ', 2) == equals;
    result += (is_header || is_field ? line.substr(2) : line) + "\n";
  }
  return result;
}

} // namespace

TEST_CASE("the commented default loads as it is") {
  const auto result = load(std::string{KEYWHEEL_CONFIG_DIR} + "/keywheel.toml",
                           with_variables({{"HOME", "/h"}, {"OPENAI_API_KEY", "sk-x"}}));
  CHECK(said(result) == std::vector<std::string>{});
  REQUIRE(result);
  CHECK(result.value->providers.at("openai").keys.size() == 1);
  CHECK(find_model(*result.value, "gpt-4o")->name == "gpt-4o");
  CHECK(result.value->server == server_config{.state_dir = "/h/.local/state/keywheel"});
  CHECK(result.value->cooldown == cooldown_config{});
  CHECK(result.value->waiting_line == waiting_line_config{});
}

TEST_CASE("the commented default without its variable says which one") {
  const auto result =
      load(std::string{KEYWHEEL_CONFIG_DIR} + "/keywheel.toml", with_variables({{"HOME", "/h"}}));
  REQUIRE(result.problems.size() == 1);
  CHECK(result.problems[0].message
        == "[providers.openai]: api_key cannot be read: environment variable OPENAI_API_KEY is not "
           "set");
}

TEST_CASE("every setting that the commented default shows is a good one") {
  auto around = with_variables({{"HOME", "/h"},
                                {"OPENAI_API_KEY", "sk-x"},
                                {"ANTHROPIC_API_KEY", "sk-y"},
                                {"KEYWHEEL_ADMIN_TOKEN", "a"},
                                {"KEYWHEEL_CI_TOKEN", "b"}});
  around.read_file = [](const std::string& path, std::string&) {
    return "secret of " + path + " -----BEGIN CERTIFICATE-----";
  };
  const auto text = with_everything_on(content_of("keywheel.toml"));
  CAPTURE(text);
  const auto result = parse(text, "/c/keywheel.toml", around);
  CHECK(said(result) == std::vector<std::string>{});
  REQUIRE(result);
  CHECK(result.value->providers.size() == 2);
  CHECK(result.value->providers.at("openai").keys.size() == 2);
  CHECK(result.value->clients.size() == 1);
  CHECK(result.value->models[0].load_balancing == true);
  const auto& openai = result.value->providers.at("openai");
  REQUIRE(openai.quota_groups.size() == 1);
  CHECK(openai.quota_groups.at("org-1").none());
  CHECK(openai.transport.client_key == "/c/tls/client-key.pem");
  CHECK(openai.keys[1].quota_group == "org-1");
}

TEST_CASE("what the commented default calls a default is one") {
  auto around = with_variables({{"HOME", "/h"}});
  around.read_file = [](const std::string&, std::string&) { return "-----BEGIN CERTIFICATE-----"; };
  around.environment = [](const std::string&) { return "x"; };
  const auto shown = parse(with_everything_on(content_of("keywheel.toml")), "/c/k.toml", around);
  REQUIRE(shown);
  const auto& provider = shown.value->providers.at("openai");
  const auto& key = provider.keys.at(1);
  CHECK(shown.value->server == server_config{.state_dir = "/var/lib/keywheel"});
  CHECK(provider.timeouts == timeouts_config{});
  CHECK(provider.transport.http2 == transport_config{}.http2);
  CHECK(provider.transport.proxy.empty());
  CHECK(key.budgets.none());
  CHECK(key.enabled == key_config{}.enabled);
  CHECK(key.weight == key_config{}.weight);
  CHECK(shown.value->log == log_config{.file = "/var/log/keywheel/keywheel.log"});
  const auto& model = shown.value->models.at(0);
  CHECK(model.strategy == model_config{}.strategy);
  CHECK(model.sticky == model_config{}.sticky);
  CHECK(model.max_attempts == model_config{}.max_attempts);
  CHECK(model.replay_unanswered == model_config{}.replay_unanswered);
}

TEST_CASE("the commented default shows every field of the contract") {
  const auto text = content_of("keywheel.toml");
  for (const auto* field : {"listen",
                            "request_timeout",
                            "max_body",
                            "drain_timeout",
                            "stream_keepalive",
                            "state_dir",
                            "shards",
                            "format",
                            "level",
                            "file",
                            "max_size",
                            "max_files",
                            "prompts",
                            "token",
                            "rate_limit",
                            "use_hints",
                            "max",
                            "max_wait",
                            "max_calls",
                            "dialect",
                            "base_url",
                            "api_key",
                            "connect_timeout",
                            "first_byte_timeout",
                            "idle_timeout",
                            "signals",
                            "http2",
                            "proxy",
                            "ca_file",
                            "client_cert",
                            "client_key",
                            "name",
                            "enabled",
                            "weight",
                            "quota_group",
                            "models",
                            "upstream_model",
                            "max_in_flight",
                            "rpm",
                            "tpm",
                            "rpd",
                            "tpd",
                            "provider",
                            "strategy",
                            "sticky",
                            "max_attempts",
                            "replay_unanswered",
                            "load_balancing"}) {
    const auto setting = std::string{field} + " = ";
    CAPTURE(field);
    CHECK((text.find("\n" + setting) != std::string::npos
           || text.find("\n# " + setting) != std::string::npos));
  }
}

TEST_CASE("the demo loads without any surroundings") {
  const auto result =
      load(std::string{KEYWHEEL_CONFIG_DIR} + "/demo.toml", with_variables({{"HOME", "/h"}}));
  CHECK(said(result) == std::vector<std::string>{});
  REQUIRE(result);
  const auto& simulator = result.value->providers.at("simulator");
  CHECK(simulator.base_url == "http://127.0.0.1:4199/v1");
  REQUIRE(simulator.keys.size() == 3);
  CHECK(simulator.keys[0].api_key.equals("sim-key-a"));
  CHECK(simulator.keys[1].api_key.equals("sim-key-b"));
  CHECK(simulator.keys[2].api_key.equals("sim-key-c"));
  for (const auto* name : {"gpt-4o", "gpt-4o-mini", "text-embedding-3-small"}) {
    const auto* model = find_model(*result.value, name);
    REQUIRE(model);
    CHECK(keys_of(*result.value, *model, name).size() == 3);
  }
}
