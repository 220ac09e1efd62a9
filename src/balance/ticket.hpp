#pragma once

#include "balance/types.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace keywheel::balance {

/// What a dispatcher needs to know of a call to place it.
struct ticket {
  call_id call = 0;
  time_point arrived{}; ///< start of its wait
  time_point deadline = time_point::max();
  std::vector<key_uid> tried; ///< keys that already failed to serve it
  std::uint64_t client = 0;   ///< hash of the client's name: whose turn it is in the line
  std::uint64_t prefix = 0;   ///< hash of the prompt's beginning, for a sticky choice; 0: none
  /// Its turn in the line. A pool gives it when it first places a call and tells it in `placement`;
  /// a call that comes back brings it along and so resumes its old place. 0: not placed yet.
  std::uint64_t tag = 0;
  /// The only keys that may serve it, the preferred one first: it is bound to them. Nothing: any
  /// may; empty: none can.
  std::optional<std::vector<key_uid>> bound{};
};

} // namespace keywheel::balance
