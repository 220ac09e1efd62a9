#pragma once

#include "time.hpp"

namespace keywheel::balance {

/// `from + by`, or the end of time where that would overflow.
constexpr time_point later(time_point from, duration by) noexcept {
  if (by > duration::zero() && from > time_point::max() - by)
    return time_point::max();
  return from + by;
}

} // namespace keywheel::balance
