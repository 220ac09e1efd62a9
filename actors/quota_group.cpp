#include "actors/quota_group.hpp"

#include "actors/detail/guard.hpp"
#include "actors/detail/ledgers.hpp"
#include "balance/demand.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>

namespace keywheel {

quota_group_actor::behavior_type
quota_group_state::make_behavior(std::string group_name, const config::budgets_config& budgets,
                                 upstream_actor performs, gateway_actor supervisor,
                                 observe::logger_ptr logger) {
  group = std::move(group_name);
  upstream = std::move(performs);
  gateway = std::move(supervisor);
  log = std::move(logger);
  ledger = balance::group_ledger{budgets, detail::seed_of(group)};
  counts_days = budgets.of_day();
  detail::die_with_reason(self);
  return {
      // -- the way of an attempt ---------------------------------------------------------------
      [this](attempt_atom, attempt_ptr& what) { admit(std::move(what)); },
      [this](release_atom, lease_id lease, const attempt_end& how) { release(lease, how); },
      [this](verdict_atom, const group_verdict& what) { heed(what); },
      [this](pardon_atom, time_point since) {
        if (ledger.pardon(since))
          changed();
      },
      // -- its keys ----------------------------------------------------------------------------
      [this](follow_atom, key_uid key, std::string& model, const key_actor& who) {
        follow(key, std::move(model), who);
      },
      [this](verdict_atom, const std::vector<balance::cooldown>& known) {
        for (const auto& rest : known)
          ledger.impose(rest, now());
        changed();
      },
      [this](discard_atom, key_uid key) { leave(key); },
      [this](tick_atom, std::uint64_t number) {
        if (number != tick)
          return;
        armed_for.reset();
        changed();
      },
      // -- the gateway -------------------------------------------------------------------------
      [this](setup_atom, const config::budgets_config& next) {
        ledger.configure(next);
        counts_days = next.of_day();
        changed();
      },
      [this](setup_atom, const upstream_actor& next) { upstream = next; },
      [this](reset_atom) {
        ledger.reset();
        changed();
      },
      [this](keep_atom) { return ledger.keep(now(), std::chrono::system_clock::now()); },
      [this](keep_atom, const balance::kept_state& kept) {
        ledger.restore(kept, now(), std::chrono::system_clock::now());
        changed();
      },
      [this](status_atom) {
        std::vector<observe::cooldown_status> result;
        for (const auto& rest : ledger.cooldowns(now()))
          result.push_back(observe::seen(rest, now(), std::chrono::system_clock::now()));
        return result;
      },
      [this](retire_atom) { retire(); },
  };
}

// -- operations ------------------------------------------------------------------------------

void quota_group_state::admit(attempt_ptr what) {
  const auto& call = *what->of;
  const auto room =
      ledger.admit(what->with->uid, call.model, balance::demand_of(call.facts), now());
  if (!room) {
    // The keys must know why before one of them passes the call back.
    changed();
    auto key = what->key;
    self->send(key, next_atom_v, std::move(what));
    return;
  }
  what->of_group = {quota_group_actor{self}, room->lease};
  self->send(upstream, attempt_atom_v, std::move(what));
  if (room->probe)
    changed();
  else
    arm();
}

void quota_group_state::release(lease_id lease, const attempt_end& how) {
  if (!ledger.release(lease, detail::ending_of(how.result), &how.used, now()))
    return;
  if (counts_days)
    self->send(gateway, changed_atom_v);
  changed();
  quit_if_idle();
}

void quota_group_state::heed(const group_verdict& what) {
  if (!ledger.judged(what.lease, what.what, what.charge, what.settings, what.readings, now()))
    return;
  if (what.what.why != dialect::reason::none) {
    log->warn("quota group {} rests for model {}: {} (said by {})", group, what.model,
              to_string(what.what.why), what.what.source);
    self->send(gateway, changed_atom_v);
  }
  changed();
}

void quota_group_state::follow(key_uid key, std::string model, key_actor who) {
  auto& members = models[model];
  if (members.keys.empty())
    members.told = ledger.available_for(model, now());
  self->send(who, state_atom_v, std::move(model), members.told);
  members.keys[key] = std::move(who);
}

void quota_group_state::leave(key_uid key) {
  key_actor who;
  for (auto& [model, members] : models)
    if (auto gone = members.keys.extract(key); !gone.empty())
      who = std::move(gone.mapped());
  // It is as refused as before; what it rests for, it now knows itself.
  auto rests = ledger.keep(now(), std::chrono::system_clock::now()).rests;
  if (who && !rests.empty())
    self->send(who, keep_atom_v, balance::kept_state{std::move(rests), {}});
  std::erase_if(models, [](const auto& entry) { return entry.second.keys.empty(); });
  quit_if_idle();
}

void quota_group_state::retire() {
  retired = true;
  quit_if_idle();
}

// -- helpers -----------------------------------------------------------------------------------

void quota_group_state::changed() {
  for (auto& [model, members] : models) {
    const auto is = ledger.available_for(model, now());
    if (!balance::worth_telling(members.told, is))
      continue;
    members.told = is;
    for (const auto& [uid, who] : members.keys)
      self->send(who, state_atom_v, model, is);
  }
  arm();
}

void quota_group_state::arm() {
  const auto next = ledger.next_change(now());
  if (!next || (armed_for && *armed_for <= *next))
    return;
  armed_for = next;
  self->delayed_send(self, std::max(*next - now(), duration::zero()), tick_atom_v, ++tick);
}

void quota_group_state::quit_if_idle() {
  // As long as a key is here, an attempt of its may be on its way.
  if (retired && models.empty() && ledger.in_flight() == 0)
    self->quit();
}

quota_group_actor::behavior_type quota_group(quota_group_pointer self, std::string name,
                                             const config::budgets_config& budgets,
                                             upstream_actor upstream, gateway_actor gateway,
                                             observe::logger_ptr log) {
  return self->state.make_behavior(std::move(name), budgets, std::move(upstream),
                                   std::move(gateway), std::move(log));
}

} // namespace keywheel
