#pragma once

#include "balance/types.hpp"

#include <vector>

namespace keywheel::balance {

/// What a dispatcher needs to know of a call to place it.
struct ticket {
  call_id call = 0;
  time_point arrived{}; ///< order in the line, and start of its wait
  time_point deadline = time_point::max();
  std::vector<key_uid> tried; ///< keys that already failed to serve it
};

} // namespace keywheel::balance
