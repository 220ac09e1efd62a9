#pragma once

#include "time.hpp"

#include <atomic>

namespace keywheel::observe {

class model_meter;

/// What happens to a call on its way that its front wants to know in the end, however it ends.
/// Written by whoever holds the call, read by its front, which may be on another thread when its
/// client leaves: then it sees what was known a moment ago.
class call_trace {
public:
  /// Where the call is counted: its model's. Null: it has not come that far.
  void counts_for(model_meter* which) noexcept { meter_.store(which, relaxed); }
  model_meter* meter() const noexcept { return meter_.load(relaxed); }

  /// So many attempts have been made, the one that begins now included.
  void attempts(unsigned made) noexcept { attempts_.store(made, relaxed); }
  unsigned attempts() const noexcept { return attempts_.load(relaxed); }

  /// It stood so long in the waiting line; again, perhaps.
  void waited(duration more) noexcept { waited_.fetch_add(more.count(), relaxed); }
  duration waited() const noexcept { return duration{waited_.load(relaxed)}; }

  /// An attempt was so long with its provider, until its answer had begun or failed.
  void was_at_provider(duration more) noexcept { at_provider_.fetch_add(more.count(), relaxed); }
  duration at_provider() const noexcept { return duration{at_provider_.load(relaxed)}; }

private:
  static constexpr auto relaxed = std::memory_order_relaxed;

  std::atomic<model_meter*> meter_{nullptr};
  std::atomic<unsigned> attempts_{0};
  std::atomic<duration::rep> waited_{0};
  std::atomic<duration::rep> at_provider_{0};
};

} // namespace keywheel::observe
