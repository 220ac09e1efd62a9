#pragma once

#include "tools/simulator/token_bucket.hpp"

#include <optional>

namespace keywheel::simulator {

/// Why a request is over a limit, with the numbers of the providers' texts.
struct refusal {
  enum class reason : std::uint8_t {
    requests,
    tokens,
    requests_per_day,
    tokens_per_day,
    concurrency,
    too_large, ///< More tokens than the limit will ever hold.
  };
  reason why;
  std::int64_t limit;
  std::int64_t used;
  std::int64_t requested;
  std::chrono::nanoseconds wait; ///< Until it would fit; 0 for too_large.

  bool of_tokens() const {
    return why == reason::tokens || why == reason::tokens_per_day || why == reason::too_large;
  }

  bool of_day() const { return why == reason::requests_per_day || why == reason::tokens_per_day; }
};

/// What is left of one set of limits: a key's, an organisation's, or a key's for one model.
class budget {
public:
  /// @pre the limits are from 0 to max_limit
  budget(const key_limits& limits, const limit_windows& windows, time_point now);

  const key_limits& limits() const { return limits_; }

  /// Replaces the limits: full, with new windows. What is in flight stays so.
  void set_limits(const key_limits& limits, time_point now);

  /// Whether one request with `tokens` tokens fits; if not, why. Takes nothing.
  std::optional<refusal> check(std::int64_t tokens, time_point now);

  /// Takes one request and its tokens. @pre check(tokens, now) found room
  void take(std::int64_t tokens);

  void begin() { ++in_flight_; }
  void end() { --in_flight_; }

  std::int64_t in_flight() const { return in_flight_; }

  /// The bucket of requests, or of tokens, of which the least is left; null without such a limit.
  const token_bucket* requests() const { return scarcer(requests_, daily_requests_); }
  const token_bucket* tokens() const { return scarcer(tokens_, daily_tokens_); }

private:
  /// Whether there is any limit at all.
  bool limited() const;

  static const token_bucket* scarcer(const token_bucket& minute, const token_bucket& day);

  key_limits limits_;
  limit_windows windows_;
  token_bucket requests_;
  token_bucket tokens_;
  token_bucket daily_requests_;
  token_bucket daily_tokens_;
  std::int64_t in_flight_ = 0;
};

} // namespace keywheel::simulator
