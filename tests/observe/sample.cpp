#include "tests/observe/sample.hpp"

#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

namespace keywheel::observe::testing {

namespace {

using namespace std::chrono_literals;

wall_time noon() {
  return std::chrono::sys_days{std::chrono::year{2024} / 5 / 1} + 12h;
}

config::key_config make_key(const char* name, std::string_view clear, const char* source) {
  config::key_config result;
  result.provider = "openai";
  result.name = name;
  result.api_key = config::secret{std::string{clear}};
  result.source = source;
  result.base_url = "https://api.example/v1";
  return result;
}

key_status make_key_status(const char* name, const char* masked) {
  key_status result;
  result.id = std::string{"openai/"} + name;
  result.provider = "openai";
  result.name = name;
  result.masked = masked;
  result.state = "available";
  return result;
}

} // namespace

std::shared_ptr<config::config> sample_config() {
  auto result = std::make_shared<config::config>();
  result->path = "/etc/keywheel.toml";
  result->server.state_dir = "/var/lib/keywheel";
  result->admin.token = config::secret{std::string{token_secret}};
  config::provider_config provider;
  provider.name = "openai";
  provider.base_url = "https://api.example/v1";
  provider.keys.push_back(make_key("default", default_secret, "env:OPENAI_API_KEY"));
  provider.keys.push_back(make_key("team-a", key_secret, "file:/run/secrets/team-a"));
  provider.keys.back().quota_group = "org-1";
  provider.keys.back().models = {"gpt-4o", "o*"};
  provider.keys.back().weight = 3;
  result->providers.emplace("openai", provider);
  config::model_config model;
  model.name = "gpt-4o";
  model.provider = "openai";
  model.load_balancing = true;
  result->models.push_back(model);
  model.name = "text-*";
  model.load_balancing.reset();
  result->models.push_back(model);
  config::client_config client;
  client.name = "ci";
  client.token = config::secret{std::string{client_secret}};
  client.models = {"gpt-4o"};
  result->clients.push_back(client);
  return result;
}

status sample_status() {
  status result;
  result.config = {3, "/etc/keywheel.toml", noon() + 250ms, std::nullopt, {}};
  result.snapshot = sample_config();
  result.keys.push_back(make_key_status("default", "sk-…c3d4"));
  result.keys.push_back(make_key_status("team-a", "sk-…a1b2"));
  auto& team = result.keys.back();
  team.quota_group = "org-1";
  team.state = "cooling";
  team.in_flight = 1;
  team.requests = 20;
  team.errors = 2;
  team.input_tokens = 300;
  team.output_tokens = 400;
  team.usage.push_back({"gpt-4o", "ci", 20, 300, 30, 400, 40});
  team.cooldowns.push_back(
      {"key_model", "gpt-4o", "rate_limit", "retry-after", noon() + 41s + 200ms, 41'200});
  team.cooldowns.push_back({"key", "", "rate_limit", "default", noon() + 1h, 3'600'000});
  result.models = {
      {"gpt-4o",
       "openai",
       "round_robin",
       true,
       4,
       false,
       {{"openai/default", "available"}, {"openai/team-a", "cooling"}},
       {},
       {}},
      {"text-*", "openai", "round_robin", false, 0, true, {}, {}, {}},
      {"text-small",
       "openai",
       "round_robin",
       true,
       0,
       false,
       {{"openai/default", "available"}},
       {},
       {}},
  };
  team.settings = R"({"weight":3})";
  result.models[0].cooldowns.push_back(
      {"provider_model", "gpt-4o", "overload", "default", noon(), 0, true});
  return result;
}

std::string canonical(std::string_view json) {
  rapidjson::Document document;
  document.Parse<rapidjson::kParseValidateEncodingFlag>(json.data(), json.size());
  if (document.HasParseError())
    return "not JSON: " + std::string{json};
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> out{buffer};
  document.Accept(out);
  return {buffer.GetString(), buffer.GetSize()};
}

} // namespace keywheel::observe::testing
