#include "config/diff.hpp"

#include <algorithm>

namespace keywheel::config {

namespace {

const key_config* find_key(const config& in, const key_config& like) {
  const auto provider = in.providers.find(like.provider);
  if (provider == in.providers.end())
    return nullptr;
  const auto& keys = provider->second.keys;
  const auto key = std::find_if(keys.begin(), keys.end(),
                                [&like](const key_config& k) { return k.name == like.name; });
  return key == keys.end() ? nullptr : &*key;
}

/// What every key of the provider works with.
bool same_terms(const provider_config& a, const provider_config& b) {
  return a.dialect == b.dialect && a.base_url == b.base_url && a.signals == b.signals
         && a.timeouts == b.timeouts && a.transport == b.transport && a.cooldown == b.cooldown;
}

/// The budgets of the group that a key is in.
budgets_config group_budgets(const provider_config& provider, const key_config& key) {
  const auto group = provider.quota_groups.find(key.quota_group);
  return group == provider.quota_groups.end() ? budgets_config{} : group->second;
}

/// Where a secret was read from is no setting: the secret is the same.
bool same_settings(const key_config& a, key_config b) {
  b.source = a.source;
  return a == b;
}

/// Answers whether nothing changed for a key that is in both providers.
bool same_for(const key_config& old_key, const provider_config& old_provider, const key_config& key,
              const provider_config& provider) {
  return same_settings(old_key, key) && same_terms(old_provider, provider)
         && group_budgets(old_provider, old_key) == group_budgets(provider, key);
}

} // namespace

key_changes diff_keys(const config& from, const config& to) {
  key_changes result;
  for (const auto& [name, provider] : from.providers)
    for (const auto& key : provider.keys)
      if (!find_key(to, key))
        result.removed.push_back(key.id());
  for (const auto& [name, provider] : to.providers) {
    for (const auto& key : provider.keys) {
      const auto* old = find_key(from, key);
      if (!old)
        result.added.push_back(key.id());
      else if (!(old->api_key == key.api_key))
        result.renewed.push_back(key.id());
      else if (!same_for(*old, from.providers.at(name), key, provider))
        result.changed.push_back(key.id());
    }
  }
  return result;
}

std::vector<std::string> needs_restart(const config& from, const config& to) {
  std::vector<std::string> result;
  const auto compare = [&result](const char* field, const auto& a, const auto& b) {
    if (!(a == b))
      result.emplace_back(field);
  };
  compare("server.listen", from.server.listen, to.server.listen);
  compare("server.state_dir", from.server.state_dir, to.server.state_dir);
  compare("server.shards", from.server.shards, to.server.shards);
  compare("admin.listen", from.admin.listen, to.admin.listen);
  compare("log.format", from.log.json, to.log.json);
  compare("log.file", from.log.file, to.log.file);
  compare("log.max_size", from.log.max_size, to.log.max_size);
  compare("log.max_files", from.log.max_files, to.log.max_files);
  return result;
}

} // namespace keywheel::config
