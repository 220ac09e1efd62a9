#include "balance/quota_groups.hpp"

#include <algorithm>
#include <utility>

namespace keywheel::balance {

namespace {

template <class T>
T stricter_of(T a, T b) {
  return a == 0 || b == 0 ? std::max(a, b) : std::min(a, b);
}

} // namespace

config::budgets_config stricter(const config::budgets_config& a, const config::budgets_config& b) {
  config::budgets_config result;
  result.max_in_flight = stricter_of(a.max_in_flight, b.max_in_flight);
  result.rpm = stricter_of(a.rpm, b.rpm);
  result.tpm = stricter_of(a.tpm, b.tpm);
  result.rpd = stricter_of(a.rpd, b.rpd);
  result.tpd = stricter_of(a.tpd, b.tpd);
  return result;
}

// -- what changes the partition ----------------------------------------------------------------

std::vector<quota_groups::move>
quota_groups::configure(std::span<const member> keys,
                        std::map<std::string, config::budgets_config> budgets) {
  const auto before = names();
  std::unordered_map<key_uid, known> fresh;
  order_.clear();
  for (const auto& one : keys) {
    const auto old = keys_.find(one.key);
    const auto organization = old != keys_.end() ? old->second.organization : std::string{};
    fresh.insert_or_assign(one.key, known{order_.size(), one.configured, organization});
    order_.push_back(one.key);
  }
  keys_ = std::move(fresh);
  budgets_ = std::move(budgets);
  rebuild();
  return moved_since(before);
}

std::vector<quota_groups::move> quota_groups::saw(key_uid key, std::string_view organization) {
  const auto found = keys_.find(key);
  if (found == keys_.end() || organization.empty() || found->second.organization == organization)
    return {};
  auto& one = found->second;
  if (!one.organization.empty()) {
    const auto before = names();
    one.organization = organization;
    rebuild();
    return moved_since(before);
  }
  one.organization = organization;
  auto result = tie(one.party, one.organization);
  std::sort(result.begin(), result.end(), [this](const move& a, const move& b) {
    return keys_.at(a.key).position < keys_.at(b.key).position;
  });
  return result;
}

// -- questions ---------------------------------------------------------------------------------

std::string_view quota_groups::group_of(key_uid key) const noexcept {
  const auto found = keys_.find(key);
  return found != keys_.end() ? std::string_view{parties_[found->second.party].name}
                              : std::string_view{};
}

std::vector<key_uid> quota_groups::keys_of(std::string_view group) const {
  std::vector<key_uid> result;
  if (const auto* of = find(group)) {
    result = of->keys;
    std::sort(result.begin(), result.end(),
              [this](key_uid a, key_uid b) { return keys_.at(a).position < keys_.at(b).position; });
  }
  return result;
}

config::budgets_config quota_groups::budgets_of(std::string_view group) const {
  config::budgets_config result;
  if (const auto* of = find(group))
    for (const auto& name : of->configured)
      if (const auto found = budgets_.find(name); found != budgets_.end())
        result = stricter(result, found->second);
  return result;
}

// -- parties -----------------------------------------------------------------------------------

/// The party that `group` names; null if there is none.
const quota_groups::party* quota_groups::find(std::string_view group) const {
  auto found = by_configured_.find(group);
  if (found == by_configured_.end()) {
    if (!group.starts_with(by_organization))
      return nullptr;
    found = by_organization_.find(group.substr(by_organization.size()));
    if (found == by_organization_.end())
      return nullptr;
  }
  const auto& result = parties_[found->second];
  return result.name == group ? &result : nullptr;
}

/// Begins anew from what is known of each key, in the order of the configuration.
void quota_groups::rebuild() {
  parties_.clear();
  by_configured_.clear();
  by_organization_.clear();
  for (const auto key : order_) {
    auto& one = keys_.at(key);
    one.party = parties_.size();
    if (!one.configured.empty())
      one.party = by_configured_.try_emplace(one.configured, one.party).first->second;
    if (one.party == parties_.size()) {
      parties_.emplace_back();
      if (!one.configured.empty())
        parties_.back().configured.push_back(one.configured);
    }
    parties_[one.party].keys.push_back(key);
    name(parties_[one.party]);
    if (!one.organization.empty())
      tie(one.party, one.organization);
  }
}

/// Notes that the keys of a party belong to an organisation: if it has a party already, the two
/// become one. Returns the keys whose group changed.
std::vector<quota_groups::move> quota_groups::tie(std::size_t which,
                                                  const std::string& organization) {
  const auto [found, is_new] = by_organization_.try_emplace(organization, which);
  if (is_new) {
    parties_[which].organizations.push_back(organization);
    name(parties_[which]);
    return {};
  }
  return found->second != which ? merge(which, found->second) : std::vector<move>{};
}

/// Makes one party of two, in place of the larger.
std::vector<quota_groups::move> quota_groups::merge(std::size_t a, std::size_t b) {
  if (parties_[a].keys.size() > parties_[b].keys.size())
    std::swap(a, b);
  auto small = std::exchange(parties_[a], party{});
  auto& large = parties_[b];
  const auto old_keys = large.keys.size();
  const auto old_name = large.name;
  for (const auto key : small.keys)
    keys_.at(key).party = b;
  for (const auto& label : small.configured)
    by_configured_[label] = b;
  for (const auto& label : small.organizations)
    by_organization_[label] = b;
  const auto append = [](auto& into, const auto& from) {
    into.insert(into.end(), from.begin(), from.end());
  };
  append(large.keys, small.keys);
  append(large.configured, small.configured);
  append(large.organizations, small.organizations);
  name(large);
  std::vector<move> result;
  for (std::size_t i = 0; i < large.keys.size(); ++i)
    if ((i < old_keys ? old_name : small.name) != large.name)
      result.push_back({large.keys[i], large.name});
  return result;
}

void quota_groups::name(party& of) {
  const auto first = [](const std::vector<std::string>& labels) {
    return *std::min_element(labels.begin(), labels.end());
  };
  if (!of.configured.empty())
    of.name = first(of.configured);
  else if (of.keys.size() > 1)
    of.name = std::string{by_organization} + first(of.organizations);
  else
    of.name.clear();
}

// -- what moved --------------------------------------------------------------------------------

std::unordered_map<key_uid, std::string> quota_groups::names() const {
  std::unordered_map<key_uid, std::string> result;
  for (const auto& [key, one] : keys_)
    result.emplace(key, parties_[one.party].name);
  return result;
}

std::vector<quota_groups::move>
quota_groups::moved_since(const std::unordered_map<key_uid, std::string>& before) const {
  std::vector<move> result;
  for (const auto key : order_) {
    const auto old = before.find(key);
    const auto now = group_of(key);
    if (now != (old != before.end() ? std::string_view{old->second} : std::string_view{}))
      result.push_back({key, std::string{now}});
  }
  return result;
}

} // namespace keywheel::balance
