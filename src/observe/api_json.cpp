#include "observe/api_json.hpp"

#include "observe/config_json.hpp"
#include "observe/json_member.hpp"
#include "observe/time_text.hpp"

namespace keywheel::observe {

namespace {

void put_cooldown(json_writer& out, const cooldown_status& what) {
  out.StartObject();
  put(out, "scope", what.scope);
  if (!what.model.empty())
    put(out, "model", what.model);
  put(out, "reason", what.reason);
  put(out, "source", what.source);
  put(out, "until", rfc3339(what.until));
  put(out, "remaining_ms", what.remaining_ms);
  put(out, "probing", what.probing);
  out.EndObject();
}

void put_usage(json_writer& out, const usage_row& of) {
  out.StartObject();
  put(out, "model", of.model);
  put(out, "client", of.client);
  put(out, "input_tokens", of.input);
  put(out, "cached_tokens", of.cached);
  put(out, "output_tokens", of.output);
  put(out, "reasoning_tokens", of.reasoning);
  put(out, "requests", of.requests);
  out.EndObject();
}

void put_settings(json_writer& out, const std::string& object) {
  dialect::put_name(out, "settings");
  const std::string_view text = object.empty() ? "{}" : std::string_view{object};
  out.RawValue(text.data(), text.size(), rapidjson::kObjectType);
}

void put_key(json_writer& out, const key_status& of) {
  put(out, "id", of.id);
  put(out, "provider", of.provider);
  put(out, "name", of.name);
  put(out, "masked", of.masked);
  put(out, "quota_group", of.quota_group);
  put(out, "enabled", of.enabled);
  put(out, "state", of.state);
  put(out, "in_flight", of.in_flight);
  put(out, "requests", of.requests);
  put(out, "errors", of.errors);
  put(out, "input_tokens", of.input_tokens);
  put(out, "output_tokens", of.output_tokens);
  put_array(out, "cooldowns", of.cooldowns, put_cooldown);
  put_array(out, "usage", of.usage, put_usage);
  put_settings(out, of.settings);
}

void put_model_key(json_writer& out, const model_key_status& of) {
  out.StartObject();
  put(out, "id", of.id);
  put(out, "state", of.state);
  out.EndObject();
}

void put_model(json_writer& out, const model_status& of) {
  put(out, "name", of.name);
  put(out, "provider", of.provider);
  put(out, "strategy", of.strategy);
  put(out, "load_balancing", of.load_balancing);
  put(out, "waiting", of.waiting);
  put(out, "pattern", of.pattern);
  put_array(out, "keys", of.keys, put_model_key);
  put_array(out, "cooldowns", of.cooldowns, put_cooldown);
  put_settings(out, of.settings);
}

void put_keys(json_writer& out, const std::vector<key_status>& all) {
  put_array(out, "keys", all, [](json_writer& to, const key_status& each) {
    to.StartObject();
    put_key(to, each);
    to.EndObject();
  });
}

void put_models(json_writer& out, const std::vector<model_status>& all) {
  put_array(out, "models", all, [](json_writer& to, const model_status& each) {
    to.StartObject();
    put_model(to, each);
    to.EndObject();
  });
}

void put_last_error(json_writer& out, const std::optional<config::problem>& what) {
  dialect::put_name(out, "last_error");
  if (!what) {
    out.Null();
    return;
  }
  out.StartObject();
  put(out, "line", what->line);
  put(out, "column", what->column);
  put(out, "message", what->message);
  out.EndObject();
}

void put_needs_restart(json_writer& out, const std::vector<std::string>& fields) {
  put_array(out, "needs_restart", fields,
            [](json_writer& to, const std::string& each) { dialect::put_string(to, each); });
}

void put_config_status(json_writer& out, const status& of) {
  put(out, "generation", of.config.generation);
  put(out, "path", of.config.path);
  put(out, "loaded_at", rfc3339(of.config.loaded_at));
  put_last_error(out, of.config.last_error);
  put_needs_restart(out, of.config.needs_restart);
  dialect::put_name(out, "config");
  if (of.snapshot)
    put_config(out, *of.snapshot);
  else
    out.Null();
}

} // namespace

std::string keys_json(const std::vector<key_status>& all) {
  return object_text([&](json_writer& out) { put_keys(out, all); });
}

std::string key_json(const key_status& of, std::optional<std::uint64_t> generation) {
  return object_text([&](json_writer& out) {
    if (generation)
      put(out, "generation", *generation);
    put_key(out, of);
  });
}

std::string models_json(const std::vector<model_status>& all) {
  return object_text([&](json_writer& out) { put_models(out, all); });
}

std::string model_json(const model_status& of, std::optional<std::uint64_t> generation) {
  return object_text([&](json_writer& out) {
    if (generation)
      put(out, "generation", *generation);
    put_model(out, of);
  });
}

std::string config_status_json(const status& of) {
  return object_text([&](json_writer& out) { put_config_status(out, of); });
}

std::string snapshot_json(const status& of) {
  return object_text([&](json_writer& out) {
    dialect::put_name(out, "config");
    out.StartObject();
    put_config_status(out, of);
    out.EndObject();
    put_keys(out, of.keys);
    put_models(out, of.models);
  });
}

std::string reload_json(std::uint64_t generation, const std::vector<std::string>& needs_restart) {
  return object_text([&](json_writer& out) {
    put(out, "generation", generation);
    put_needs_restart(out, needs_restart);
  });
}

std::string generation_json(std::uint64_t generation) {
  return object_text([&](json_writer& out) { put(out, "generation", generation); });
}

} // namespace keywheel::observe
