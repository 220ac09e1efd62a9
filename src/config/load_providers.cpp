#include "config/addresses.hpp"
#include "config/sections.hpp"
#include "config/words.hpp"
#include "dialect/dialect.hpp"
#include "dialect/signal_table.hpp"

#include <algorithm>

namespace keywheel::config {

namespace {

const std::vector<std::string> dialects{"openai", "anthropic", "gemini", "azure"};

std::vector<std::string> signal_tables() {
  using dialect::signal_table;
  std::vector<std::string> result;
  for (auto i = 0U; i <= static_cast<unsigned>(signal_table::generic); ++i)
    result.emplace_back(to_string(static_cast<signal_table>(i)));
  return result;
}

void read_dialect(table_reader& table, provider_config& provider) {
  table.require("dialect");
  const auto word = table.text("dialect");
  if (!word)
    return;
  if (const auto known = dialect::kind_from_string(*word))
    provider.dialect = *known;
  else
    table.error("dialect", unknown_word(*word, dialects));
}

void read_timeouts(table_reader& table, timeouts_config& timeouts) {
  constexpr milliseconds shortest{1};
  timeouts.connect = table.duration("connect_timeout", shortest).value_or(timeouts.connect);
  timeouts.first_byte =
      table.duration("first_byte_timeout", shortest).value_or(timeouts.first_byte);
  timeouts.idle = table.duration("idle_timeout", shortest).value_or(timeouts.idle);
}

/// The path of a file with certificates or a key; reports one that cannot be used.
std::string read_pem_path(table_reader& table, std::string_view field, const reading& state) {
  const auto given = table.text(field);
  if (!given)
    return {};
  auto result = resolve_path(*given, state.folder, state.from);
  std::string reason;
  const auto content = state.from.read_file(result, reason);
  if (!content)
    table.error(field, "cannot be read: " + result + ": " + reason);
  else if (content->find("-----BEGIN ") == std::string::npos)
    table.error(field, "cannot be used: " + result + " holds nothing in PEM (-----BEGIN …)");
  return result;
}

void read_transport(table_reader& table, transport_config& transport, reading& state) {
  transport.http2 = table.boolean("http2").value_or(transport.http2);
  if (const auto given = table.confidential("proxy"); given && !given->empty()) {
    transport.proxy = state.secrets.resolve(table, "proxy", *given).value;
    if (const auto flaw = flaw_of_proxy(transport.proxy.reveal());
        !flaw.empty() && !transport.proxy.empty())
      table.error("proxy", flaw);
  }
  transport.ca_file = read_pem_path(table, "ca_file", state);
  transport.client_cert = read_pem_path(table, "client_cert", state);
  transport.client_key = read_pem_path(table, "client_key", state);
  if (table.has("client_key") && !table.has("client_cert"))
    table.error("client_key", "needs a client_cert that it belongs to");
}

void read_signals(table_reader& table, provider_config& provider) {
  const auto word = table.text("signals");
  if (!word)
    return;
  provider.signals = dialect::signal_table_from_string(*word);
  if (!provider.signals)
    table.error("signals", unknown_word(*word, signal_tables()));
}

/// Reads the budgets of quota groups. A key's group needs no table, but a table needs a key.
void read_quota_groups(table_reader& table, provider_config& provider) {
  std::vector<std::string> named;
  for (const auto& key : provider.keys)
    if (!key.quota_group.empty())
      named.push_back(key.quota_group);
  table.tables("quota_groups", [&](const std::string& name, table_reader& inner) {
    if (std::find(named.begin(), named.end(), name) == named.end())
      inner.error("no key of this provider has this quota_group" + did_you_mean(name, named));
    provider.quota_groups.emplace(name, read_budgets(inner));
  });
}

} // namespace

void read_provider(const std::string& name, table_reader& table, reading& state) {
  provider_config provider;
  provider.name = name;
  if (const auto flaw = flaw_of_name(name); !flaw.empty())
    table.error("a provider's name " + flaw);
  read_dialect(table, provider);
  table.require("base_url");
  provider.base_url = table.base_url("base_url").value_or("");
  read_signals(table, provider);
  read_timeouts(table, provider.timeouts);
  read_transport(table, provider.transport, state);
  provider.cooldown = state.into.cooldown;
  table.table("cooldown", [&provider](table_reader& inner) {
    provider.cooldown = read_cooldown(inner, provider.cooldown);
  });
  read_keys(table, provider, state);
  read_quota_groups(table, provider);
  state.into.providers.emplace(name, std::move(provider));
}

} // namespace keywheel::config
