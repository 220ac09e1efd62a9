#pragma once

#include "config/secret.hpp"
#include "dialect/dialect.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

/// The configuration as data, after loading and checking. DESIGN §5.2 has its TOML.
namespace keywheel::config {

using milliseconds = std::chrono::milliseconds;

/// A host and port to listen on.
struct endpoint {
  std::string host = "127.0.0.1"; ///< numeric address, IPv6 without brackets, or "localhost"
  std::uint16_t port = 0;
  bool operator==(const endpoint&) const = default;
};

struct server_config {
  endpoint listen{"127.0.0.1", 4100};
  milliseconds request_timeout{600'000}; ///< whole call, waiting included
  std::size_t max_body = std::size_t{64} * 1024 * 1024;
  milliseconds drain_timeout{30'000};
  std::string state_dir; ///< resolved: never empty after load
  unsigned shards = 1;
  bool operator==(const server_config&) const = default;
};

struct admin_config {
  endpoint listen{"127.0.0.1", 4101};
  secret token; ///< empty: one is generated and kept in state_dir
  bool operator==(const admin_config&) const = default;
};

struct cooldown_config {
  milliseconds rate_limit{60'000}; ///< when the provider names no time of its own
  bool use_hints = true;           ///< what the provider says wins over rate_limit
  milliseconds max{3'600'000};     ///< a longer hint is clamped to this
  bool operator==(const cooldown_config&) const = default;
};

struct waiting_line_config {
  milliseconds max_wait{30'000};
  std::size_t max_calls = 1000;
  bool operator==(const waiting_line_config&) const = default;
};

struct timeouts_config {
  milliseconds connect{10'000};
  milliseconds first_byte{300'000}; ///< long: reasoning models think before they speak
  milliseconds idle{300'000};       ///< silence inside an answer
  bool operator==(const timeouts_config&) const = default;
};

/// One credential of a provider, with everything it inherits filled in.
struct key_config {
  std::string provider;
  std::string name;
  secret api_key;
  std::string source; ///< where api_key came from: "env:NAME", "file:PATH", "literal"
  bool enabled = true;
  unsigned weight = 1;
  std::string quota_group;         ///< empty: a group of its own
  std::vector<std::string> models; ///< names or patterns; empty: all models of the provider
  std::string base_url;            ///< effective: the key's or its provider's; no trailing slash
  std::string upstream_model;      ///< empty: the model's
  std::uint32_t max_in_flight = 0; ///< 0: no cap
  bool operator==(const key_config&) const = default;

  std::string id() const { return provider + "/" + name; }
};

struct provider_config {
  std::string name;
  dialect::kind dialect = dialect::kind::openai;
  std::string base_url;
  timeouts_config timeouts;
  cooldown_config cooldown;     ///< effective: the provider's over the global one
  std::vector<key_config> keys; ///< the default credential first, then in file order
  bool operator==(const provider_config&) const = default;
};

struct model_config {
  std::string name; ///< a name, or a pattern with `*`
  std::string provider;
  std::string upstream_model; ///< empty: as the caller says
  std::optional<bool> load_balancing;
  std::string strategy = "round_robin";
  cooldown_config cooldown; ///< effective: the model's over its provider's
  bool operator==(const model_config&) const = default;

  bool is_pattern() const { return name.find('*') != std::string::npos; }
};

struct client_config {
  std::string name;
  secret token;
  std::vector<std::string> models; ///< names or patterns; empty: all
  bool operator==(const client_config&) const = default;
};

struct config {
  std::string path; ///< the file it came from; empty when built in memory
  server_config server;
  admin_config admin;
  cooldown_config cooldown;
  waiting_line_config waiting_line;
  std::map<std::string, provider_config> providers;
  std::vector<model_config> models; ///< in file order
  std::vector<client_config> clients;
  std::vector<std::string> watched_files; ///< path and the files of `file:` secrets
};

/// One accepted configuration. Shared between actors, never changed.
using snapshot = std::shared_ptr<const config>;

/// Answers whether `text` fits `pattern`, in which `*` stands for any characters.
bool matches(std::string_view pattern, std::string_view text) noexcept;

/// Returns the model entry for a caller's model name: an exact name wins, then the pattern with the
/// most literal characters (the first in the file among equals); null if none fits.
const model_config* find_model(const config& of, std::string_view name) noexcept;

/// Returns the keys that serve `model` (asked for as `name`), in rotation order: those of its
/// provider whose `models` admit the name; only the first of them if load_balancing is false.
std::vector<const key_config*> keys_of(const config& of, const model_config& model,
                                       std::string_view name);

} // namespace keywheel::config
