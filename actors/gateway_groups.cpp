// How a gateway groups keys that share a quota: what of gateway_state turns the partition of each
// provider's keys into quota group actors.

#include "actors/gateway.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>

namespace keywheel {

void gateway_state::group_keys() {
  for (const auto& [provider_name, provider] : config->providers) {
    std::vector<balance::quota_groups::member> members;
    for (const auto& key : provider.keys)
      members.push_back({keys.at(key.id()).setup.uid, key.quota_group});
    regroup(provider_name, groups[provider_name].configure(members, provider.quota_groups));
  }
  std::erase_if(groups,
                [this](const auto& entry) { return config->providers.count(entry.first) == 0; });
  end_empty_groups();
  tell_budgets();
}

void gateway_state::tell_budgets() {
  for (const auto& [which, who] : group_actors)
    self->send(who, setup_atom_v, groups.at(which.first).budgets_of(which.second));
}

void gateway_state::tell_owner_book() {
  self->send(owner_book, setup_atom_v, current_routing());
}

void gateway_state::group_by_organization(key_uid key, const std::string& organization) {
  const auto found = std::find_if(
      keys.begin(), keys.end(), [key](const auto& entry) { return entry.second.setup.uid == key; });
  if (found == keys.end())
    return;
  found->second.organization = organization;
  const auto provider = found->second.setup.key.provider;
  regroup(provider, groups[provider].saw(key, organization));
  tell_owner_book();
  end_empty_groups();
  tell_budgets();
  save_soon();
}

void gateway_state::regroup(const std::string& provider,
                            const std::vector<balance::quota_groups::move>& moves) {
  for (const auto& move : moves) {
    const auto found = std::find_if(keys.begin(), keys.end(), [&move](const auto& entry) {
      return entry.second.setup.uid == move.key;
    });
    if (found == keys.end())
      continue;
    auto& [id, key] = *found;
    key.setup.group_name = move.group;
    key.setup.group = move.group.empty() ? quota_group_actor{} : group_of({provider, move.group});
    if (!move.group.empty())
      log->info("key {} shares the quota group {}", id, move.group);
    self->send(key.actor, setup_atom_v, key.setup);
  }
}

const quota_group_actor& gateway_state::group_of(const group_name& which) {
  auto found = group_actors.find(which);
  if (found == group_actors.end()) {
    found = group_actors.emplace(which, spawn_group(which)).first;
    recall(which.first, which.second, found->second);
  }
  return found->second;
}

void gateway_state::end_empty_groups() {
  std::erase_if(group_actors, [this](const auto& entry) {
    const auto provider = groups.find(entry.first.first);
    if (provider != groups.end() && !provider->second.keys_of(entry.first.second).empty())
      return false;
    self->send(entry.second, retire_atom_v);
    return true;
  });
}

void gateway_state::show_group_rests(const group_rests& rests,
                                     std::vector<observe::key_status>& keys) {
  for (auto& key : keys)
    if (const auto found = rests.find({key.provider, key.quota_group}); found != rests.end())
      key.cooldowns.insert(key.cooldowns.end(), found->second.begin(), found->second.end());
}

} // namespace keywheel
