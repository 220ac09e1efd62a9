#include "balance/pool.hpp"

#include <algorithm>

/// The part of a pool that deals with the provider as a whole.

namespace keywheel::balance {

using state = availability::state;

void pool::rest(const dialect::verdict& what, time_point now) {
  circuit_.rest(what, with_.cooldown, now);
  line_.forgive_all();
}

void pool::probe_ended(call_id call, probe_result how, time_point now) {
  circuit_.probe_ended(call, how, with_.cooldown, now);
  if (circuit_.blocks(now))
    line_.forgive_all();
}

void pool::note_success() {
  circuit_.close();
  refused_.clear();
}

bool pool::awaits_success() const noexcept {
  return circuit_.why() != dialect::reason::none || !refused_.empty();
}

std::optional<time_point> pool::note_refusal(key_uid key, dialect::reason why, bool certain,
                                             std::optional<time_point> returns, time_point now) {
  refused_.remove(key);
  if (!refused_keys::counts(why, certain))
    return std::nullopt;
  if (const auto since = circuit_.to_blame_since(why)) {
    // One that was under way when the rest began says nothing new; the probe does.
    if (!circuit_.rests_until(now))
      circuit_.rest_for_all(why, returns, *since, with_.cooldown, now);
    return since;
  }
  refused_.add(key, why, returns, now);
  if (!all_refused(why, now))
    return std::nullopt;
  const auto since = refused_.first(why, now);
  circuit_.rest_for_all(why, refused_.earliest_return(why, now), *since, with_.cooldown, now);
  refused_.clear();
  line_.forgive_all();
  return since;
}

std::optional<cooldown> pool::provider_cooldown(std::string_view model, time_point now) const {
  return circuit_.entry(model, now);
}

/// Whether all keys that could be asked, two or more, were refused of late for `why`.
bool pool::all_refused(dialect::reason why, time_point now) {
  const auto enabled = rotation_.size() - rotation_.count(state::disabled, now);
  const auto most = refused_.count(why, now);
  if (most < 2 || most + rotation_.count(state::rejected, now) < enabled)
    return false;
  std::size_t asked = 0;
  for (const auto key : rotation_.keys()) {
    const auto is = rotation_.find(key, now)->is;
    if (is == state::disabled)
      continue;
    if (refused_.contains(key, why, now))
      ++asked;
    else if (is != state::rejected)
      return false;
  }
  return asked >= 2;
}

} // namespace keywheel::balance
