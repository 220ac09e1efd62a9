#include "balance/pool.hpp"

#include "balance/later.hpp"

#include <algorithm>
#include <utility>

/// What becomes of a call. The first row that fits holds.
///
///   deadline passed                                         -> deadline
///   a free key untried, and a waiting call comes first      -> waits (settle() is due at once)
///   a free key untried, and the provider does not rest      -> key
///   before its limit, the provider's rest ends before it or its probe is under way, and
///     some key is free, or returns before it, or is busy    -> waits, or line_full
///   before its limit, and some key rests until before it    -> waits, or line_full
///   before its limit, and some busy key is untried          -> waits, or line_full
///   no key, or all disabled                                 -> no_keys
///   every enabled key rejected                              -> all_rejected
///   the provider rests, or its probe is under way           -> provider_rests
///   some key cools (tried or not, others free but tried)    -> no_key, returns = the first
///   deadline some busy key is untried (the limit has passed)         -> no_key else: what remains
///   is tried, free or busy, or rejected  -> none_left
///
/// The limit is the earlier of `arrived + max_wait` and the deadline. Keys that rest are never
/// among the tried ones of a waiting call, so "some key rests" needs no look at what a call has
/// tried; and while the provider rests, no waiting call has tried any.
///
/// Of a bound call all this is said of the keys that it is bound to, as if there were no others.

