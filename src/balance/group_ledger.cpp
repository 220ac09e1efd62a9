#include "balance/group_ledger.hpp"

#include <algorithm>

namespace keywheel::balance {

using dialect::scope;

bool is_shared(const dialect::verdict& what) noexcept {
  return what.why == dialect::reason::rate_limit || what.why == dialect::reason::quota
         || what.scope == dialect::scope::quota_group;
}

group_ledger::group_ledger(const config::budgets_config& budgets, std::uint64_t seed)
    : limits_(scope::quota_group, seed) {
  limits_.configure(budgets);
}

void group_ledger::configure(const config::budgets_config& budgets) {
  limits_.configure(budgets);
}

// -- leases ------------------------------------------------------------------------------------

availability group_ledger::available_for(std::string_view model, time_point now) const {
  return limits_.available_for(model, now);
}

std::optional<admission> group_ledger::admit(key_uid key, std::string_view model,
                                             const demand& what, time_point now) {
  const auto result = limits_.admit(model, what, now);
  if (result)
    members_.emplace(result->lease, key);
  return result;
}

bool group_ledger::release(lease_id lease, ending how, const dialect::usage* used, time_point now) {
  members_.erase(lease);
  return limits_.release(lease, how, used, now);
}

std::size_t group_ledger::release_all(key_uid key, time_point now) {
  return std::erase_if(members_, [&](const auto& one) {
    return one.second == key && limits_.release(one.first, ending::abandoned, nullptr, now);
  });
}

std::size_t group_ledger::in_flight(key_uid key) const {
  return static_cast<std::size_t>(std::count_if(
      members_.begin(), members_.end(), [key](const auto& one) { return one.second == key; }));
}

// -- verdicts ----------------------------------------------------------------------------------

bool group_ledger::judged(lease_id lease, const dialect::verdict& what, bool charge,
                          const config::cooldown_config& settings,
                          const dialect::limit_readings& readings, time_point now) {
  const bool learned = limits_.read(lease, readings, now, settings.max);
  bool changed = false;
  if (what.why == dialect::reason::none)
    changed = limits_.succeeded(lease);
  else if (charge && what.scope == scope::quota_group && !is_soft(what.why))
    changed = limits_.failed(lease, what, settings, now);
  else
    changed = limits_.inconclusive(lease);
  return changed || learned;
}

bool group_ledger::pardon(time_point since) {
  return limits_.rests().pardon(since);
}

bool group_ledger::impose(const cooldown& what, time_point now) {
  return limits_.rests().impose(what, now);
}

bool group_ledger::lift(scope where, std::string_view model) {
  return limits_.rests().lift(where, model);
}

void group_ledger::forgive() {
  limits_.rests().forgive();
}

void group_ledger::reset() {
  limits_.reset();
}

// -- for people, timers and disks --------------------------------------------------------------

std::vector<cooldown> group_ledger::cooldowns(time_point now) const {
  return limits_.list(now);
}

std::optional<time_point> group_ledger::next_change(time_point now) const {
  return limits_.next_change(now);
}

kept_state group_ledger::keep(time_point now, wall_time wall_now) const {
  return limits_.keep(now, wall_now);
}

void group_ledger::restore(const kept_state& from, time_point now, wall_time wall_now) {
  limits_.restore(from, now, wall_now);
}

} // namespace keywheel::balance
