#include "tests/balance/at.hpp"
#include "tests/balance/simulation_state.hpp"

#include <algorithm>

/// What people do to the simulated world: they edit the config, and they leave.

namespace keywheel::balance::test {

void simulation::add_key(const key_plan& with) {
  const auto uid = static_cast<key_uid>(keys_.size() + 1);
  keys_.push_back(std::make_unique<key_actor>(key_actor{
      uid, with, {with.enabled, with.max_in_flight, plan_.cooldown, now_}, false, {}, {}}));
  auto& key = *keys_.back();
  for (const auto model : with.models) {
    auto& pool = *pools_[model];
    key.prospects[&pool];
    send(this, &pool, [this, &key, &pool] {
      if (key.removed)
        return;
      pool.members.insert(key.uid);
      send(&pool, &key, [this, &key, &pool] { tell(key, pool, true); });
    });
  }
  note_slots(key);
}

void simulation::change(const change_plan& what) {
  if (what.is == change_plan::what::add) {
    auto with = plan_.keys[what.choice % plan_.keys.size()];
    with.enabled = true;
    add_key(with);
    return;
  }
  if (what.is == change_plan::what::line) {
    auto& pool = *pools_[what.choice % pools_.size()];
    pool.settings.max_wait = std::chrono::seconds{what.choice % 25};
    pool.settings.max_calls = what.choice % 30;
    pool.brain.configure(pool.settings);
    settle(pool);
    return;
  }
  auto& key = *keys_[what.choice % keys_.size()];
  if (key.removed)
    return;
  note("change " + std::to_string(static_cast<int>(what.is)) + " of key "
       + std::to_string(key.uid));
  switch (what.is) {
  case change_plan::what::toggle:
    key.brain.configure(!key.brain.enabled(), key.brain.max_in_flight(), now_);
    break;
  case change_plan::what::cap:
    key.brain.configure(key.brain.enabled(), static_cast<std::uint32_t>(what.choice / 16 % 4),
                        now_);
    break;
  case change_plan::what::reset:
    key.brain.reset(now_);
    break;
  default:
    remove_key(key);
  }
  note_slots(key);
  tell_all(key);
}

/// The key admits nothing from now on and finishes what it has; its pools forget it when they hear
/// of it.
void simulation::remove_key(key_actor& key) {
  key.removed = true;
  key.brain.configure(false, key.brain.max_in_flight(), now_);
  for (const auto model : key.with.models) {
    auto& pool = *pools_[model];
    send(this, &pool, [this, &key, &pool] {
      pool.members.erase(key.uid);
      pool.brain.remove_key(key.uid);
      pool.known.removed(key.uid);
      settle(pool);
    });
  }
}

void simulation::caller_leaves(call_state& call) {
  if (call.left || (call.is_at == call_state::place::over && !call.lease))
    return;
  call.left = true;
  ++tally_.left;
  auto& pool = *pools_[call.with.model];
  if (call.is_at == call_state::place::outside) {
    call.is_at = call_state::place::over;
  } else if (call.lease) {
    send(&call, call.key, [this, &call] {
      call.is_at = call_state::place::over;
      if (call.lease)
        release(*call.key, call);
    });
  } else if (call.is_at == call_state::place::line) {
    send(&call, &pool, [this, &call, &pool] {
      const bool waits = pool.line.erase({call.with.arrives, call.id}) == 1;
      if (waits)
        call.is_at = call_state::place::over;
      require(pool.brain.leave(call.id) == waits, "who waits can leave, and nobody else");
      settle(pool);
    });
  }
}

} // namespace keywheel::balance::test
