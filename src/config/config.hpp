#pragma once

#include "config/secret.hpp"
#include "dialect/dialect.hpp"
#include "dialect/signal_table.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
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
  /// Silence inside a streamed answer after which the client gets a comment; 0: none.
  milliseconds stream_keepalive{0};
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

/// Own limits of a key or a quota group, 0: none. Never exceeded in any minute, or any 24 hours.
struct budgets_config {
  std::uint32_t max_in_flight = 0;
  std::int64_t rpm = 0; ///< requests per minute
  std::int64_t tpm = 0; ///< tokens per minute, prompt and answer together
  std::int64_t rpd = 0; ///< requests per day
  std::int64_t tpd = 0;
  bool operator==(const budgets_config&) const = default;
  bool none() const noexcept { return *this == budgets_config{}; }
  bool of_day() const noexcept { return rpd > 0 || tpd > 0; } ///< what is used outlives a restart
};

/// What is logged: this and what is more serious.
enum class log_level : std::uint8_t { trace, debug, info, warning, error, off };
std::string_view to_string(log_level which) noexcept;
std::optional<log_level> log_level_from_string(std::string_view word) noexcept;

/// How a program that runs a gateway logs. A host application gives a logger of its own; for it,
/// only `level` (once it changes) and `prompts` count.
struct log_config {
  bool json = false; ///< one JSON object a line; else text
  log_level level = log_level::info;
  std::string file; ///< absolute after load; empty: standard error
  std::size_t max_size = std::size_t{16} * 1024 * 1024; ///< of the file; then it is rotated
  std::size_t max_files = 5;                            ///< rotated ones that are kept
  bool prompts = false; ///< at level debug, the beginning of every request's body
  bool operator==(const log_config&) const = default;
};

/// Which fields of a table the file gives itself, dotted where they stand in a sub-table of it.
/// That says nothing about what is in force, so configurations that differ in it alone are equal.
struct given_fields {
  std::vector<std::string> names; ///< sorted
  bool has(std::string_view name) const {
    return std::binary_search(names.begin(), names.end(), name);
  }
  bool operator==(const given_fields&) const { return true; }
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
  budgets_config budgets;
  given_fields given = {}; ///< in its own table
  bool operator==(const key_config&) const = default;

  std::string id() const { return provider + "/" + name; }
};

/// How a provider is reached. Paths are absolute after load, and the files were readable then.
struct transport_config {
  bool http2 = true;       ///< over TLS, where the provider offers it
  secret proxy;            ///< a URL, perhaps with a password in it: shown by masked_proxy() only
  std::string ca_file;     ///< PEM: whom to trust instead of the system's authorities
  std::string client_cert; ///< PEM; empty: none
  std::string client_key;  ///< PEM; empty: it is in client_cert
  bool operator==(const transport_config&) const = default;
};

struct provider_config {
  std::string name;
  dialect::kind dialect = dialect::kind::openai;
  std::string base_url;
  /// What is written as `signals`; nothing: by each key's base URL and the dialect.
  std::optional<dialect::signal_table> signals;
  timeouts_config timeouts;
  transport_config transport;
  cooldown_config cooldown; ///< effective: the provider's over the global one
  std::map<std::string, budgets_config> quota_groups; ///< those that have a table of their own
  std::vector<key_config> keys; ///< the default credential first, then in file order
  bool operator==(const provider_config&) const = default;
};

/// How a dispatcher chooses among free keys.
enum class strategy_kind : std::uint8_t {
  round_robin,     ///< in turn
  weighted,        ///< in turn, by weight, spread evenly (smooth weighted round robin)
  least_in_flight, ///< the one with the fewest requests under way; among equals in turn
  fill_first       ///< the first in the order of the configuration
};
std::string_view to_string(strategy_kind which) noexcept;
std::optional<strategy_kind> strategy_from_string(std::string_view word) noexcept;

struct model_config {
  std::string name; ///< a name, or a pattern with `*`
  std::string provider;
  std::string upstream_model; ///< empty: as the caller says
  std::optional<bool> load_balancing;
  strategy_kind strategy = strategy_kind::round_robin;
  bool sticky = false; ///< prefer, among free keys, the one that a prompt's beginning hashes to
  unsigned max_attempts = 3; ///< of a call, where a provider fails; refusals by limits do not count
  bool replay_unanswered = false; ///< a request that was sent and got no answer may be sent again
  cooldown_config cooldown;       ///< effective: the model's over its provider's
  given_fields given = {};
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
  log_config log;
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

/// Stands in place of a model's name where a call has none. No model is found by it.
inline constexpr std::string_view no_model = "(no model)";

/// The rules of a provider's calls that have no model: the defaults.
model_config without_model(const provider_config& of);

/// Returns the keys that serve `model` (asked for as `name`), in rotation order: those of its
/// provider whose `models` admit the name; only the first of them if load_balancing is false.
std::vector<const key_config*> keys_of(const config& of, const model_config& model,
                                       std::string_view name);

} // namespace keywheel::config
