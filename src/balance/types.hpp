#pragma once

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

/// Number of a lease, unique per key.
using lease_id = std::uint64_t;

/// Whether a key can serve a model, as the key itself says.
struct availability {
  enum class state : std::uint8_t {
    available,
    busy,     ///< at its cap of requests in flight
    cooling,  ///< until `until`
    rejected, ///< its credential was refused
    disabled, ///< by a person
  };
  static constexpr std::uint32_t unlimited = std::numeric_limits<std::uint32_t>::max();

  state is = state::available;
  time_point until{};                   ///< for cooling
  std::uint32_t free_slots = unlimited; ///< requests it still takes: now, or for cooling at `until`
  bool operator==(const availability&) const = default;
};

/// The word for a state in API answers.
std::string_view to_string(availability::state is) noexcept;

} // namespace keywheel::balance
