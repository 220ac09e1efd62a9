#pragma once

#include "balance/pool.hpp"
#include "config/config.hpp"
#include "time.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace keywheel::balance::test {

/// How an attempt comes out.
enum class outcome : std::uint8_t {
  served,
  rate_limit,
  quota,
  billing,
  credential,
  permission,
  overload,
  server_error,
  unreachable,
  no_answer,
  bad_request,
  too_large,
  blocked,
  deadline ///< the call's own time is over; not a provider's doing
};
inline constexpr std::size_t outcomes = 13; ///< of providers

/// A key, and how its provider answers.
struct key_plan {
  std::uint32_t number = 0; ///< its key_uid
  bool enabled = true;
  config::budgets_config budgets;
  std::uint32_t weight = 1;
  std::uint32_t models = 1; ///< a bit for each
  std::uint32_t group = 0;  ///< configured: 0 none
  /// That answers name, once they do: 0 none.
  std::uint32_t organization = 0;
  std::array<std::uint8_t, outcomes> percent{}; ///< by outcome; the rest is served
  unsigned exhausted = 0; ///< percent of good answers whose headers say that nothing is left
  bool certain = true;    ///< refusals name their reason, not only a status
};

struct call_plan {
  std::uint32_t number = 0; ///< its call_id, also where others were dropped
  std::uint32_t model = 0;
  std::uint32_t client = 0;
  duration arrives{};
  duration deadline{};                               ///< after its arrival
  std::optional<duration> leaves;                    ///< after its arrival
  std::int64_t tokens = 0;                           ///< expected
  std::int64_t used = 0;                             ///< in truth
  std::uint64_t prefix = 0;                          ///< for a sticky choice
  std::optional<std::vector<std::uint32_t>> bound{}; ///< to these keys
  std::optional<outcome> always{}; ///< the request is at fault: every key says the same
};

/// What a person does.
struct change_plan {
  enum class what : std::uint8_t { toggle, budgets, reset, remove, add, line, regroup };
  static constexpr std::size_t kinds = 7;
  std::uint32_t number = 0;
  duration when{};
  what is = what::toggle;
  std::uint64_t choice = 0; ///< which key, what value
};

/// A time in which every key gets the same answer: the provider is at fault.
struct storm_plan {
  std::uint32_t number = 0;
  duration from{};
  duration to{};
  outcome is = outcome::rate_limit;
};

/// What a random plan has more of than others.
enum class emphasis : std::uint8_t {
  nothing,
  changes,
  scarcity,
  turns,
  leaving,
  limits,
  bad_requests,
  groups,
  storms,
  crowds
};
inline constexpr std::size_t emphases = 10;

/// Everything that a simulated schedule is made of: the same plan gives the same schedule.
struct plan {
  std::uint64_t seed = 0;
  duration max_delay{};    ///< of messages between actors; views lag behind by that much
  duration max_lateness{}; ///< of timers
  duration longest_service{};
  bool jitter = true;
  std::uint32_t models = 1;
  pool::settings line;
  unsigned max_attempts = 3;
  bool replay_unanswered = false;
  std::array<config::budgets_config, 3> group_budgets; ///< by configured group; the first unused
  std::vector<key_plan> keys;
  std::vector<call_plan> calls;
  std::vector<change_plan> changes;
  std::vector<storm_plan> storms;
};

plan random_plan(emphasis on, std::uint64_t seed);

/// Whether more of `on` is what the plan of `seed` has; every emphasis gets its turn.
constexpr emphasis emphasis_of(std::uint64_t seed) noexcept {
  return static_cast<emphasis>(seed % emphases);
}

} // namespace keywheel::balance::test