namespace keywheel::balance {

namespace {

using state = availability::state;
using outcome = placement::what;

bool is_resting(const availability* known) noexcept {
  return known && (known->is == state::cooling || known->is == state::rejected);
}

} // namespace

pool::pool(settings with, std::uint64_t seed)
    : with_(with), rotation_(with.strategy), circuit_(seed) {
  // nop
}

void pool::configure(settings with) {
  with_ = with;
  rotation_.follow(with.strategy);
}

// -- keys --------------------------------------------------------------------------------------

void pool::enroll(const member& who, time_point now) {
  rotation_.enroll(who, now);
}

void pool::set_key(key_uid key, const availability& what, time_point now) {
  rotation_.set(key, what, now);
  unsure_ = unsure_ || line_.wanted().contains(key);
  if (line_.picky() > 0 && is_resting(rotation_.find(key, now)))
    line_.forgive(key);
}

void pool::remove_key(key_uid key) {
  rotation_.remove(key);
  unsure_ = unsure_ || line_.wanted().contains(key);
  refused_.remove(key);
}

const availability* pool::find_key(key_uid key, time_point now) {
  return rotation_.find(key, now);
}

// -- placing -----------------------------------------------------------------------------------

placement pool::place(ticket call, time_point now) {
  probe_ended(call.call, probe_result::abandoned, now);
  if (now >= call.deadline)
    return {outcome::deadline, 0, {}};
  if (call.tag == 0)
    call.tag = line_.next_tag(call.client);
  const bool in_turn = !awaited(now);
  if (in_turn)
    if (const auto key = choose(call, now)) {
      if (line_.empty())
        line_.reach(call.tag);
      return sent(std::move(call), *key, now);
    }
  const bool may_get_one = !in_turn && can_take(rotation_, call, now);
  const auto limit = std::min(later(call.arrived, with_.max_wait), call.deadline);
  forget_resting(call.tried, now);
  if (!may_get_one && !has_hope(outlook_of(rotation_, call, now), limit, now))
    return refusal(call, now);
  const bool full = line_.size() >= with_.max_calls;
  if (full && !may_get_one && !has_share(call.client))
    return line_full(call, now);
  beyond_ += full ? 1 : 0;
  line_.enter({std::move(call), limit});
  return {outcome::waits, 0, {}};
}

bool pool::leave(call_id call) {
  return line_.leave(call);
}

bool pool::bind(call_id call, std::vector<key_uid> keys) {
  unsure_ = true;
  return line_.bind(call, std::move(keys));
}

/// A key for a call, unless the provider rests.
std::optional<key_uid> pool::choose(const ticket& call, time_point now) {
  if (circuit_.blocks(now))
    return std::nullopt;
  return choose_for(rotation_, call, with_.sticky, now);
}

/// The way of a call to the key that was chosen for it.
placement pool::sent(ticket call, key_uid to, time_point now) {
  placement result{outcome::key, to, {}, std::move(call.tried)};
  result.tag = call.tag;
  result.probe = circuit_.probe_due(now);
  if (result.probe)
    circuit_.probe(call.call, call.deadline);
  return result;
}

/// Whether some waiting call could take a key that is free now.
bool pool::awaited(time_point now) {
  if (line_.empty() || circuit_.blocks(now) || !rotation_.has_free({}, now))
    return false;
  if (line_.picky() < line_.size())
    return true;
  const bool for_bound =
      std::any_of(line_.wanted().begin(), line_.wanted().end(), [&](const auto& entry) {
        const auto* known = rotation_.find(entry.first, now);
        return known != nullptr && known->is == state::available;
      });
  if (!for_bound && line_.bound() == line_.size())
    return false; // the line need not be gone through
  return std::any_of(line_.begin(), line_.end(), [&](const auto& entry) {
    return can_take(rotation_, entry.second.call, now);
  });
}

/// Whether a call that found no key can get one before its limit.
bool pool::has_hope(const outlook& keys, time_point limit, time_point now) {
  if (now >= limit)
    return false;
  if (const auto gate = circuit_.rests_until(now); gate && *gate >= limit)
    return false;
  return (keys.returns && *keys.returns < limit) || keys.untried_busy
         || (circuit_.blocks(now) && keys.untried_free);
}

/// Whether a client may enter a full line: it would hold no more than an equal share of it.
bool pool::has_share(std::uint64_t client) const {
  const auto held = line_.held_by(client);
  const auto clients = line_.clients() + (held == 0 ? 1 : 0);
  return held < with_.max_calls / clients;
}

void pool::forget_resting(std::vector<key_uid>& tried, time_point now) {
  if (circuit_.blocks(now))
    tried.clear();
  std::erase_if(tried, [&](key_uid key) { return is_resting(rotation_.find(key, now)); });
}

// -- refusing ----------------------------------------------------------------------------------

/// The answer to a call that gets no key and may not wait.
placement pool::refusal(const ticket& call, time_point now) {
  const auto keys = outlook_of(rotation_, call, now);
  auto result = placement{outcome::none_left, 0, {}};
  result.bound = call.bound.has_value();
  if (keys.enabled == 0)
    result.is = outcome::no_keys;
  else if (keys.rejected == keys.enabled)
    result.is = outcome::all_rejected;
  else if (circuit_.blocks(now))
    result.is = outcome::provider_rests;
  else if (keys.cooling > 0 || keys.untried_busy)
    result.is = outcome::no_key;
  if (result.is != outcome::no_keys && result.is != outcome::none_left)
    tell_return(result, keys, now);
  return result;
}

placement pool::line_full(const ticket& call, time_point now) {
  placement result{outcome::line_full, 0, {}};
  result.bound = call.bound.has_value();
  tell_return(result, outlook_of(rotation_, call, now), now);
  return result;
}

/// Fills in what is waited for, and until when: the provider, and the first of its keys.
void pool::tell_return(placement& where, const outlook& keys, time_point now) {
  const auto gate = circuit_.rests_until(now);
  if (!circuit_.blocks(now) || (gate && !keys.free))
    where.returns = keys.returns;
  if (gate)
    where.returns = std::max(*gate, where.returns.value_or(*gate));
  where.why = circuit_.blocks(now) ? circuit_.why() : keys.why;
  where.in_vain = keys.vain == keys.enabled;
}

// -- the line ----------------------------------------------------------------------------------

std::vector<std::pair<call_id, placement>> pool::settle(time_point now) {
  settled result;
  end_at_deadline(now, result);
  place_waiting(now, result);
  refuse_hopeless(now, result);
  refuse_hopeless_picky(now, result);
  refuse_beyond(now, result);
  return result;
}

std::optional<time_point> pool::next_wake(time_point now) {
  if (line_.empty())
    return std::nullopt;
  if (beyond_ > 0 || awaited(now))
    return now;
  auto result = line_.first_limit()->second.limit;
  auto change = circuit_.rests_until(now);
  if (!change)
    change = circuit_.probe_deadline(now);
  if (!change)
    change = rotation_.earliest_return(now);
  if (change)
    result = std::min(result, *change);
  return std::max(result, now);
}

std::size_t pool::waiting() const noexcept {
  return line_.size();
}

void pool::end_at_deadline(time_point now, settled& result) {
  for (auto who : line_.overdue(now)) {
    if (who->second.call.deadline > now)
      continue;
    result.emplace_back(who->second.call.call, placement{outcome::deadline, 0, {}});
    line_.take(who);
  }
}

/// Free keys go to the calls that come first. A call that will not have any of them is passed over.
void pool::place_waiting(time_point now, settled& result) {
  if (!awaited(now))
    return;
  for (auto who = line_.begin();
       who != line_.end() && !circuit_.blocks(now) && rotation_.has_free({}, now);) {
    const auto& call = who->second.call;
    if (const auto key = choose(call, now)) {
      result.emplace_back(call.call, sent(call, *key, now));
      line_.reach(call.tag);
      who = line_.take(who);
    } else {
      ++who;
    }
  }
}

/// Ends the waits that are over, and those that are vain because nothing returns in time.
void pool::refuse_hopeless(time_point now, settled& result) {
  auto bound = now;
  if (!rotation_.has_busy() && !(circuit_.blocks(now) && rotation_.has_free({}, now)))
    bound = std::max(now, rotation_.earliest_return(now).value_or(time_point::max()));
  bound = std::max(bound, circuit_.rests_until(now).value_or(now));
  for (auto who = line_.first_limit(); who != line_.end() && who->second.limit <= bound;
       who = line_.first_limit())
    refuse(who, now, result);
}

/// Busy keys are no hope for a call that has tried them all, nor is any key for one that is bound
/// to others.
void pool::refuse_hopeless_picky(time_point now, settled& result) {
  const bool looks_at_bound = std::exchange(unsure_, false) && line_.bound() > 0;
  if (line_.picky() == 0 || (!rotation_.has_busy() && !looks_at_bound))
    return;
  for (auto who = line_.begin(); who != line_.end();) {
    const auto& [call, limit] = who->second;
    if ((call.tried.empty() && !(call.bound && looks_at_bound))
        || has_hope(outlook_of(rotation_, call, now), limit, now))
      ++who;
    else
      who = refuse(who, now, result);
  }
}

/// Now that the line has moved, it has room again for those who came while it was full, or else
/// whoever holds most of it gives way.
void pool::refuse_beyond(time_point now, settled& result) {
  for (; beyond_ > 0 && line_.size() > with_.max_calls; --beyond_) {
    const auto who = line_.last_of_greediest();
    result.emplace_back(who->second.call.call, line_full(who->second.call, now));
    line_.take(who);
  }
  beyond_ = 0;
}

waiting_line::const_iterator pool::refuse(waiting_line::const_iterator who, time_point now,
                                          settled& result) {
  result.emplace_back(who->second.call.call, refusal(who->second.call, now));
  return line_.take(who);
}

} // namespace keywheel::balance
