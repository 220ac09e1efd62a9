#pragma once

#include "time.hpp"

namespace keywheel::balance::test {

using namespace std::chrono_literals;

/// A moment of virtual time, counted from a start well after the clock's zero.
constexpr time_point at(duration since_start) {
  return time_point{24h} + since_start;
}

} // namespace keywheel::balance::test
