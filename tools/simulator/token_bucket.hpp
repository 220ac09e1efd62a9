#pragma once

#include <chrono>
#include <cstdint>

namespace keywheel::simulator {

using time_point = std::chrono::steady_clock::time_point;

/// A limit per minute that refills evenly. It is full at first and holds one minute's worth.
/// Integer arithmetic: no fraction of a token is ever lost. Time is passed in and never goes back.
class token_bucket {
public:
  /// 0 makes a bucket without a limit. @pre 0 <= per_minute <= max_limit
  token_bucket(std::int64_t per_minute, time_point now);

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
  std::int64_t limit_;
  std::int64_t level_; // in tokens times nanoseconds per minute
  time_point filled_;
};

} // namespace keywheel::simulator
