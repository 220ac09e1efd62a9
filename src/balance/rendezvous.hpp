#pragma once

#include "balance/types.hpp"

#include <cstdint>

namespace keywheel::balance {

/// Finds, among the keys that it is offered, the one that a prefix prefers: rendezvous hashing
/// (highest random weight: Thaler and Ravishankar, 1998). Over many prefixes each key is preferred
/// in proportion to its weight; when keys come or go, only their own prefixes move.
class rendezvous {
public:
  explicit rendezvous(std::uint64_t prefix) noexcept : prefix_(prefix) {}

  /// Offers a key; true if it is preferred to all those before.
  bool offer(key_uid key, std::uint32_t weight) noexcept;

private:
  std::uint64_t prefix_;
  double best_ = 0; ///< the highest score so far
};

} // namespace keywheel::balance
