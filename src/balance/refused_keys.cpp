#include "balance/refused_keys.hpp"

#include <algorithm>

namespace keywheel::balance {

bool refused_keys::counts(dialect::reason why, bool certain) noexcept {
  using dialect::reason;
  switch (why) {
  case reason::rate_limit:
    return true;
  case reason::credential:
  case reason::permission:
  case reason::blocked:
    return !certain;
  default:
    return false;
  }
}

void refused_keys::add(key_uid key, dialect::reason why, std::optional<time_point> returns,
                       time_point now) {
  forget_old(now);
  remove(key);
  latest_.push_back({key, why, now, returns});
  of_key_[key] = std::prev(latest_.end());
  ++counter(why);
}

void refused_keys::remove(key_uid key) {
  if (const auto found = of_key_.find(key); found != of_key_.end())
    erase(found->second);
}

void refused_keys::clear() {
  latest_.clear();
  of_key_.clear();
  counts_.fill(0);
}

std::size_t refused_keys::count(dialect::reason why, time_point now) {
  forget_old(now);
  return counter(why);
}

bool refused_keys::contains(key_uid key, dialect::reason why, time_point now) {
  forget_old(now);
  const auto found = of_key_.find(key);
  return found != of_key_.end() && found->second->why == why;
}

std::optional<time_point> refused_keys::first(dialect::reason why, time_point now) {
  forget_old(now);
  const auto found = std::find_if(latest_.begin(), latest_.end(),
                                  [why](const refusal& one) { return one.why == why; });
  return found == latest_.end() ? std::nullopt : std::optional{found->when};
}

std::optional<time_point> refused_keys::earliest_return(dialect::reason why, time_point now) {
  forget_old(now);
  std::optional<time_point> result;
  for (const auto& one : latest_)
    if (one.why == why && one.returns && *one.returns > now && (!result || *one.returns < *result))
      result = one.returns;
  return result;
}

void refused_keys::erase(refusals::iterator which) {
  --counter(which->why);
  of_key_.erase(which->key);
  latest_.erase(which);
}

/// A refusal counts for exactly `window`.
void refused_keys::forget_old(time_point now) {
  while (!latest_.empty() && now - latest_.front().when > window)
    erase(latest_.begin());
}

std::size_t& refused_keys::counter(dialect::reason why) noexcept {
  return counts_[static_cast<std::size_t>(why)];
}

} // namespace keywheel::balance
