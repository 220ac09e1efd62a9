#pragma once

#include "balance/pool.hpp"
#include "config/config.hpp"
#include "time.hpp"

#include <cstdint>
#include <random>
#include <vector>

namespace keywheel::balance::test {

/// Reproducible chance: the same on every platform, unlike the standard distributions.
class chance {
public:
  explicit chance(std::uint64_t seed);

  /// A number below `bound`, which is at least 1.
  std::uint64_t below(std::uint64_t bound);
  bool percent(unsigned probability);
  duration between(duration least, duration most);

  template <class T>
  T one_of(std::initializer_list<T> those) {
    return *(those.begin() + below(those.size()));
  }

private:
  std::mt19937_64 engine_;
};

/// How a key's provider answers, in percent; the rest succeeds.
struct key_plan {
  bool enabled = true;
  std::uint32_t max_in_flight = 0;
  std::vector<std::size_t> models; ///< by number
  unsigned rate_limited = 0;
  unsigned unreachable = 0;
  unsigned unauthorized = 0;
  unsigned refused = 0; ///< another key may serve the call, this one is not charged
  unsigned broken = 0;  ///< sent and not answered
  std::optional<std::chrono::milliseconds>
      hint; ///< of a rate limit; none: a random one or none at all
};

struct call_plan {
  std::size_t model = 0;
  time_point arrives{};
  time_point deadline = time_point::max();
  time_point leaves = time_point::max();
  bool bad = false; ///< the caller's mistake: every key answers 400
};

/// A change by a person, as a reload brings it.
struct change_plan {
  enum class what : std::uint8_t { toggle, cap, reset, remove, add, line };
  time_point when{};
  what is = what::toggle;
  std::uint64_t choice = 0; ///< which key, what value
};

/// Everything that a simulated schedule is made of, but for the dice thrown while it runs.
struct plan {
  std::uint64_t seed = 0;
  duration max_delay{};    ///< of messages between actors; views lag behind by that much
  duration max_lateness{}; ///< of timers
  duration longest_service{};
  std::size_t models = 1;
  pool::settings line;
  config::cooldown_config cooldown;
  std::vector<key_plan> keys;
  std::vector<call_plan> calls;
  std::vector<change_plan> changes;
};

/// What a random plan has more of than others.
enum class emphasis : std::uint8_t {
  nothing,
  changes,
  scarcity,
  turns,
  leaving,
  limits,
  bad_requests
};

plan random_plan(std::uint64_t seed, emphasis on = emphasis::nothing);

/// 64 callers at once, ten keys, nine of which are at their limit, as is found by trying.
plan one_healthy_key(std::uint64_t seed, std::uint32_t max_in_flight);

} // namespace keywheel::balance::test
