#include "balance/outlook.hpp"

#include <algorithm>

namespace keywheel::balance {

namespace {

using state = availability::state;

bool has_tried(const ticket& call, key_uid key) {
  return std::find(call.tried.begin(), call.tried.end(), key) != call.tried.end();
}

/// Takes in one of the keys that a call is bound to.
void take_in(outlook& all, const availability& key, bool tried) {
  all.enabled += key.is != state::disabled ? 1 : 0;
  all.rejected += key.is == state::rejected ? 1 : 0;
  all.cooling += key.is == state::cooling ? 1 : 0;
  all.vain += rests_in_vain(key) ? 1 : 0;
  all.free = all.free || key.is == state::available;
  all.untried_free = all.untried_free || (key.is == state::available && !tried);
  all.untried_busy = all.untried_busy || (key.is == state::busy && !tried);
  const bool returns =
      (key.is == state::cooling || key.is == state::rejected) && key.until != time_point::max();
  if (returns && (!all.returns || key.until < *all.returns)) {
    all.returns = key.until;
    all.why = key.why;
  }
}

outlook outlook_of_bound(rotation& keys, const ticket& call, time_point now) {
  outlook result;
  for (const auto key : *call.bound)
    if (const auto* known = keys.find(key, now))
      take_in(result, *known, has_tried(call, key));
  return result;
}

} // namespace

outlook outlook_of(rotation& keys, const ticket& call, time_point now) {
  if (call.bound)
    return outlook_of_bound(keys, call, now);
  outlook result;
  result.enabled = keys.size() - keys.count(state::disabled, now);
  result.rejected = keys.count(state::rejected, now);
  result.cooling = keys.count(state::cooling, now);
  result.vain = keys.count_vain(now);
  result.free = keys.has_free({}, now);
  result.untried_free = keys.has_free(call.tried, now);
  result.untried_busy = keys.has_busy(call.tried);
  result.returns = keys.earliest_return(now);
  result.why = keys.reason_of_earliest(now);
  return result;
}

bool can_take(rotation& keys, const ticket& call, time_point now) {
  return call.bound ? outlook_of_bound(keys, call, now).untried_free
                    : keys.has_free(call.tried, now);
}

std::optional<key_uid> choose_for(rotation& keys, const ticket& call, bool by_prefix,
                                  time_point now) {
  if (!call.bound)
    return by_prefix && call.prefix != 0 ? keys.choose_for(call.prefix, call.tried, now)
                                         : keys.choose(call.tried, now);
  for (const auto key : *call.bound)
    if (!has_tried(call, key) && keys.choose_this(key, now))
      return key;
  return std::nullopt;
}

} // namespace keywheel::balance
