#pragma once

#include "tools/simulator/organization.hpp"

#include <deque>
#include <memory>

namespace keywheel::simulator {

/// What GET /_sim/stats says about a key.
struct key_counters {
  std::uint64_t requests = 0;     ///< Heads that arrived with this key.
  std::uint64_t admitted = 0;     ///< Requests that passed all limits.
  std::uint64_t ok = 0;           ///< Successful answers, sent to the last byte.
  std::uint64_t limited = 0;      ///< 429 by a limit (not by a fault).
  std::uint64_t unauthorized = 0; ///< Refused while revoked.
  std::uint64_t refused = 0;      ///< Every refusal that is the provider's own, not a fault's.
  std::uint64_t refused_while_cooling = 0; ///< By a limit, before the time that the last refusal
                                           ///< by the key's limits had named.
  std::uint64_t faulted = 0;               ///< Requests that took a fault.
  std::uint64_t aborted = 0;               ///< The client left before it had the whole answer.
  std::uint64_t tokens = 0;                ///< Prompt and answer tokens of admitted requests.
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

/// The buckets that an answer's headers speak of; null where there is no limit.
struct shown_limits {
  const token_bucket* requests = nullptr;
  const token_bucket* tokens = nullptr;
};

/// One key: its limits, what is left of them, its faults and its counters.
class api_key {
public:
  /// `owner` is null for a key whose organisation has nothing to share; else it outlives the key.
  /// @pre `what` has no empty name, secret or organization, and its limits are set
  api_key(key_options what, time_point now, const limit_windows& windows = {},
          simulator::organization* owner = nullptr);

  const std::string& name() const { return what_.name; }

  const std::string& secret() const { return what_.secret; }

  const std::string& organization() const { return what_.organization; }

  const key_limits& limits() const { return own_.limits(); }

  /// What is wrong with the key, or else with its organisation.
  standing state() const;

  void set_state(standing state) { what_.state = state; }

  /// Whether the key has access to `model`.
  bool may_use(std::string_view model) const;

  /// Replaces the limits; they are full afterwards.
  void set_limits(const key_limits& limits, time_point now) { own_.set_limits(limits, now); }

  /// Replaces the limits for one model, or adds some.
  void set_model_limits(const std::string& model, const key_limits& limits, time_point now);

  /// A key's further limits for one model.
  struct model_budget {
    std::string model;
    budget limits;
    time_point cooling_until{}; ///< What the last refusal by these limits named.
  };

  /// The limits for `model`; null if there are none.
  model_budget* limits_for(std::string_view model);

  /// Takes one request and `tokens` tokens from all limits that hold, or from none.
  std::optional<refusal> admit(std::int64_t tokens, time_point now, model_budget* model = nullptr);

  /// The scarcest of all limits that hold.
  shown_limits shown(const model_budget* model = nullptr) const;

  /// An admitted or stalled request begins; it counts as in flight until `end`.
  void begin(model_budget* model = nullptr);
  void end(model_budget* model = nullptr);

  std::int64_t in_flight() const { return own_.in_flight(); }

  key_counters counters;
  fault_queue faults;

private:
  void count_refusal(const refusal& why, model_budget* by, time_point now);

  key_options what_;
  limit_windows windows_;
  simulator::organization* owner_;
  budget own_;
  std::deque<model_budget> of_models_; // never shrinks: exchanges point into it
  time_point cooling_until_{};         // what the last refusal named, except those of a model
};

} // namespace keywheel::simulator
