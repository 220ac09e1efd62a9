#include "tests/balance/simulation/world.hpp"

#include <algorithm>

/// What a quota group does.
namespace keywheel::balance::test {

using state = availability::state;

void world::admit(sim_group& group, const attempt_ptr& what) {
  auto& call = *what->of;
  const auto& model = pools_[call.with.model]->model;
  const auto room = group.brain.admit(what->key->with.number, model, {call.with.tokens}, now_);
  if (!room) {
    send(group.number, what->key->number, [this, what] { no_room(what); });
    return changed(group);
  }
  group.book.admitted(*room, model, {call.with.tokens}, now_);
  tally_.probes += room->probe ? 1 : 0;
  what->of_group = room->lease;
  send(group.number, upstream, [this, what] { perform(what); });
  changed(group);
}

void world::changed(sim_group& group) {
  for (auto& [model, those] : group.models) {
    const auto is = group.brain.available_for(model, now_);
    const bool free = is.is == state::available && is.free_slots == availability::unlimited;
    auto& since = group.free_since.try_emplace(model, time_point::max()).first->second;
    since = free ? std::min(since, now_) : time_point::max();
    if (!worth_telling(those.told, is))
      continue;
    those.told = is;
    for (const auto& [uid, key] : those.keys)
      send(group.number, key->number, [this, key = key, &group, model = model, is] {
        if (key->group == &group && key->brain.group_says(model, is))
          changed(*key);
      });
  }
  arm(group, group.brain.next_change(now_), &world::changed);
}

void world::follow(sim_group& group, sim_key& key, const std::string& model) {
  auto& those = group.models[model];
  if (those.keys.empty())
    those.told = group.brain.available_for(model, now_);
  those.keys[key.with.number] = &key;
  group.free_since.try_emplace(model, time_point::max());
  send(group.number, key.number, [this, &key, &group, model, is = those.told] {
    if (key.group == &group && key.brain.group_says(model, is))
      changed(key);
  });
  changed(group);
}

/// What the group rests for goes with the key that leaves.
void world::leave(sim_group& group, sim_key& key) {
  for (auto& [model, those] : group.models)
    those.keys.erase(key.with.number);
  auto rests = group.brain.cooldowns(now_);
  std::erase_if(rests, [](const cooldown& one) { return !is_rest(one); });
  if (!rests.empty())
    send(group.number, key.number, [this, &key, rests] { impose(key, rests); });
}

} // namespace keywheel::balance::test
