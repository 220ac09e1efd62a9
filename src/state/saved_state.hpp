#pragma once

#include "time.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// What a gateway remembers over a restart: plain data in wall time, without any secret.
namespace keywheel::state {

/// A rest under way. A refused credential is one too, by its reason.
struct saved_cooldown {
  std::string scope;  ///< DESIGN §1's word: "key_model", "key", "quota_group", "provider_model"
  std::string model;  ///< empty unless the scope has one
  std::string reason; ///< as in the admin API: "rate_limit", "credential", …
  std::string source; ///< what said how long: a header's name, "body", "default"
  wall_time until;
  std::uint32_t strikes = 0; ///< refusals in a row behind it
  bool operator==(const saved_cooldown&) const = default;
};

/// What was used at one time.
struct saved_slot {
  wall_time at;
  std::int64_t amount = 0; ///< requests or tokens, never negative
  bool operator==(const saved_slot&) const = default;
};

/// What was used within the last 24 hours, in slots of any length.
struct saved_window {
  std::vector<saved_slot> requests;
  std::vector<saved_slot> tokens;
  bool operator==(const saved_window&) const = default;
};

/// One key, for as long as its credential stays the same.
struct saved_key {
  std::string id;           ///< provider/name
  std::string fingerprint;  ///< secret::fingerprint(): 16 hex digits
  std::string organization; ///< that the provider's answers name; empty: not known
  std::vector<saved_cooldown> cooldowns;
  saved_window day;
  bool operator==(const saved_key&) const = default;
};

/// A quota group that has a name in the configuration.
struct saved_group {
  std::string provider;
  std::string name;
  std::vector<saved_cooldown> cooldowns;
  saved_window day;
  bool operator==(const saved_group&) const = default;
};

/// The rest of a (provider, model), which no key is to blame for.
struct saved_model {
  std::string provider;
  std::string model;
  saved_cooldown cooldown;
  bool operator==(const saved_model&) const = default;
};

struct saved_state {
  std::vector<saved_key> keys;
  std::vector<saved_group> groups;
  std::vector<saved_model> models;
  bool operator==(const saved_state&) const = default;
};

/// A key as the configuration has it now.
struct known_key {
  std::string id;
  std::string fingerprint;
  auto operator<=>(const known_key&) const = default;
};

/// Returns what of a state still holds at `now`:
/// - keys that are among `known`, with the same fingerprint: another credential is another key;
/// - cooldowns whose deadline lies ahead, at most `longest` from now;
/// - uses less than 24 hours old. One that lies ahead (the wall clock was set back) counts as of
///   now, so that no budget is overdrawn.
/// Groups and models stay unless nothing of them is left. @pre `longest` is not negative
saved_state recalled(saved_state from, const std::vector<known_key>& known, wall_time now,
                     std::chrono::milliseconds longest);

} // namespace keywheel::state
