#include "cli/client.hpp"
#include "cli/secret_input.hpp"
#include "cli/view.hpp"

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <iostream>
#include <vector>

namespace keywheel::cli {

namespace {

/// One thing to do with one key.
struct key_deed {
  const char* name;
  const char* what;
  const char* done;
  const char* method;
  const char* below; ///< path below the key's own
  const char* body;
};

constexpr key_deed key_deeds[] = {
    {"enable", "Let a key serve again; written into the configuration file", "enabled", "PATCH", "",
     R"({"enabled":true})"},
    {"disable", "Give a key no more requests; written into the configuration file", "disabled",
     "PATCH", "", R"({"enabled":false})"},
    {"reset", "Clear a key's cooldowns, or its rejection by the provider", "reset", "POST",
     "/reset", ""},
    {"remove", "Take a key out of the configuration file; it finishes what it has", "removed",
     "DELETE", "", ""},
};

std::string check_key_id(const std::string& id) {
  auto slash = id.find('/');
  bool good = slash != std::string::npos && slash != 0 && slash + 1 != id.size();
  return good ? std::string{} : "a key is named PROVIDER/NAME, as `keywheel keys` shows it";
}

/// A key's id, taken apart.
struct key_name {
  std::string provider;
  std::string name;
};

key_name taken_apart(const std::string& id) {
  const auto slash = id.find('/');
  return {id.substr(0, slash), id.substr(slash + 1)};
}

std::shared_ptr<std::string> add_key_id(CLI::App& to) {
  auto result = std::make_shared<std::string>();
  to.add_option("key", *result, "The key's id")
      ->required()
      ->type_name("PROVIDER/NAME")
      ->check(CLI::Validator{check_key_id, ""});
  return result;
}

/// Says that a change is done, and with which generation.
viewer done_view(const std::string& id, const std::string& done) {
  return [id, done](const std::string& body) -> std::optional<std::string> {
    auto result = id + " " + done;
    if (auto generation = generation_of(body))
      result += ": generation " + std::to_string(*generation);
    return result + "\n";
  };
}

exit_code do_with_key(const client_options& with, const std::string& id, const key_deed& deed) {
  const auto [provider, name] = taken_apart(id);
  const auto path =
      "/api/v1/keys/" + path_segment(provider) + "/" + path_segment(name) + deed.below;
  return ask(with, deed.method, path, deed.body, done_view(id, deed.done));
}

/// What a new key is to be; empty texts and absent numbers are left to their defaults.
struct new_key {
  std::string id;
  std::string api_key;
  std::string store;
  std::string quota_group;
  std::string base_url;
  std::string upstream_model;
  std::vector<std::string> models;
  std::optional<std::int64_t> weight, max_in_flight, rpm, tpm, rpd, tpd;
  bool disabled = false;
  bool dry_run = false;
};

std::string json_of(const new_key& key) {
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> json{buffer};
  const auto text = [&json](const char* field, const std::string& value) {
    if (value.empty())
      return;
    json.Key(field);
    json.String(value.data(), static_cast<rapidjson::SizeType>(value.size()));
  };
  const auto number = [&json](const char* field, const std::optional<std::int64_t>& value) {
    if (!value)
      return;
    json.Key(field);
    json.Int64(*value);
  };
  json.StartObject();
  text("name", taken_apart(key.id).name);
  text("api_key", key.api_key);
  text("store", key.store);
  if (key.disabled) {
    json.Key("enabled");
    json.Bool(false);
  }
  number("weight", key.weight);
  text("quota_group", key.quota_group);
  if (!key.models.empty()) {
    json.Key("models");
    json.StartArray();
    for (const auto& model : key.models)
      json.String(model.data(), static_cast<rapidjson::SizeType>(model.size()));
    json.EndArray();
  }
  text("base_url", key.base_url);
  text("upstream_model", key.upstream_model);
  number("max_in_flight", key.max_in_flight);
  number("rpm", key.rpm);
  number("tpm", key.tpm);
  number("rpd", key.rpd);
  number("tpd", key.tpd);
  json.EndObject();
  return {buffer.GetString(), buffer.GetSize()};
}

/// A secret has no place on a command line, where every user of the machine can read it.
std::string check_reference(const std::string& text) {
  const bool good = (text.starts_with("env:") || text.starts_with("file:")) && text.back() != ':';
  return good ? std::string{}
              : "give env:NAME or file:PATH; leave --api-key out to type or pipe in the secret";
}

exit_code add_it(const client_options& with, new_key key) {
  if (key.api_key.empty()) {
    auto secret = read_secret("credential for " + key.id + ": ");
    if (secret.empty()) {
      std::cerr << "keywheel: no credential was given\n";
      return exit_code::usage;
    }
    key.api_key = std::move(secret);
  }
  const auto path = "/api/v1/keys/" + path_segment(taken_apart(key.id).provider)
                    + (key.dry_run ? "?dry_run=true" : "");
  return ask(with, "POST", path, json_of(key),
             key.dry_run ? viewer{dry_run_view} : done_view(key.id, "added"));
}

void add_add(CLI::App& to, action& chosen) {
  auto& command = add_command(to, "add", "Add a key; written into the configuration file");
  auto with = add_client_options(command);
  auto id = add_key_id(command);
  auto key = std::make_shared<new_key>();
  command
      .add_option("--api-key", key->api_key,
                  "Where the credential is: env:NAME or file:PATH, as the gateway sees them; "
                  "without this it is read from standard input")
      ->type_name("REFERENCE")
      ->check(CLI::Validator{check_reference, ""});
  command
      .add_option("--store", key->store,
                  "Where a credential from standard input is kept: a file in the gateway's state "
                  "folder (state), or the configuration file itself (config)")
      ->check(CLI::IsMember({"state", "config"}));
  command.add_option("--weight", key->weight, "Its share, for strategy = \"weighted\"");
  command
      .add_option("--quota-group", key->quota_group, "Keys that share one limit at the provider")
      ->type_name("NAME");
  command.add_option("--models", key->models, "The models it serves, patterns too")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->type_name("MODEL,...");
  command.add_option("--base-url", key->base_url, "Another endpoint than the provider's")
      ->type_name("URL");
  command.add_option("--upstream-model", key->upstream_model, "Another name of the model there")
      ->type_name("MODEL");
  command.add_option("--max-in-flight", key->max_in_flight, "Requests at a time");
  command.add_option("--rpm", key->rpm, "Requests per minute");
  command.add_option("--tpm", key->tpm, "Tokens per minute");
  command.add_option("--rpd", key->rpd, "Requests per day");
  command.add_option("--tpd", key->tpd, "Tokens per day");
  command.add_flag("--disabled", key->disabled, "Do not use it yet");
  command.add_flag("--dry-run", key->dry_run, "Say what would change, and change nothing");
  command.callback([&chosen, with, id, key] {
    key->id = *id;
    chosen = [with, key] { return add_it(*with, *key); };
  });
}

} // namespace

void add_key_commands(CLI::App& to, action& chosen) {
  auto& command = add_command(to, "key", "Change a key of a running gateway");
  command.require_subcommand(1);
  add_add(command, chosen);
  for (const auto& deed : key_deeds) {
    auto& sub = add_command(command, deed.name, deed.what);
    auto with = add_client_options(sub);
    auto id = add_key_id(sub);
    sub.callback([&chosen, &deed, with, id] {
      chosen = [&deed, with, id] { return do_with_key(*with, *id, deed); };
    });
  }
}

} // namespace keywheel::cli
