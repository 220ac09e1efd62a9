#include "observe/config_json.hpp"

#include "config/addresses.hpp"
#include "config/units.hpp"
#include "observe/json_member.hpp"

#include <string>
#include <utility>

namespace keywheel::observe {

namespace {

std::string endpoint_text(const config::endpoint& of) {
  const auto v6 = of.host.find(':') != std::string::npos;
  return (v6 ? "[" + of.host + "]" : of.host) + ":" + std::to_string(of.port);
}

std::string size_text(std::size_t bytes) {
  constexpr std::pair<std::size_t, const char*> units[] = {
      {std::size_t{1} << 30, "GiB"}, {std::size_t{1} << 20, "MiB"}, {std::size_t{1} << 10, "KiB"}};
  for (const auto& [size, name] : units)
    if (bytes > 0 && bytes % size == 0)
      return std::to_string(bytes / size) + name;
  return std::to_string(bytes) + "B";
}

void put_time(json_writer& out, std::string_view name, config::milliseconds time) {
  put(out, name, config::duration_text(time));
}

void put_secret(json_writer& out, std::string_view name, const config::secret& what,
                std::string_view source = {}) {
  dialect::put_name(out, name);
  if (what.empty()) {
    out.Null();
    return;
  }
  out.StartObject();
  put(out, "masked", what.masked());
  if (!source.empty())
    put(out, "source", source);
  out.EndObject();
}

void put_texts(json_writer& out, std::string_view name, const std::vector<std::string>& all) {
  put_array(out, name, all,
            [](json_writer& to, const std::string& each) { dialect::put_string(to, each); });
}

void put_cooldown(json_writer& out, const config::cooldown_config& of) {
  dialect::put_name(out, "cooldown");
  out.StartObject();
  put_time(out, "rate_limit", of.rate_limit);
  put(out, "use_hints", of.use_hints);
  put_time(out, "max", of.max);
  out.EndObject();
}

void put_server(json_writer& out, const config::server_config& of) {
  dialect::put_name(out, "server");
  out.StartObject();
  put(out, "listen", endpoint_text(of.listen));
  put_time(out, "request_timeout", of.request_timeout);
  put(out, "max_body", size_text(of.max_body));
  put_time(out, "drain_timeout", of.drain_timeout);
  put(out, "state_dir", of.state_dir);
  put(out, "shards", of.shards);
  put_time(out, "stream_keepalive", of.stream_keepalive);
  out.EndObject();
}

void put_admin(json_writer& out, const config::admin_config& of) {
  dialect::put_name(out, "admin");
  out.StartObject();
  put(out, "listen", endpoint_text(of.listen));
  put_secret(out, "token", of.token);
  out.EndObject();
}

void put_log(json_writer& out, const config::log_config& of) {
  dialect::put_name(out, "log");
  out.StartObject();
  put(out, "format", of.json ? "json" : "text");
  put(out, "level", config::to_string(of.level));
  put(out, "file", of.file);
  put(out, "max_size", size_text(of.max_size));
  put(out, "max_files", of.max_files);
  put(out, "prompts", of.prompts);
  out.EndObject();
}

void put_waiting_line(json_writer& out, const config::waiting_line_config& of) {
  dialect::put_name(out, "waiting_line");
  out.StartObject();
  put_time(out, "max_wait", of.max_wait);
  put(out, "max_calls", of.max_calls);
  out.EndObject();
}

void put_budgets(json_writer& out, const config::budgets_config& of) {
  put(out, "max_in_flight", of.max_in_flight);
  put(out, "rpm", of.rpm);
  put(out, "tpm", of.tpm);
  put(out, "rpd", of.rpd);
  put(out, "tpd", of.tpd);
}

void put_key(json_writer& out, const config::key_config& of) {
  out.StartObject();
  put(out, "name", of.name);
  put_secret(out, "api_key", of.api_key, of.source);
  put(out, "enabled", of.enabled);
  put(out, "weight", of.weight);
  put(out, "quota_group", of.quota_group);
  put_texts(out, "models", of.models);
  put(out, "base_url", of.base_url);
  put(out, "upstream_model", of.upstream_model);
  put_budgets(out, of.budgets);
  out.EndObject();
}

void put_transport(json_writer& out, const config::transport_config& of) {
  put(out, "http2", of.http2);
  put(out, "proxy", config::masked_proxy(of.proxy));
  put(out, "ca_file", of.ca_file);
  put(out, "client_cert", of.client_cert);
  put(out, "client_key", of.client_key);
}

void put_quota_groups(json_writer& out, const config::provider_config& of) {
  dialect::put_name(out, "quota_groups");
  out.StartObject();
  for (const auto& [name, budgets] : of.quota_groups) {
    dialect::put_name(out, name);
    out.StartObject();
    put_budgets(out, budgets);
    out.EndObject();
  }
  out.EndObject();
}

void put_provider(json_writer& out, const config::provider_config& of) {
  dialect::put_name(out, of.name);
  out.StartObject();
  put(out, "dialect", dialect::to_string(of.dialect));
  put(out, "base_url", of.base_url);
  if (of.signals)
    put(out, "signals", dialect::to_string(*of.signals));
  put_time(out, "connect_timeout", of.timeouts.connect);
  put_time(out, "first_byte_timeout", of.timeouts.first_byte);
  put_time(out, "idle_timeout", of.timeouts.idle);
  put_transport(out, of.transport);
  put_cooldown(out, of.cooldown);
  put_quota_groups(out, of);
  put_array(out, "keys", of.keys, put_key);
  out.EndObject();
}

void put_model(json_writer& out, const config::model_config& of) {
  dialect::put_name(out, of.name);
  out.StartObject();
  put(out, "provider", of.provider);
  put(out, "upstream_model", of.upstream_model);
  put(out, "strategy", config::to_string(of.strategy));
  put(out, "sticky", of.sticky);
  put(out, "max_attempts", of.max_attempts);
  put(out, "replay_unanswered", of.replay_unanswered);
  if (of.load_balancing)
    put(out, "load_balancing", *of.load_balancing);
  put_cooldown(out, of.cooldown);
  out.EndObject();
}

void put_client(json_writer& out, const config::client_config& of) {
  out.StartObject();
  put(out, "name", of.name);
  put_secret(out, "token", of.token);
  put_texts(out, "models", of.models);
  out.EndObject();
}

} // namespace

void put_config(json_writer& out, const config::config& what) {
  out.StartObject();
  put_server(out, what.server);
  put_admin(out, what.admin);
  put_log(out, what.log);
  put_cooldown(out, what.cooldown);
  put_waiting_line(out, what.waiting_line);
  dialect::put_name(out, "providers");
  out.StartObject();
  for (const auto& each : what.providers)
    put_provider(out, each.second);
  out.EndObject();
  dialect::put_name(out, "models");
  out.StartObject();
  for (const auto& each : what.models)
    put_model(out, each);
  out.EndObject();
  put_array(out, "clients", what.clients, put_client);
  out.EndObject();
}

} // namespace keywheel::observe
