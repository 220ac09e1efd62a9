#pragma once

#include "tests/balance/simulation.hpp"
#include "tests/balance/violation.hpp"

namespace keywheel::balance::test {

struct simulation::call_state {
  enum class place : std::uint8_t { outside, line, to_key, at_key, to_pool, over };

  call_plan with;
  call_id id = 0;
  std::vector<key_uid> tried;
  time_point limit{}; ///< while in the line
  place is_at = place::outside;
  std::size_t answers = 0;
  std::size_t charged = 0; ///< keys that were
  bool left = false;
  key_actor* key = nullptr; ///< while at_key, and until its lease is released
  std::optional<lease_id> lease;
};

struct simulation::pool_actor {
  std::size_t number = 0;
  std::string model;
  pool brain;
  mirror known;
  pool::settings settings;
  std::set<key_uid> members;
  std::map<std::pair<time_point, call_id>, call_state*> line;
  std::uint64_t timer = 0; ///< of its generation: older ones are void
};

struct simulation::key_actor {
  key_uid uid = 0;
  key_plan with;
  checked_key brain;
  bool removed = false;
  std::map<pool_actor*, availability> told;

  /// What a pool could make of it in truth.
  struct prospect {
    time_point member_since = time_point::max();
    time_point spare_since =
        time_point::max(); ///< slots beyond the calls on their way from this pool
    time_point last_choice{};
    std::size_t under_way = 0;
  };
  std::map<pool_actor*, prospect> prospects;
};

} // namespace keywheel::balance::test
