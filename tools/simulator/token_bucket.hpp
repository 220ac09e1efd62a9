#pragma once

#include "tools/simulator/options.hpp"

#include <chrono>
#include <cstdint>

namespace keywheel::simulator {

using time_point = std::chrono::steady_clock::time_point;

/// One window of a limit: how long it is and how the limit comes back.
struct limit_window {
  window_kind kind = window_kind::bucket;
  std::chrono::nanoseconds length{std::chrono::minutes{1}};
};

/// A limit per window. It is full at first and holds one window's worth; then it refills evenly or,
/// if its window is fixed, as a whole at the window's end. Integer arithmetic: no fraction of a
/// token is ever lost. Time is passed in and never goes back.
class token_bucket {
public:
  /// 0 makes a bucket without a limit. A fixed window begins at `now`.
  /// @pre 0 <= limit <= max_limit and the window is from 1 ms to 400 days
  token_bucket(std::int64_t limit, time_point now, limit_window window = {});

  bool limited() const { return limit_ > 0; }

  std::int64_t limit() const { return limit_; }

  /// Adds what has flowed in since the last call.
  void refill(time_point now);

  bool has(std::int64_t count) const { return !limited() || count <= remaining(); }

  /// @pre has(count)
  void take(std::int64_t count);

  /// Whole tokens in the bucket.
  std::int64_t remaining() const;

  /// Time until `count` tokens will be there. @pre limited() && count <= limit()
  std::chrono::nanoseconds until(std::int64_t count) const;

  std::chrono::nanoseconds until_full() const { return until(limit_); }

private:
  bool fixed() const { return window_.kind == window_kind::fixed; }

  std::int64_t limit_;
  limit_window window_;
  std::int64_t tick_;  // in nanoseconds; more than one where the level would not fit
  std::int64_t token_; // one token in units of the level: ticks per window
  std::int64_t level_; // in tokens times ticks
  time_point filled_;  // fixed: the last time seen
  time_point began_;   // fixed: the window
};

} // namespace keywheel::simulator
