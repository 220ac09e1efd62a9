#include "balance/owner_book.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace keywheel::balance {

namespace {

bool have_one_provider(const owner& a, const owner& b) {
  const auto provider_in = [](std::string_view key) { return key.substr(0, key.find('/')); };
  return provider_in(a.key) == provider_in(b.key);
}

} // namespace

bool is_one_key(const owner& a, const owner& b) {
  return a.key == b.key
         || (have_one_provider(a, b) && !a.fingerprint.empty() && a.fingerprint == b.fingerprint);
}

bool are_related(const owner& a, const owner& b) {
  return is_one_key(a, b) || (have_one_provider(a, b) && !a.group.empty() && a.group == b.group);
}

void owner_book::remember(std::string_view id, const owner& by, time_point now) {
  if (id.empty() || id.size() > longest_id || most_ == 0)
    return;
  forget(id);
  const auto maker = owners_.try_emplace(by.key).first;
  maker->second.who = by;
  ++maker->second.ids;
  entries_.push_front({std::string{id}, maker, now});
  index_.emplace(entries_.front().id, entries_.begin());
  drop_old(now);
}

const owner* owner_book::find(std::string_view id, time_point now) {
  drop_old(now);
  const auto found = index_.find(id);
  if (found == index_.end())
    return nullptr;
  found->second->used = now;
  entries_.splice(entries_.begin(), entries_, found->second);
  return &found->second->by->second.who;
}

void owner_book::forget(std::string_view id) {
  if (const auto found = index_.find(id); found != index_.end())
    drop(found->second);
}

void owner_book::follow(std::span<const owner> keys) {
  std::map<std::string, owner, std::less<>> next;
  for (const auto& key : keys)
    next.emplace(key.key, key);
  for (auto& [maker, of] : owners_) {
    if (const auto same = next.find(of.who.key); same != next.end())
      of.who = same->second;
    else if (const auto* heir = heir_of(of.who, keys))
      of.who = *heir;
  }
  keys_ = std::move(next);
}

/// A group may be gone together with a key: then it is the group of before that counts.
const owner* owner_book::heir_of(const owner& gone, std::span<const owner> keys) const {
  const auto renamed = std::find_if(keys.begin(), keys.end(),
                                    [&](const auto& key) { return is_one_key(gone, key); });
  if (renamed != keys.end())
    return &*renamed;
  const auto related = std::find_if(keys.begin(), keys.end(), [&](const auto& key) {
    const auto before = keys_.find(key.key);
    return are_related(gone, before != keys_.end() ? before->second : key);
  });
  return related != keys.end() ? &*related : nullptr;
}

void owner_book::drop(entry_list::iterator which) {
  index_.erase(which->id);
  if (--which->by->second.ids == 0)
    owners_.erase(which->by);
  entries_.erase(which);
}

void owner_book::drop_old(time_point now) {
  while (!entries_.empty() && (entries_.size() > most_ || now - entries_.back().used >= kept_for))
    drop(std::prev(entries_.end()));
}

} // namespace keywheel::balance
