#pragma once

#include "balance/types.hpp"
#include "config/load.hpp"
#include "observe/usage_table.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// The state of a running gateway as people see it; what the admin API says is made from these.
namespace keywheel::observe {

/// A cooldown as seen at one moment.
struct cooldown_status {
  std::string scope;
  std::string model; ///< empty unless the scope has one
  std::string reason;
  std::string source;
  wall_time until;
  std::int64_t remaining_ms = 0; ///< 0: its deadline has passed, and a probe is due or under way
  bool probing = false;          ///< the one live call is under way that may end it
};

/// A cooldown as seen at `now`, which is `wall_now` on people's clocks.
cooldown_status seen(const balance::cooldown& what, time_point now, wall_time wall_now);

struct key_status {
  std::string id;
  std::string provider;
  std::string name;
  std::string masked;
  std::string quota_group; ///< that it shares with other keys, by name or found out; else empty
  bool enabled = true;
  std::string state; ///< available|cooling|disabled|rejected|draining, or busy at its own cap
  std::uint64_t in_flight = 0;
  std::uint64_t requests = 0; ///< attempts sent to the provider with this key
  std::uint64_t errors = 0;   ///< of these, the ones that brought no usable answer
  std::uint64_t input_tokens = 0;
  std::uint64_t output_tokens = 0;
  std::vector<cooldown_status> cooldowns;
  std::vector<usage_row> usage; ///< by model and client; the sums are requests and tokens above
  std::string settings;         ///< a JSON object (settings.hpp); empty: {}
};

struct model_key_status {
  std::string id;
  std::string state;
};

struct model_status {
  std::string name;
  std::string provider;
  std::string strategy;
  bool load_balancing = false;
  std::uint64_t waiting = 0;
  bool pattern = false; ///< a pattern of the configuration, with no dispatcher of its own
  std::vector<model_key_status> keys;
  std::vector<cooldown_status> cooldowns; ///< of the provider as a whole, for this model
  std::string settings;                   ///< a JSON object (settings.hpp); empty: {}
};

struct config_status {
  std::uint64_t generation = 0;
  std::string path;
  wall_time loaded_at;
  std::optional<config::problem> last_error; ///< of the last reload that was refused
  std::vector<std::string> needs_restart;    ///< fields that take effect at the next start only
};

/// Everything at one moment.
struct status {
  config_status config;
  config::snapshot snapshot;    ///< the configuration in force
  std::vector<key_status> keys; ///< by id
  std::vector<model_status>
      models; ///< exact names in file order, patterns, then the names in use under patterns
};

} // namespace keywheel::observe
