#pragma once

#include "dialect/verdict.hpp"
#include "time.hpp"

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

namespace keywheel::balance {

/// Number of a key for as long as its credential stays the same; never given twice in a process.
using key_uid = std::uint32_t;

/// Number of a call, unique in a gateway.
using call_id = std::uint64_t;

/// Number of a lease, unique per key (and, of a group's lease, per quota group).
using lease_id = std::uint64_t;

/// Whether a key can serve a model, as the key itself says.
struct availability {
  enum class state : std::uint8_t {
    available,
    busy,     ///< at its cap of requests in flight, or its probe is under way
    cooling,  ///< until `until`: a cooldown, or a budget that is used up
    rejected, ///< its credential was refused; until `until`, when one call may probe it
    disabled, ///< by a person
  };
  static constexpr std::uint32_t unlimited = std::numeric_limits<std::uint32_t>::max();

  state is = state::available;
  time_point until{};                   ///< for cooling and rejected
  std::uint32_t free_slots = unlimited; ///< requests it still takes: now, or at `until`
  std::uint32_t in_flight = 0;          ///< of the key as a whole, for least_in_flight
  /// For cooling and rejected: what its return waits for.
  dialect::reason why = dialect::reason::none;
  bool operator==(const availability&) const = default;
};

/// What a dispatcher makes, at `now`, of what a key has said: a rest that is over is none, and a
/// key without a slot is busy.
availability seen_at(availability what, time_point now) noexcept;

/// What a dispatcher makes of it when it has sent one more call there. `in_flight` is left alone: a
/// dispatcher counts that itself.
availability less_one(availability what) noexcept;

/// Whether a dispatcher that goes by `told` must hear that it `is` otherwise. Fewer slots than
/// there are do no harm while enough are left, so that not every call is followed by a word.
bool worth_telling(const availability& told, const availability& is) noexcept;

/// Whether a key rests for a reason that no time heals but a person: billing, credential,
/// permission, blocked.
bool rests_in_vain(const availability& what) noexcept;

/// The word for a state in API answers.
std::string_view to_string(availability::state is) noexcept;

/// A time until which a scope is not used.
struct cooldown {
  dialect::scope scope = dialect::scope::key_model;
  std::string model; ///< for key_model and provider_model, and for a quota_group's limit on one
                     ///< model; else empty
  dialect::reason why = dialect::reason::none;
  std::string source; ///< what said how long: a header's name, "body", "default"
  time_point until;
  std::uint32_t strikes = 0; ///< refusals in a row behind it: how far its ladder has been climbed
  bool probing = false;      ///< its deadline has passed and the one live call is under way
};

/// What a call is expected to use of budgets, beside being one request.
struct demand {
  std::int64_t tokens = 0;
};

} // namespace keywheel::balance
