#include "tests/balance/simulation/world.hpp"

#include <algorithm>

/// What must hold of the choices and refusals of a pool, and at the end.
namespace keywheel::balance::test {

using state = availability::state;

namespace {

bool contains(const std::vector<key_uid>& those, key_uid key) {
  return std::find(those.begin(), those.end(), key) != those.end();
}

/// Whether everybody in the line would take any key, and has waited ever since he came.
bool is_plain(const std::vector<sim_call*>& line) {
  return std::all_of(line.begin(), line.end(), [](const sim_call* one) { return one->in_order; });
}

} // namespace

/// Keys whose deadline has passed return by themselves.
void world::wake(sim_pool& pool, time_point now) {
  for (auto& [key, view] : pool.known)
    if ((view.what.is == state::cooling || view.what.is == state::rejected)
        && view.what.until <= now) {
      if (view.what.is == state::rejected)
        view.what.free_slots = std::min(view.what.free_slots, 1U);
      view.what.is = view.what.free_slots == 0 ? state::busy : state::available;
      view.turn = view.what.until;
    }
}

bool world::is_blocked(const sim_pool& pool) const {
  const auto rest = pool.brain.provider_cooldown(pool.model, now_);
  return rest && (now_ < rest->until || rest->probing);
}

void world::check_choice(sim_pool& pool, const sim_call& call, key_uid chosen, bool from_line) {
  const auto found = pool.known.find(chosen);
  require(found != pool.known.end(), rule::resting_key, "a removed key is never chosen");
  require(may_serve(chosen, call), rule::bound, "a bound call goes to its own keys only");
  require(found->second.what.is == state::available, rule::resting_key,
          "a key that is known to be cooled, disabled, rejected or busy is never chosen");
  require(!from_line || !call.in_order || !contains(call.tried, chosen), rule::bookkeeping,
          "a key that a call has tried is not chosen for it");
  for (const auto* other : pool.line)
    if (other->in_order && now_ < other->deadline) {
      require(from_line, rule::first_come, "nobody overtakes the line");
      require(other->with.client != call.with.client || other->turn > call.turn, rule::first_come,
              "the calls of a client are served in the order in which they came");
    }
  check_turn(pool, call, chosen);
}

/// The key whose turn is longest ago, or that comes first in the configuration.
void world::check_turn(sim_pool& pool, const sim_call& call, key_uid chosen) {
  if (!pool.in_turn || call.with.bound)
    return;
  const auto turn = pool.known.at(chosen).turn;
  for (const auto& [uid, view] : pool.known)
    require(view.what.is != state::available || contains(call.tried, uid) || view.turn >= turn,
            rule::round_robin, "the free key whose turn is longest ago is chosen");
}

void world::check_fairness(sim_pool& pool, const sim_call& call) {
  const auto client = call.with.client;
  if (!is_plain(pool.line))
    return;
  for (std::uint32_t other = 0; other < pool.ahead.size(); ++other)
    if (other != client && !pool.gave_up[other] && !pool.gave_up[client]) {
      --pool.ahead[other][client];
      require(++pool.ahead[client][other] <= 2, rule::fairness,
              "of two clients that wait, one is served at most two calls more");
    }
}

/// Begins the comparison anew for all clients of whom none waits, and for all if someone waits who
/// came back, for he may have to be passed over. So does whoever leaves unserved: the later calls
/// of his client keep the turns that they had behind him.
void world::line_changed(sim_pool& pool) {
  std::array<bool, 3> waits{};
  for (const auto* one : pool.line)
    waits[one->with.client] = true;
  const bool plain = is_plain(pool.line);
  for (std::size_t a = 0; a < waits.size(); ++a)
    for (std::size_t b = 0; b < waits.size(); ++b)
      if (!plain || !waits[a] || !waits[b] || pool.gave_up[a] || pool.gave_up[b])
        pool.ahead[a][b] = 0;
  for (std::size_t a = 0; a < waits.size(); ++a)
    pool.gave_up[a] = pool.gave_up[a] && waits[a];
}

void world::check_refusal(sim_pool& pool, const sim_call& call, placement::what is) {
  if (is_blocked(pool))
    return;
  const bool tells = is != placement::what::no_keys;
  for (const auto& [uid, view] : pool.known) {
    if (contains(call.tried, uid) || !may_serve(uid, call))
      continue;
    require(view.what.is != state::available, rule::no_key,
            "a call is not refused while its pool knows a free key");
    require(tells || view.what.is == state::disabled, rule::no_key,
            "a model has no keys only if all are disabled");
    const auto& key = *keys_[uid - 1];
    const auto found = key.free_since.find(pool.model);
    if (key.removed || found == key.free_since.end() || found->second == time_point::max())
      continue;
    auto since = std::max(found->second, view.member_since);
    if (key.group != nullptr) {
      const auto of_group = key.group->free_since.find(pool.model);
      since = std::max(since, of_group == key.group->free_since.end() ? time_point::max()
                                                                      : of_group->second);
    }
    require(since >= now_ - lag(), rule::no_key,
            "a call is not refused while a key has been free for long enough to say so");
  }
}

void world::check_line(sim_pool& pool) {
  wake(pool, now_);
  require(pool.brain.waiting() == pool.line.size(), rule::bookkeeping, "waiting() counts the line");
  require(pool.line.size() <= pool.longest_line, rule::line_bound,
          "no more wait than the line has places");
  const bool blocked = is_blocked(pool);
  for (const auto* call : pool.line) {
    const bool free =
        !blocked && std::any_of(pool.known.begin(), pool.known.end(), [&](const auto& one) {
          return one.second.what.is == state::available && may_serve(one.first, *call);
        });
    require(!free || !call->at_first, rule::no_key, "nobody waits while a key is free for him");
    require(now_ < call->deadline, rule::deadline, "nobody waits beyond his deadline");
  }
}

/// Over any window, the shares of the keys that are always free differ by at most one: they are
/// chosen in one order, again and again.
void world::check_round_robin(const sim_pool& pool) const {
  if (!pool.in_turn || pool.bound_served)
    return;
  std::vector<key_uid> keys;
  for (const auto& key : keys_)
    if (key->steady && !key->removed && key->with.number <= plan_.keys.size()
        && key->free_since.contains(pool.model))
      keys.push_back(key->with.number);
  std::vector<key_uid> turns;
  std::copy_if(pool.choices.begin(), pool.choices.end(), std::back_inserter(turns),
               [&](key_uid one) { return contains(keys, one); });
  for (std::size_t i = 0; i < turns.size(); ++i)
    for (std::size_t back = 1; back <= std::min(i, keys.size()); ++back)
      require((turns[i] == turns[i - back]) == (back == keys.size()), rule::round_robin,
              "keys that are always free are chosen in one order, again and again");
}

void world::check_end() {
  for (const auto& call : calls_) {
    require(call->is_at == sim_call::place::over, rule::lost_call, "nobody waits for ever");
    require(call->answers == 1 || call->left, rule::lost_call, "every call is answered");
  }
  for (const auto& key : keys_)
    require(key->brain.in_flight() == 0 && key->book.in_flight() == 0, rule::lease,
            "no lease is out at the end");
  for (const auto& group : groups_)
    require(group->brain.in_flight() == 0 && group->book.in_flight() == 0, rule::lease,
            "no lease of a group is out at the end");
  for (const auto& pool : pools_) {
    require(pool->line.empty() && pool->brain.waiting() == 0, rule::lost_call,
            "no line is left at the end");
    check_round_robin(*pool);
  }
}

} // namespace keywheel::balance::test
