#include "tests/balance/checked_key.hpp"

#include "tests/balance/violation.hpp"

#include <algorithm>

namespace keywheel::balance::test {

using std::chrono::milliseconds;
using state = availability::state;
using verdict = dialect::verdict;

checked_key::checked_key(bool enabled, std::uint32_t max_in_flight,
                         config::cooldown_config cooldown, time_point now)
    : ledger_(enabled, max_in_flight),
      cooldown_(cooldown),
      enabled_(enabled),
      max_in_flight_(max_in_flight),
      in_service_since_(now) {
  // nop
}

void checked_key::configure(bool enabled, std::uint32_t max_in_flight, time_point now) {
  if (enabled && !enabled_)
    in_service_since_ = now;
  enabled_ = enabled;
  max_in_flight_ = max_in_flight;
  ledger_.configure(enabled, max_in_flight);
}

void checked_key::reset(time_point now) {
  if (rejected_)
    in_service_since_ = now;
  rejected_ = false;
  for (auto& [model, until] : rests_)
    until = std::min(until, now);
  ledger_.reset();
  require(ledger_.cooldowns(now).empty(), "a reset clears cooldowns");
}

std::optional<lease_id> checked_key::admit(const std::string& model, time_point now) {
  const bool room = max_in_flight_ == 0 || out_.size() < max_in_flight_;
  const bool expected = enabled_ && !rejected_ && rests_until(model) <= now && room;
  const auto lease = ledger_.admit(model, now);
  require(expected || !lease, "invariant 1: a key that is cooling, disabled, removed, rejected or "
                              "at its cap admits no call");
  require(!expected || lease, "a key that is free admits a call");
  if (lease) {
    require(ever_.insert(*lease).second, "invariant 4: a lease is given once");
    out_.insert(*lease);
  }
  return lease;
}

void checked_key::release(lease_id lease, const std::string& model, time_point now) {
  require(out_.erase(lease) == 1, "invariant 4: the simulation releases each lease once");
  require(ledger_.release(lease), "invariant 4: a lease that is out can be released");
  const auto after = ledger_.available_for(model, now);
  require(!ledger_.release(lease), "invariant 4: a lease is not released twice");
  require(ledger_.available_for(model, now) == after,
          "invariant 4: a second release changes nothing");
  require(ledger_.in_flight() == out_.size(), "invariant 4: in_flight counts the leases out");
}

bool checked_key::is_out(lease_id lease) const {
  return out_.contains(lease);
}

bool checked_key::apply(const verdict& what, const std::string& model, time_point now) {
  const auto before = ledger_.cooldowns(now);
  const auto told_before = available_for(model, now);
  const bool changed = ledger_.apply(what, model, cooldown_, now);
  auto charged = what.for_key == verdict::key::reject;
  if (charged)
    rejected_ = true;
  if (what.for_key == verdict::key::cool) {
    auto rest = cooldown_.rate_limit;
    if (cooldown_.use_hints && what.rest)
      rest = std::max(*what.rest, milliseconds{250});
    auto& until = rests_[what.scope == dialect::scope::key_model ? model : ""];
    const auto wanted = now + std::min(rest, cooldown_.max);
    charged = wanted > until;
    until = std::max(until, wanted);
  }
  for (const auto& old : before) {
    const auto all = ledger_.cooldowns(now);
    require(std::any_of(all.begin(), all.end(),
                        [&](const cooldown& one) {
                          return one.scope == old.scope && one.model == old.model
                                 && one.until >= old.until;
                        }),
            "invariant 5: a cooldown never gets shorter by a signal");
  }
  require(changed || available_for(model, now) == told_before, "a change is said to be one");
  return charged;
}

availability checked_key::available_for(const std::string& model, time_point now) const {
  const auto result = ledger_.available_for(model, now);
  const auto until = rests_until(model);
  const auto slots =
      max_in_flight_ == 0
          ? availability::unlimited
          : max_in_flight_ - std::min(max_in_flight_, static_cast<std::uint32_t>(out_.size()));
  const auto expected = !enabled_     ? state::disabled
                        : rejected_   ? state::rejected
                        : until > now ? state::cooling
                        : slots == 0  ? state::busy
                                      : state::available;
  require(result.is == expected, "a key says what it is");
  require(expected != state::cooling || result.until == until, "a key says when it returns");
  require(expected != state::available || result.free_slots == slots, "a key says what it takes");
  return result;
}

time_point checked_key::willing_since(const std::string& model, time_point now) const {
  if (!enabled_ || rejected_ || rests_until(model) > now)
    return time_point::max();
  return std::max(in_service_since_, rests_until(model));
}

time_point checked_key::rests_until(const std::string& model) const {
  time_point result{};
  for (const auto& which : {std::string{}, model})
    if (const auto found = rests_.find(which); found != rests_.end())
      result = std::max(result, found->second);
  return result;
}

} // namespace keywheel::balance::test
