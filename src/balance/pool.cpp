#include "balance/pool.hpp"

#include "balance/later.hpp"

#include <algorithm>
#include <utility>

/// What becomes of a call. The first row that fits holds.
///
///   deadline passed                                         -> deadline
///   a free key untried, and no waiting call could take it   -> key
///   a free key untried, but a waiting call comes first      -> waits (settle() is due at once)
///   before its limit, and some key rests until before it    -> waits, or line_full
///   before its limit, and some busy key is untried          -> waits, or line_full
///   no key, or all disabled                                 -> no_keys
///   every enabled key rejected                              -> all_rejected
///   some key rests (tried or not, others free but tried)    -> no_key, returns = the first
///   deadline some busy key is untried (the limit has passed)         -> no_key else: the keys that
///   remain are tried and free, or tried and busy
///                                                           -> none_left
///
/// The limit is the earlier of `arrived + max_wait` and the deadline. Keys that rest are never
/// among the tried ones of a waiting call, so "some key rests" needs no look at what a call has
/// tried.

namespace keywheel::balance {

namespace {

using state = availability::state;
using outcome = placement::what;

} // namespace

pool::pool(settings with) : with_(with) {
  // nop
}

void pool::configure(settings with) {
  with_ = with;
}

// -- keys --------------------------------------------------------------------------------------

void pool::set_key(key_uid key, const availability& what, time_point now) {
  rotation_.set(key, what, now);
  if (line_.picky() > 0 && rotation_.find(key, now)->is == state::cooling)
    line_.forgive(key);
}

void pool::remove_key(key_uid key) {
  rotation_.remove(key);
}

const availability* pool::find_key(key_uid key, time_point now) {
  return rotation_.find(key, now);
}

// -- placing -----------------------------------------------------------------------------------

placement pool::place(ticket call, time_point now) {
  if (now >= call.deadline)
    return {outcome::deadline, 0, {}};
  const bool in_turn = line_.empty() || !awaited(now);
  if (in_turn)
    if (const auto key = rotation_.choose(call.tried, now))
      return {outcome::key, *key, {}, std::move(call.tried)};
  const bool may_get_one = !in_turn && rotation_.has_free(call.tried, now);
  const auto limit = std::min(later(call.arrived, with_.max_wait), call.deadline);
  forget_resting(call.tried, now);
  if (!may_get_one && !has_hope(call, limit, now))
    return refusal(call, now);
  const bool full = line_.size() >= with_.max_calls;
  if (full && !may_get_one)
    return {outcome::line_full, 0, rotation_.earliest_return(now)};
  line_.enter({std::move(call), limit, full});
  return {outcome::waits, 0, {}};
}

bool pool::leave(call_id call) {
  return line_.leave(call);
}

/// Whether some waiting call could take a key that is free now.
bool pool::awaited(time_point now) {
  if (line_.empty() || !rotation_.has_free({}, now))
    return false;
  if (line_.picky() < line_.size())
    return true;
  return std::any_of(line_.begin(), line_.end(), [&](const auto& entry) {
    return rotation_.has_free(entry.second.call.tried, now);
  });
}

/// Whether a key can come back for a call before its limit.
bool pool::has_hope(const ticket& call, time_point limit, time_point now) {
  if (now >= limit)
    return false;
  const auto returns = rotation_.earliest_return(now);
  return (returns && *returns < limit) || rotation_.has_busy(call.tried);
}

/// The answer to a call that gets no key and may not wait.
placement pool::refusal(const ticket& call, time_point now) {
  const auto enabled = rotation_.size() - rotation_.count(state::disabled, now);
  if (enabled == 0)
    return {outcome::no_keys, 0, {}};
  if (rotation_.count(state::rejected, now) == enabled)
    return {outcome::all_rejected, 0, {}};
  const auto returns = rotation_.earliest_return(now);
  if (returns || rotation_.has_busy(call.tried))
    return {outcome::no_key, 0, returns};
  return {outcome::none_left, 0, {}};
}

void pool::forget_resting(std::vector<key_uid>& tried, time_point now) {
  std::erase_if(tried, [&](key_uid key) {
    const auto* known = rotation_.find(key, now);
    return known && known->is == state::cooling;
  });
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
  if (awaited(now))
    return now;
  auto result = line_.first_limit()->second.limit;
  if (const auto returns = rotation_.earliest_return(now))
    result = std::min(result, *returns);
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

/// Free keys go to the calls that came first. A call that will not have any of them is passed over.
void pool::place_waiting(time_point now, settled& result) {
  for (auto who = line_.begin(); who != line_.end() && rotation_.has_free({}, now);) {
    const auto& call = who->second.call;
    if (const auto key = rotation_.choose(call.tried, now)) {
      result.emplace_back(call.call, placement{outcome::key, *key, {}, call.tried});
      who = line_.take(who);
    } else {
      ++who;
    }
  }
}

/// Ends the waits that are over, and those that are vain because no key returns in time.
void pool::refuse_hopeless(time_point now, settled& result) {
  auto bound = now;
  if (!rotation_.has_busy())
    bound = std::max(now, rotation_.earliest_return(now).value_or(time_point::max()));
  for (auto who = line_.first_limit(); who != line_.end() && who->second.limit <= bound;
       who = line_.first_limit())
    refuse(who, now, result);
}

/// Busy keys are no hope for a call that has tried them all.
void pool::refuse_hopeless_picky(time_point now, settled& result) {
  if (line_.picky() == 0 || !rotation_.has_busy())
    return;
  for (auto who = line_.begin(); who != line_.end();) {
    const auto& [call, limit, beyond] = who->second;
    if (call.tried.empty() || has_hope(call, limit, now))
      ++who;
    else
      who = refuse(who, now, result);
  }
}

/// Now that the line has moved, it has room again for those who came while it was full, or not.
void pool::refuse_beyond(time_point now, settled& result) {
  for (auto who = line_.end(); line_.beyond() > 0;) {
    --who;
    if (!who->second.beyond)
      continue;
    if (line_.size() <= with_.max_calls) {
      line_.settle_in(who);
      continue;
    }
    result.emplace_back(who->second.call.call,
                        placement{outcome::line_full, 0, rotation_.earliest_return(now)});
    who = line_.take(who);
  }
}

waiting_line::const_iterator pool::refuse(waiting_line::const_iterator who, time_point now,
                                          settled& result) {
  result.emplace_back(who->second.call.call, refusal(who->second.call, now));
  return line_.take(who);
}

} // namespace keywheel::balance
