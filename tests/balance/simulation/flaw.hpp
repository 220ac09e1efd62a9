#pragma once

#include "tests/balance/simulation/violation.hpp"

#include <cstdint>

namespace keywheel::balance::test {

/// A mistake that a simulated world can make on purpose, to show that the rules catch it.
enum class flaw : std::uint8_t {
  none,
  uses_resting_keys,
  probes_twice,
  refuses_while_free,
  skips_turns,
  releases_twice,
  keeps_leases,
  forgets_rests,
  answers_twice,
  replays_anything,
  charges_everyone,
  ignores_budgets,
  serves_last_first,
  favours_a_client,
  loses_calls,
  has_an_endless_line,
  unbinds_calls,
  forgets_deadlines
};

} // namespace keywheel::balance::test
