#pragma once

#include "time.hpp"

#include <cstddef>
#include <deque>

namespace keywheel::detail {

/// Counts how often actors had to be replaced, to tell an accident from a fault that replacing does
/// not cure.
class restarts {
public:
  static constexpr std::size_t most = 20;
  static constexpr std::chrono::seconds within{10};

  /// Notes one more; false if that is too many in too short a time.
  bool note(time_point now) {
    times_.push_back(now);
    while (times_.front() + within < now)
      times_.pop_front();
    return times_.size() <= most;
  }

private:
  std::deque<time_point> times_;
};

} // namespace keywheel::detail
