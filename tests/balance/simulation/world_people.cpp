#include "tests/balance/simulation/world.hpp"

#include <algorithm>

/// What the gateway does when people edit its file, and what they do besides: they reset keys, and
/// leave.
namespace keywheel::balance::test {

using state = availability::state;
using kind = change_plan::what;

namespace {

std::string group_name(std::uint32_t number) {
  return number == 0 ? std::string{} : "group-" + std::to_string(number);
}

} // namespace

void world::add_key(key_plan with) {
  with.number = static_cast<std::uint32_t>(keys_.size() + 1);
  keys_.push_back(
      std::make_unique<sim_key>(with, plan_.jitter ? mix(plan_.seed + with.number) | 1U : 0));
  auto& key = *keys_.back();
  key.number = next_actor();
  if (makes(flaw::ignores_budgets))
    key.brain.configure(with.enabled, {});
  configured_.push_back(with);
}

void world::change(const change_plan& how) {
  note("change " + std::to_string(static_cast<int>(how.is)));
  dice by{plan_.seed, 9, how.number};
  if (how.is == kind::line) {
    auto& pool = *pools_[how.choice % pools_.size()];
    pool.settings.max_wait = std::chrono::seconds{by.below(25)};
    pool.settings.max_calls = by.below(6);
    pool.settings.strategy = static_cast<config::strategy_kind>(by.below(4));
    configure(pool);
    return settle(pool);
  }
  if (how.is == kind::add && keys_.size() < 6 && !plan_.keys.empty()) {
    auto with = plan_.keys[how.choice % plan_.keys.size()];
    with.enabled = true;
    add_key(with);
    return reload();
  }
  if (configured_.empty())
    return;
  auto& with = configured_[how.choice % configured_.size()];
  auto& key = *keys_[with.number - 1];
  key.steady = false;
  switch (how.is) {
  case kind::toggle:
    with.enabled = !with.enabled;
    break;
  case kind::budgets:
    with.budgets.max_in_flight = static_cast<std::uint32_t>(by.below(3));
    with.budgets.rpm = static_cast<std::int64_t>(by.below(6));
    with.budgets.tpm = static_cast<std::int64_t>(by.below(2) * by.below(900));
    break;
  case kind::regroup:
    with.group = static_cast<std::uint32_t>(by.below(3));
    break;
  case kind::remove:
    remove(key);
    break;
  default:
    send(people, key.number, [this, &key] {
      key.brain.reset();
      key.book.reset();
      if (auto* group = key.group)
        send(key.number, group->number, [this, group] {
          group->brain.reset();
          group->book.reset();
          changed(*group);
        });
      changed(key);
    });
    return;
  }
  reload();
}

/// The key admits nothing from the moment it hears of it, and finishes what it has.
void world::remove(sim_key& key) {
  std::erase_if(configured_, [&](const key_plan& one) { return one.number == key.with.number; });
  send(people, key.number, [this, &key] {
    key.removed = true;
    key.brain.configure(false, {});
    changed(key);
    if (key.brain.in_flight() == 0 && key.group != nullptr && !std::exchange(key.gone, true))
      send(key.number, key.group->number, [this, &key] { leave(*key.group, key); });
  });
}

/// Tells everybody what the file says now.
void world::reload() {
  std::vector<quota_groups::member> members;
  for (const auto& one : configured_)
    members.push_back({one.number, group_name(one.group)});
  std::map<std::string, config::budgets_config> budgets;
  for (std::uint32_t i = 1; i < plan_.group_budgets.size(); ++i)
    budgets[group_name(i)] = plan_.group_budgets[i];
  const auto moves = partition_.configure(members, budgets);
  tally_.moves += moves.size();
  for (const auto& one : configured_) {
    auto* group = group_of(std::string{partition_.group_of(one.number)});
    auto& key = *keys_[one.number - 1];
    send(people, key.number,
         [this, &key, one, group] { set_up(key, one.enabled, one.budgets, group); });
  }
  for (auto& pool : pools_)
    send(people, pool->number, [this, &pool = *pool, keys = configured_] { set_up(pool, keys); });
}

/// An answer has named an organisation: keys may turn out to share a limit.
void world::regroup(const std::vector<quota_groups::move>& moves) {
  tally_.moves += moves.size();
  for (const auto& move : moves) {
    const auto found = std::find_if(configured_.begin(), configured_.end(),
                                    [&](const key_plan& one) { return one.number == move.key; });
    auto& key = *keys_[move.key - 1];
    send(people, key.number, [this, &key, with = *found, group = group_of(move.group)] {
      set_up(key, with.enabled, with.budgets, group);
    });
  }
  for (auto& group : groups_)
    send(people, group->number,
         [this, &group = *group, budgets = partition_.budgets_of(group->name)] {
           group.brain.configure(budgets);
           group.book.configure(budgets);
           changed(group);
         });
}

void world::set_up(sim_key& key, bool enabled, const config::budgets_config& budgets,
                   sim_group* group) {
  if (key.removed)
    return;
  key.brain.configure(enabled, makes(flaw::ignores_budgets) ? config::budgets_config{} : budgets);
  key.book.configure(budgets);
  if (auto* before = std::exchange(key.group, group); before != group) {
    // No verdict about its own limits is the key's any more, or what the group said of them.
    if (before != nullptr)
      send(key.number, before->number, [this, before, &key] { leave(*before, key); });
    join(key, group);
  }
  changed(key);
}

void world::join(sim_key& key, sim_group* group) {
  key.brain.leave_group();
  if (group == nullptr)
    return;
  const auto rests = key.brain.join_group(now_);
  key.book.group_rests_went();
  if (!rests.empty())
    impose(key, rests);
  for (const auto& [model, who] : key.followers)
    send(key.number, group->number,
         [this, group, &key, model = model] { follow(*group, key, model); });
}

void world::configure(sim_pool& pool) {
  pool.longest_line = std::max(pool.longest_line, pool.settings.max_calls);
  pool.in_turn = pool.in_turn && !pool.settings.sticky
                 && pool.settings.strategy == config::strategy_kind::round_robin;
  auto settings = pool.settings;
  if (makes(flaw::has_an_endless_line))
    settings.max_calls = 1000;
  pool.brain.configure(settings);
}

void world::set_up(sim_pool& pool, const std::vector<key_plan>& keys) {
  const auto is_wanted = [&](key_uid uid) {
    return std::any_of(keys.begin(), keys.end(), [&](const key_plan& one) {
      return one.number == uid && (one.models >> pool.index & 1U) != 0;
    });
  };
  for (auto i = pool.known.begin(); i != pool.known.end();) {
    const auto uid = i->first;
    if (is_wanted(uid)) {
      ++i;
      continue;
    }
    auto& key = *keys_[uid - 1];
    send(pool.number, key.number, [&key, &pool] { key.followers.erase(pool.model); });
    pool.brain.remove_key(uid);
    i = pool.known.erase(i);
  }
  for (std::uint32_t position = 0; position < keys.size(); ++position) {
    const auto& one = keys[position];
    if (!is_wanted(one.number))
      continue;
    pool.brain.enroll({one.number, one.weight, position}, now_);
    wake(pool, now_);
    const auto known = pool.known.find(one.number);
    if (!one.enabled)
      set_key(pool, one.number, {state::disabled, {}, 0});
    else if (known == pool.known.end() || known->second.what.is == state::disabled)
      set_key(pool, one.number, {});
    auto& key = *keys_[one.number - 1];
    const bool wants_load = pool.settings.strategy == config::strategy_kind::least_in_flight;
    send(pool.number, key.number, [this, &key, &pool, wants_load] {
      key.followers[pool.model] = {&pool, wants_load, false, {}};
      if (auto* group = key.group)
        send(key.number, group->number,
             [this, group, &key, &pool] { follow(*group, key, pool.model); });
      tell(key, pool);
      changed(key);
    });
  }
  settle(pool);
}

sim_group* world::group_of(const std::string& name) {
  if (name.empty())
    return nullptr;
  const auto found = std::find_if(groups_.begin(), groups_.end(),
                                  [&](const auto& one) { return one->name == name; });
  if (found != groups_.end())
    return found->get();
  groups_.push_back(std::make_unique<sim_group>(
      name, partition_.budgets_of(name), plan_.jitter ? mix(plan_.seed + groups_.size()) | 1U : 0));
  groups_.back()->number = next_actor();
  return groups_.back().get();
}

void world::caller_leaves(sim_call& call) {
  if (call.left)
    return;
  call.left = true;
  ++tally_.left;
  if (call.is_at == sim_call::place::outside) {
    call.is_at = sim_call::place::over;
    return;
  }
  auto& pool = *pools_[call.with.model];
  send(people, pool.number, [this, &call, &pool] {
    const bool waits = std::erase(pool.line, &call) == 1;
    require(pool.brain.leave(call.id) == waits, rule::bookkeeping,
            "who waits can leave, and nobody else");
    if (!waits)
      return;
    pool.gave_up[call.with.client] = true;
    line_changed(pool);
    drop(call);
  });
  send(people, upstream, [this, &call] { cut_off(call); });
}

} // namespace keywheel::balance::test
