#pragma once

#include "tools/simulator/simulator.hpp"
#include "tools/simulator/token_bucket.hpp"

#include <deque>

namespace keywheel::simulator {

/// What GET /_sim/stats says about a key.
struct key_counters {
  std::uint64_t requests = 0;     ///< Heads that arrived with this key.
  std::uint64_t admitted = 0;     ///< Requests that passed all limits.
  std::uint64_t ok = 0;           ///< Successful answers, sent to the last byte.
  std::uint64_t limited = 0;      ///< 429 by a limit of the key (not by a fault).
  std::uint64_t unauthorized = 0; ///< 401 while revoked.
  std::uint64_t faulted = 0;      ///< Requests that took a fault.
  std::uint64_t aborted = 0;      ///< The client left before it had the whole answer.
  std::uint64_t tokens = 0;       ///< Prompt and answer tokens of admitted requests.
  std::uint64_t max_in_flight = 0;
};

/// A queue of faults, each with how often it is still to be used.
class fault_queue {
public:
  void add(fault what);

  /// The fault for the next request, or null. Counts.
  std::shared_ptr<const fault> take();

  void clear() { entries_.clear(); }

  struct entry {
    std::shared_ptr<const fault> what;
    int skip;
    int times;
  };

  const std::deque<entry>& entries() const { return entries_; }

private:
  std::deque<entry> entries_;
};

/// Why a request is over a limit, with the numbers of OpenAI's text.
struct refusal {
  enum class reason : std::uint8_t { requests, tokens, concurrency, too_large };
  reason why;
  std::int64_t limit;
  std::int64_t used;
  std::int64_t requested;
  std::chrono::nanoseconds wait; ///< Until it would fit; 0 for too_large.
};

/// One key: its limits, what is left of them, its faults and its counters.
class api_key {
public:
  /// @pre `what` has no empty field and its limits are set.
  api_key(key_options what, time_point now);

  const std::string& name() const { return what_.name; }

  const std::string& secret() const { return what_.secret; }

  const std::string& organization() const { return what_.organization; }

  const key_limits& limits() const { return *what_.limits; }

  /// The response header lines that name this key.
  const std::string& header_lines() const { return header_lines_; }

  /// Replaces the limits; the buckets are full afterwards.
  void set_limits(const key_limits& limits, time_point now);

  /// Takes one request and `tokens` tokens, both or neither.
  std::optional<refusal> admit(std::int64_t tokens, time_point now);

  /// Appends the x-ratelimit-… header lines. A kind without a limit has none.
  void append_rate_limit_lines(std::string& out) const;

  /// An admitted or stalled request begins; it counts as in flight until `end`.
  void begin();
  void end();

  std::int64_t in_flight() const { return in_flight_; }

  key_counters counters;
  fault_queue faults;

private:
  key_options what_;
  std::string header_lines_;
  token_bucket requests_;
  token_bucket tokens_;
  std::int64_t in_flight_ = 0;
};

} // namespace keywheel::simulator
