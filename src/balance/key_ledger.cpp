#include "balance/key_ledger.hpp"

#include <algorithm>
#include <utility>

namespace keywheel::balance {

namespace {

using dialect::scope;
using state = availability::state;

/// What a view says once its deadline has passed.
availability as_of(availability what, time_point now) noexcept {
  const bool rests = what.is == state::cooling || what.is == state::rejected;
  if (rests && what.until <= now)
    what = {
        what.free_slots > 0 ? state::available : state::busy, {}, what.free_slots, what.in_flight};
  return what;
}

bool says_nothing(const availability& what) noexcept {
  return what.is == state::available && what.free_slots == availability::unlimited;
}

} // namespace

availability within(const availability& group, availability own, time_point now) {
  const auto of_group = as_of(group, now);
  // The states stand in the order of their gravity.
  own.is = std::max(own.is, of_group.is);
  if (of_group.until > own.until) {
    own.until = of_group.until;
    own.why = of_group.why;
  }
  own.free_slots = std::min(own.free_slots, of_group.free_slots);
  if (own.is == state::available && own.free_slots == 0)
    own.is = state::busy;
  return own;
}

key_ledger::key_ledger(bool enabled, const config::budgets_config& budgets, std::uint64_t seed)
    : enabled_(enabled), limits_(scope::key, seed) {
  limits_.configure(budgets);
}

void key_ledger::configure(bool enabled, const config::budgets_config& budgets) {
  enabled_ = enabled;
  limits_.configure(budgets);
}

// -- the quota group behind it -----------------------------------------------------------------

std::vector<cooldown> key_ledger::join_group(time_point now) {
  grouped_ = true;
  limits_.forget_learned();
  auto result = limits_.rests().list(now, true);
  std::erase_if(result, [](const cooldown& one) { return one.scope != scope::quota_group; });
  for (const auto& one : result)
    limits_.rests().lift(one.scope, one.model);
  return result;
}

void key_ledger::leave_group() {
  grouped_ = false;
  group_.clear();
}

bool key_ledger::group_says(std::string_view model, const availability& what) {
  const auto found = group_.find(model);
  if (found == group_.end()) {
    if (says_nothing(what))
      return false;
    group_.emplace(model, what);
    return true;
  }
  const auto before = std::exchange(found->second, what);
  if (says_nothing(what))
    group_.erase(found);
  return before != what;
}

// -- availability and leases -------------------------------------------------------------------

availability key_ledger::available_for(std::string_view model, time_point now) const {
  auto own = limits_.available_for(model, now);
  if (!enabled_)
    return {state::disabled, {}, 0, own.in_flight};
  const auto group = group_.find(model);
  return group != group_.end() ? within(group->second, own, now) : own;
}

std::optional<admission> key_ledger::admit(std::string_view model, const demand& what,
                                           time_point now) {
  const auto group = group_.find(model);
  if (!enabled_ || (group != group_.end() && as_of(group->second, now).is != state::available))
    return std::nullopt;
  return limits_.admit(model, what, now);
}

bool key_ledger::release(lease_id lease, ending how, const dialect::usage* used, time_point now) {
  // Not before its end: an answer that began well may break yet.
  if (const auto* model = limits_.model_of(lease); model != nullptr && how == ending::answered)
    soft_.clear(*model);
  return limits_.release(lease, how, used, now);
}

// -- verdicts ----------------------------------------------------------------------------------

bool key_ledger::judged(lease_id lease, const dialect::verdict& what, bool charge,
                        const config::cooldown_config& settings,
                        const dialect::limit_readings& readings, time_point now) {
  const bool learned = !grouped_ && limits_.read(lease, readings, now, settings.max);
  if (what.why == dialect::reason::none)
    return limits_.succeeded(lease) || learned;
  const bool changed =
      charge ? this->charge(lease, what, settings, now) : limits_.inconclusive(lease);
  return changed || learned;
}

/// Rests the key for what it is to blame for.
bool key_ledger::charge(lease_id lease, const dialect::verdict& what,
                        const config::cooldown_config& settings, time_point now) {
  const auto* model = limits_.model_of(lease);
  const bool of_others =
      what.scope == scope::provider_model || (grouped_ && what.scope == scope::quota_group);
  if (model == nullptr || of_others)
    return limits_.inconclusive(lease);
  if (is_soft(what.why) && !limits_.probes_soft(lease) && !soft_.add(*model, now))
    return limits_.inconclusive(lease);
  return limits_.failed(lease, what, settings, now);
}

bool key_ledger::pardon(time_point since) {
  soft_.pardon(since);
  return limits_.rests().pardon(since);
}

// -- other hands -------------------------------------------------------------------------------

bool key_ledger::impose(const cooldown& what, time_point now) {
  return limits_.rests().impose(what, now);
}

bool key_ledger::lift(scope where, std::string_view model) {
  return limits_.rests().lift(where, model);
}

void key_ledger::forgive() {
  limits_.rests().forgive();
}

void key_ledger::reset() {
  limits_.reset();
  soft_.reset();
}

// -- for people, timers and disks --------------------------------------------------------------

std::vector<cooldown> key_ledger::cooldowns(time_point now) const {
  return limits_.list(now);
}

availability::state key_ledger::overall(time_point now) const {
  if (!enabled_)
    return state::disabled;
  const auto all = limits_.list(now);
  if (std::any_of(all.begin(), all.end(),
                  [](const cooldown& one) { return one.why == dialect::reason::credential; }))
    return state::rejected;
  auto result = all.empty() ? limits_.available_for({}, now).is : state::cooling;
  for (const auto& [model, what] : group_)
    result = std::max(result, as_of(what, now).is);
  return result;
}

std::optional<time_point> key_ledger::next_change(time_point now) const {
  auto result = limits_.next_change(now);
  for (const auto& [model, what] : group_)
    if (what.until > now && (!result || what.until < *result))
      result = what.until;
  return result;
}

kept_state key_ledger::keep(time_point now, wall_time wall_now) const {
  return limits_.keep(now, wall_now);
}

void key_ledger::restore(const kept_state& from, time_point now, wall_time wall_now) {
  limits_.restore(from, now, wall_now);
}

} // namespace keywheel::balance
