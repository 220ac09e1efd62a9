#include "balance/cooldowns.hpp"

#include "balance/later.hpp"

#include <algorithm>
#include <tuple>

namespace keywheel::balance {

namespace {

using dialect::reason;
using dialect::scope;
using gate = cooldowns::standing::gate;

constexpr duration forgotten_after = std::chrono::hours{24}; ///< past a deadline, without a call
constexpr duration longest_kept = std::chrono::hours{24 * 32};

bool concerns(const cooldown& one, std::string_view model) noexcept {
  return one.model.empty() || one.model == model;
}

/// Whether two reasons climb one ladder.
bool alike(reason a, reason b) noexcept {
  return a == b || (is_soft(a) && is_soft(b));
}

bool pardonable(reason why) noexcept {
  return why == reason::credential || why == reason::permission || why == reason::rate_limit;
}

} // namespace

std::pair<scope, std::string_view> landing(const dialect::verdict& what,
                                           std::string_view model) noexcept {
  if (is_soft(what.why) && what.scope != scope::provider_model)
    return {scope::key_model, model};
  const bool per_model = what.scope == scope::key_model || what.scope == scope::provider_model
                         || (what.scope == scope::quota_group
                             && (what.why == reason::rate_limit || what.why == reason::quota));
  return {what.scope, per_model ? model : std::string_view{}};
}

cooldowns::standing cooldowns::about(std::string_view model, time_point now) const {
  standing result;
  for (const auto& one : entries_) {
    if (!concerns(one.is, model))
      continue;
    const auto is = now < one.is.until ? gate::shut : one.probe ? gate::busy : gate::probe;
    result.is = std::max(result.is, is);
    if (is == gate::shut) {
      if (one.is.until > result.until) {
        result.until = one.is.until;
        result.why = one.is.why;
      }
      result.credential |= one.is.why == reason::credential;
    }
  }
  return result;
}

// -- calls -------------------------------------------------------------------------------------

bool cooldowns::admitted(lease_id lease, std::string_view model, time_point now) {
  bool result = false;
  for (auto& one : entries_)
    if (concerns(one.is, model) && one.is.until <= now && !one.probe) {
      one.probe = lease;
      result = true;
    }
  return result;
}

bool cooldowns::succeeded(lease_id lease) {
  return std::erase_if(entries_, [lease](const entry& one) { return one.probe == lease; }) > 0;
}

bool cooldowns::abandoned(lease_id lease) {
  bool result = false;
  for (auto& one : entries_)
    if (one.probe == lease) {
      one.probe.reset();
      result = true;
    }
  return result;
}

bool cooldowns::failed(lease_id lease, const dialect::verdict& what, std::string_view model,
                       const config::cooldown_config& settings, time_point now) {
  const auto [where, of] = landing(what, model);
  auto* target = find(where, of);
  const bool is_probe = target != nullptr && target->probe == lease;
  const bool freed = abandoned(lease);
  if (rest_of(what, 1, settings) <= duration::zero())
    return freed;
  if (target == nullptr) {
    forget_old(now);
    target = &entries_.emplace_back();
    target->is.scope = where;
    target->is.model = of;
  }
  return extend(*target, what, is_probe, settings, now) || freed;
}

/// Moves the deadline, if it is later than what stands there. A probe's is: its rest was over.
bool cooldowns::extend(entry& one, const dialect::verdict& what, bool is_probe,
                       const config::cooldown_config& settings, time_point now) {
  const bool goes_on = one.is.strikes > 0 && alike(one.is.why, what.why);
  const auto strikes = goes_on ? one.is.strikes + (is_probe ? 1U : 0U) : 1U;
  const auto rest = rest_of(what, strikes, settings);
  const auto until = later(later(now, rest), jitter_.over(rest));
  if (until <= one.is.until) {
    one.certain |= goes_on && what.certain;
    return false;
  }
  one.is.until = until;
  one.is.source = uses_hint(what, settings) ? what.source : "default";
  one.is.why = what.why;
  // A straggler adds what it knows to the strike that stands.
  const bool new_strike = strikes != one.is.strikes || !goes_on;
  one.certain = what.certain || (!new_strike && one.certain);
  if (new_strike)
    one.struck = now;
  one.is.strikes = strikes;
  one.probe.reset();
  return true;
}

bool cooldowns::probes_soft(lease_id lease, std::string_view model) const {
  return std::any_of(entries_.begin(), entries_.end(), [&](const entry& one) {
    return one.probe == lease && one.is.model == model && is_soft(one.is.why);
  });
}

// -- other hands -------------------------------------------------------------------------------

bool cooldowns::impose(const cooldown& what, time_point now) {
  auto* found = find(what.scope, what.model);
  if (found == nullptr) {
    forget_old(now);
    auto& fresh = entries_.emplace_back(entry{what, {}, now, true});
    fresh.is.strikes = std::max(what.strikes, 1U);
    fresh.is.probing = false;
    return true;
  }
  const bool longer = found->is.until < what.until;
  const bool harder = found->is.strikes < what.strikes;
  if (longer) {
    found->is.until = what.until;
    found->is.why = what.why;
    found->is.source = what.source;
    found->certain = true;
    found->probe.reset();
  }
  if (harder)
    found->is.strikes = what.strikes;
  return longer || harder;
}

bool cooldowns::lift(scope where, std::string_view model) {
  return std::erase_if(
             entries_,
             [&](const entry& one) { return one.is.scope == where && one.is.model == model; })
         > 0;
}

bool cooldowns::forgive() {
  return std::erase_if(entries_, [](const entry& one) { return one.is.why == reason::credential; })
         > 0;
}

bool cooldowns::reset() {
  const bool result = !entries_.empty();
  entries_.clear();
  return result;
}

bool cooldowns::pardon(time_point since) {
  bool result = false;
  for (auto& one : entries_)
    if (!one.certain && one.struck >= since && pardonable(one.is.why)) {
      --one.is.strikes;
      one.is.until = std::min(one.is.until, since);
      one.certain = true; // the strikes that are left are older
      result = true;
    }
  std::erase_if(entries_, [](const entry& one) { return one.is.strikes == 0; });
  return result;
}

// -- for people, timers and disks --------------------------------------------------------------

std::vector<cooldown> cooldowns::list(time_point now, bool with_past) const {
  std::vector<cooldown> result;
  for (const auto& one : entries_)
    if (with_past || one.probe || now < one.is.until) {
      result.push_back(one.is);
      result.back().probing = one.probe.has_value();
    }
  std::sort(result.begin(), result.end(), [](const cooldown& a, const cooldown& b) {
    return std::tie(a.model, a.scope) < std::tie(b.model, b.scope);
  });
  return result;
}

std::optional<time_point> cooldowns::next_deadline(time_point now) const {
  std::optional<time_point> result;
  for (const auto& one : entries_)
    if (now < one.is.until && (!result || one.is.until < *result))
      result = one.is.until;
  return result;
}

std::vector<cooldowns::kept> cooldowns::keep(time_point now, wall_time wall_now) const {
  std::vector<kept> result;
  for (const auto& one : list(now, true)) {
    const auto ahead = std::min(one.until - now, longest_kept);
    result.push_back({one.scope, one.model, one.why, one.source,
                      wall_now + std::chrono::duration_cast<wall_time::duration>(ahead),
                      one.strikes});
  }
  return result;
}

void cooldowns::restore(const std::vector<kept>& from, time_point now, wall_time wall_now) {
  for (const auto& one : from) {
    duration ahead{};
    if (one.until > wall_now)
      ahead = std::min<duration>(one.until - wall_now, longest_kept);
    impose({one.scope, one.model, one.why, one.source, now + ahead, one.strikes}, now);
  }
}

cooldowns::entry* cooldowns::find(scope where, std::string_view model) {
  const auto found = std::find_if(entries_.begin(), entries_.end(), [&](const entry& one) {
    return one.is.scope == where && one.is.model == model;
  });
  return found != entries_.end() ? &*found : nullptr;
}

/// Keeps memory bounded by what happened within a day: a model may never be asked for again.
void cooldowns::forget_old(time_point now) {
  std::erase_if(entries_, [now](const entry& one) {
    return !one.probe && one.is.until < now && now - one.is.until > forgotten_after;
  });
}

} // namespace keywheel::balance
