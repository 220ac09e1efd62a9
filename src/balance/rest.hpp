#pragma once

#include "config/config.hpp"
#include "dialect/verdict.hpp"
#include "time.hpp"

#include <cstdint>

namespace keywheel::balance {

/// A seeded source of the time that is added to every rest, so that keys that were refused together
/// do not return in step: upward only, up to a tenth of the rest and at most a second. Seed 0 adds
/// nothing; any other is deterministic.
class jitter {
public:
  explicit jitter(std::uint64_t seed) noexcept : state_(seed), on_(seed != 0) {}

  /// Returns what is to be added to `rest`, and moves on.
  duration over(duration rest) noexcept;

private:
  std::uint64_t state_; ///< of splitmix64
  bool on_;
};

/// Whether `why` rests anybody at all. Others (a caller's mistake, too_large, blocked, deadline)
/// are nobody's fault whom a rest could help.
bool rests(dialect::reason why) noexcept;

/// Whether `why` rests nobody alone, but three times within 30 s do (PROVIDERS §11, class SERVER):
/// server_error, unreachable, no_answer, timed_out.
bool is_soft(dialect::reason why) noexcept;

/// Whether the length of the rest is the provider's own.
bool uses_hint(const dialect::verdict& what, const config::cooldown_config& settings) noexcept;

/// How long a verdict rests its scope, without jitter; zero where `rests` says no. `strikes` counts
/// the refusals in a row, this one included (0 is as 1).
///
/// A stated rest counts where hints are used, no less than 250 ms ("at once" must not hammer) and
/// no more than `settings.max`: the owner is half-open afterwards, so a longer one is probed, not
/// forgotten. Else the ladder of the reason (rest.cpp has it as a table, from PROVIDERS §11):
/// `settings.rate_limit` doubling to `settings.max` for rate limits; ladders of billing, credential
/// and permission climb beyond `settings.max`, which is about hints and rate limits, and
/// credentials never take a hint.
duration rest_of(const dialect::verdict& what, std::uint32_t strikes,
                 const config::cooldown_config& settings) noexcept;

} // namespace keywheel::balance
