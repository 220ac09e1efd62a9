#include "balance/key_ledger.hpp"

#include "balance/later.hpp"

#include <algorithm>
#include <utility>

namespace keywheel::balance {

namespace {

using std::chrono::milliseconds;
using state = availability::state;

constexpr milliseconds shortest_hint{250};
constexpr auto longest_rest = std::chrono::duration_cast<milliseconds>(duration::max());

bool uses_hint(const dialect::verdict& what, const config::cooldown_config& settings) {
  return settings.use_hints && what.rest.has_value();
}

} // namespace

duration rest_of(const dialect::verdict& what, const config::cooldown_config& settings) {
  // Compared as milliseconds: an absurd hint would overflow the clock's finer unit.
  const auto wanted = uses_hint(what, settings) ? std::max(*what.rest, shortest_hint)
                                                : milliseconds{settings.rate_limit};
  return std::min({wanted, milliseconds{settings.max}, longest_rest});
}

key_ledger::key_ledger(bool enabled, std::uint32_t max_in_flight)
    : enabled_(enabled), max_in_flight_(max_in_flight) {
  // nop
}

void key_ledger::configure(bool enabled, std::uint32_t max_in_flight) {
  enabled_ = enabled;
  max_in_flight_ = max_in_flight;
}

// -- availability ------------------------------------------------------------------------------

availability key_ledger::available_for(std::string_view model, time_point now) const {
  if (!enabled_)
    return {state::disabled, {}, 0};
  if (rejected_)
    return {state::rejected, {}, 0};
  const auto slots = free_slots();
  if (const auto until = resting_until(model, now))
    return {state::cooling, *until, slots};
  return {slots > 0 ? state::available : state::busy, {}, slots};
}

availability::state key_ledger::overall(time_point now) const {
  if (!enabled_)
    return state::disabled;
  if (rejected_)
    return state::rejected;
  const auto under_way = [now](const cooldown& one) { return now < one.until; };
  if (std::any_of(of_key_.begin(), of_key_.end(), under_way)
      || std::any_of(of_model_.begin(), of_model_.end(),
                     [&](const auto& entry) { return under_way(entry.second); }))
    return state::cooling;
  return free_slots() > 0 ? state::available : state::busy;
}

std::optional<time_point> key_ledger::resting_until(std::string_view model, time_point now) const {
  auto last = now;
  for (const auto& one : of_key_)
    last = std::max(last, one.until);
  if (const auto found = of_model_.find(model); found != of_model_.end())
    last = std::max(last, found->second.until);
  return last > now ? std::optional{last} : std::nullopt;
}

std::uint32_t key_ledger::free_slots() const noexcept {
  if (max_in_flight_ == 0)
    return availability::unlimited;
  // More than the cap may be out after the cap was lowered.
  const auto out = std::min<std::size_t>(leases_.size(), max_in_flight_);
  return max_in_flight_ - static_cast<std::uint32_t>(out);
}

// -- leases ------------------------------------------------------------------------------------

std::optional<lease_id> key_ledger::admit(std::string_view model, time_point now) {
  if (available_for(model, now).is != state::available)
    return std::nullopt;
  leases_.insert(++last_lease_);
  return last_lease_;
}

bool key_ledger::release(lease_id lease) {
  return leases_.erase(lease) > 0;
}

std::size_t key_ledger::in_flight() const noexcept {
  return leases_.size();
}

// -- verdicts ----------------------------------------------------------------------------------

bool key_ledger::apply(const dialect::verdict& what, std::string_view model,
                       const config::cooldown_config& settings, time_point now) {
  switch (what.for_key) {
  case dialect::verdict::key::nothing:
    return false;
  case dialect::verdict::key::cool:
    return cool(what, model, settings, now);
  case dialect::verdict::key::reject:
    return !std::exchange(rejected_, true);
  }
  return false;
}

/// Starts or extends a cooldown; whichever deadline is later stays, with its reason and source.
bool key_ledger::cool(const dialect::verdict& what, std::string_view model,
                      const config::cooldown_config& settings, time_point now) {
  forget_past(now);
  const auto until = later(now, rest_of(what, settings));
  if (until <= now)
    return false;
  auto& entry = entry_of(what.scope, model);
  if (until <= entry.until)
    return false;
  entry.until = until;
  entry.reason = what.reason;
  entry.source = uses_hint(what, settings) ? what.source : "default";
  return true;
}

cooldown& key_ledger::entry_of(dialect::scope scope, std::string_view model) {
  if (scope == dialect::scope::key_model) {
    auto found = of_model_.find(model);
    if (found == of_model_.end())
      found = of_model_.emplace(model, cooldown{scope, std::string{model}, {}, {}, {}}).first;
    return found->second;
  }
  const auto found = std::find_if(of_key_.begin(), of_key_.end(),
                                  [scope](const cooldown& one) { return one.scope == scope; });
  return found != of_key_.end() ? *found : of_key_.emplace_back(cooldown{scope, {}, {}, {}, {}});
}

/// Keeps memory bounded by the cooldowns that are under way.
void key_ledger::forget_past(time_point now) {
  std::erase_if(of_key_, [now](const cooldown& one) { return one.until <= now; });
  std::erase_if(of_model_, [now](const auto& entry) { return entry.second.until <= now; });
}

void key_ledger::forgive() {
  rejected_ = false;
}

void key_ledger::reset() {
  rejected_ = false;
  of_key_.clear();
  of_model_.clear();
}

bool key_ledger::rejected() const noexcept {
  return rejected_;
}

bool key_ledger::enabled() const noexcept {
  return enabled_;
}

std::vector<cooldown> key_ledger::cooldowns(time_point now) const {
  std::vector<cooldown> result;
  for (const auto& one : of_key_)
    if (now < one.until)
      result.push_back(one);
  for (const auto& [model, one] : of_model_)
    if (now < one.until)
      result.push_back(one);
  std::sort(result.begin(), result.end(), [](const cooldown& a, const cooldown& b) {
    return a.model != b.model ? a.model < b.model : a.scope < b.scope;
  });
  return result;
}

} // namespace keywheel::balance
