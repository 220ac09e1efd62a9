#include "actors/dispatcher.hpp"

#include "actors/detail/guard.hpp"
#include "balance/refusals.hpp"

#include <spdlog/spdlog.h>

namespace keywheel {

namespace {

balance::pool::settings line_settings(const config::waiting_line_config& from) {
  return {from.max_wait, from.max_calls};
}

} // namespace

dispatcher_actor::behavior_type dispatcher_state::make_behavior(std::string model_name,
                                                                dispatcher_setup first,
                                                                observe::logger_ptr logger) {
  model = std::move(model_name);
  log = std::move(logger);
  configure(std::move(first));
  detail::die_with_reason(self);
  return {
      // -- the way of a call -------------------------------------------------------------------
      [this](call_atom, call_ptr& call) { place(std::move(call)); },
      [this](next_atom, call_ptr& call) { place(std::move(call)); },
      [this](cancel_atom, call_id call) {
        pool.leave(call);
        waiting.erase(call);
      },
      // -- its keys ----------------------------------------------------------------------------
      [this](state_atom, key_uid key, const balance::availability& what) {
        if (members.count(key) == 0)
          return;
        pool.set_key(key, what, now());
        settle();
      },
      // -- the gateway -------------------------------------------------------------------------
      [this](setup_atom, dispatcher_setup& next) {
        configure(std::move(next));
        settle();
      },
      [this](retire_atom) { retire(); },
      [this](status_atom) { return status(); },
      [this](tick_atom, std::uint64_t number) {
        if (number != tick)
          return;
        armed_for.reset();
        settle();
      },
  };
}

// -- operations ------------------------------------------------------------------------------

void dispatcher_state::configure(dispatcher_setup next) {
  std::unordered_map<key_uid, dispatcher_setup::member> wanted;
  for (auto& member : next.keys)
    wanted.emplace(member.uid, member);
  for (const auto& [uid, member] : members)
    if (wanted.count(uid) == 0) {
      self->send(member.key, discard_atom_v, model);
      pool.remove_key(uid);
    }
  for (const auto& member : next.keys) {
    expect(member);
    const auto known = members.find(member.uid);
    if (known == members.end() || known->second.key != member.key)
      self->send(member.key, follow_atom_v, model, dispatcher_actor{self});
  }
  members = std::move(wanted);
  setup = std::move(next);
  pool.configure(line_settings(setup.line));
}

void dispatcher_state::expect(const dispatcher_setup::member& key) {
  using state = balance::availability::state;
  const auto* known = pool.find_key(key.uid, now());
  // All of a generation holds at once, before any key has said a word: or a call that comes in
  // between would find one key already disabled and the other not yet enabled. Free until it says
  // otherwise: it has the last word.
  if (!key.enabled)
    pool.set_key(key.uid, {state::disabled, {}, 0}, now());
  else if (known == nullptr || known->is == state::disabled)
    pool.set_key(key.uid, balance::availability{}, now());
}

void dispatcher_state::place(call_ptr call) {
  if (call->left)
    return;
  balance::ticket ticket;
  ticket.call = call->id;
  ticket.arrived = call->arrived;
  ticket.deadline = call->deadline;
  ticket.tried = call->tried;
  const auto where = pool.place(std::move(ticket), now());
  act(std::move(call), where);
  arm();
}

void dispatcher_state::settle() {
  for (const auto& [id, where] : pool.settle(now())) {
    const auto found = waiting.find(id);
    if (found == waiting.end())
      continue;
    auto call = std::move(found->second);
    waiting.erase(found);
    act(std::move(call), where);
  }
  arm();
}

void dispatcher_state::retire() {
  if (std::exchange(retired, true))
    return self->quit();
  // No call outlives its own deadline, so after that nothing can come back to this dispatcher.
  self->delayed_send(self, setup.request_timeout, retire_atom_v);
}

observe::model_status dispatcher_state::status() {
  observe::model_status result;
  result.name = model;
  result.provider = setup.model.provider;
  result.strategy = setup.model.strategy;
  result.load_balancing = setup.load_balancing;
  result.waiting = pool.waiting();
  for (const auto& member : setup.keys)
    if (const auto* known = pool.find_key(member.uid, now()))
      result.keys.push_back({member.id, std::string{balance::to_string(known->is)}});
  return result;
}

// -- helpers -----------------------------------------------------------------------------------

void dispatcher_state::act(call_ptr call, const balance::placement& where) {
  switch (where.is) {
  case balance::placement::what::key:
    call->tried = where.tried;
    self->send(members.at(where.chosen).key, call_atom_v, std::move(call));
    return;
  case balance::placement::what::waits:
    waiting.emplace(call->id, std::move(call));
    return;
  default:
    call->refuse(balance::refusal_for(where, model, call->last_failure, now()));
  }
}

void dispatcher_state::arm() {
  const auto next = pool.next_wake(now());
  if (!next || (armed_for && *armed_for <= *next))
    return;
  armed_for = next;
  const auto wait = std::max(*next - now(), duration::zero());
  self->delayed_send(self, wait, tick_atom_v, ++tick);
}

dispatcher_actor::behavior_type dispatcher(dispatcher_pointer self, std::string model,
                                           dispatcher_setup setup, observe::logger_ptr log) {
  return self->state.make_behavior(std::move(model), std::move(setup), std::move(log));
}

} // namespace keywheel
