#pragma once

#include <chrono>

namespace keywheel {

/// Monotonic time. The core never asks for it: whoever calls passes it in.
using clock = std::chrono::steady_clock;
using time_point = clock::time_point;
using duration = clock::duration;

/// Wall-clock time, needed only where a protocol speaks of dates.
using wall_time = std::chrono::system_clock::time_point;

} // namespace keywheel
