#include "actors/dispatcher.hpp"

#include "actors/detail/guard.hpp"
#include "actors/detail/ledgers.hpp"
#include "balance/refusals.hpp"

#include <spdlog/spdlog.h>

namespace keywheel {

namespace {

balance::pool::settings pool_settings(const dispatcher_setup& from) {
  balance::pool::settings result;
  result.max_wait = from.line.max_wait;
  result.max_calls = from.line.max_calls;
  result.strategy = from.model.strategy;
  result.sticky = from.model.sticky;
  result.cooldown = from.model.cooldown;
  return result;
}

} // namespace

dispatcher_actor::behavior_type dispatcher_state::make_behavior(std::string model_name,
                                                                dispatcher_setup first,
                                                                gateway_actor supervisor,
                                                                observe::logger_ptr logger) {
  model = std::move(model_name);
  gateway = std::move(supervisor);
  log = std::move(logger);
  pool = balance::pool{pool_settings(first), detail::seed_of(model)};
  configure(std::move(first));
  detail::die_with_reason(self);
  return {
      // -- the way of a call -------------------------------------------------------------------
      [this](call_atom, call_ptr& call) { place(std::move(call)); },
      [this](next_atom, call_ptr& call) { place(std::move(call)); },
      [this](cancel_atom, call_id call) {
        pool.leave(call);
        if (const auto found = waiting.find(call); found != waiting.end()) {
          note_wait(found->second);
          waiting.erase(found);
        }
      },
      // -- its keys ----------------------------------------------------------------------------
      [this](state_atom, key_uid key, const balance::availability& what) {
        if (members.count(key) == 0)
          return;
        pool.set_key(key, what, now());
        settle();
      },
      [this](verdict_atom, const key_refusal& how) { refused(how); },
      [this](success_atom) {
        pool.note_success();
        settle();
      },
      [this](probe_atom, call_id call, balance::probe_result how) {
        pool.probe_ended(call, how, now());
        settle();
      },
      // -- the gateway -------------------------------------------------------------------------
      [this](setup_atom, dispatcher_setup& next) {
        configure(std::move(next));
        settle();
      },
      [this](retire_atom) { retire(); },
      [this](status_atom) { return status(); },
      [this](keep_atom) { return keep(); },
      [this](keep_atom, const balance::kept_state& kept) { restore(kept); },
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
  const bool wants_load = next.model.strategy == config::strategy_kind::least_in_flight;
  for (std::uint32_t position = 0; position < next.keys.size(); ++position) {
    const auto& member = next.keys[position];
    pool.enroll({member.uid, member.weight, position}, now());
    expect(member);
    const auto known = members.find(member.uid);
    if (known == members.end() || known->second.key != member.key
        || next.model.strategy != setup.model.strategy)
      self->send(member.key, follow_atom_v, model, dispatcher_actor{self}, wants_load);
  }
  members = std::move(wanted);
  numbers.clear();
  for (const auto& [uid, member] : members)
    numbers.emplace(member.id, uid);
  setup = std::move(next);
  meter = setup.counts ? &setup.counts->of_model(model) : nullptr;
  pool.configure(pool_settings(setup));
  // A key whose secret is renewed has another number; who waits for it goes on waiting.
  for (const auto& [id, who] : waiting)
    if (auto keys = keys_for(*who.of))
      pool.bind(id, std::move(*keys));
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
  call->trace->counts_for(meter);
  call->probe.forget(); // the pool takes a call that comes back for one that probed nothing
  const auto where = pool.place(ticket_of(*call), now());
  act(std::move(call), where);
  arm();
}

void dispatcher_state::settle() {
  for (const auto& [id, where] : pool.settle(now())) {
    const auto found = waiting.find(id);
    if (found == waiting.end())
      continue;
    note_wait(found->second);
    auto call = std::move(found->second.of);
    waiting.erase(found);
    act(std::move(call), where);
  }
  arm();
  say_if_watching();
}

/// A key says of a refusal what may concern the provider as a whole.
void dispatcher_state::refused(const key_refusal& how) {
  if (members.count(how.key) == 0)
    return;
  if (how.what.scope == dialect::scope::provider_model) {
    pool.rest(how.what, now());
    if (setup.counts)
      setup.counts->cooldown_began(how.what.why, how.what.scope, setup.model.provider, {});
    log->warn("model {}: its provider rests: {} (said by {})", model, to_string(how.what.why),
              how.what.source);
    self->send(gateway, changed_atom_v);
  }
  // At the key's own time: a pardon must reach back to where the first key was struck.
  const auto since =
      pool.note_refusal(how.key, how.what.why, how.what.certain, how.returns, how.when);
  if (since) {
    log->warn("model {}: every key was refused ({}): the provider is taken to be the limit", model,
              to_string(how.what.why));
    for (const auto& [uid, member] : members) {
      self->send(member.key, pardon_atom_v, *since);
      if (how.what.why != dialect::reason::rate_limit)
        hope_for(uid);
    }
  }
  settle();
}

/// A key that is to be pardoned says so itself in a moment. Until then nobody may be turned away
/// because of a rest that is about to end. (A rate limit's is no longer than the provider's.)
void dispatcher_state::hope_for(key_uid key) {
  const auto* known = pool.find_key(key, now());
  if (known != nullptr && known->until > now())
    pool.set_key(key, balance::availability{}, now());
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
  result.strategy = config::to_string(setup.model.strategy);
  result.load_balancing = setup.load_balancing;
  result.waiting = pool.waiting();
  for (const auto& member : setup.keys)
    if (const auto* known = pool.find_key(member.uid, now()))
      result.keys.push_back({member.id, std::string{balance::to_string(known->is)}});
  if (const auto rest = pool.provider_cooldown(model, now()))
    result.cooldowns.push_back(observe::seen(*rest, now(), std::chrono::system_clock::now()));
  return result;
}

/// Of a dispatcher's own, the provider's rest is worth keeping.
balance::kept_state dispatcher_state::keep() {
  balance::kept_state result;
  if (const auto rest = pool.provider_cooldown(model, now())) {
    const auto seen = observe::seen(*rest, now(), std::chrono::system_clock::now());
    result.rests.push_back(
        {rest->scope, model, rest->why, rest->source, seen.until, rest->strikes});
  }
  return result;
}

void dispatcher_state::restore(const balance::kept_state& kept) {
  for (const auto& rest : kept.rests) {
    dialect::verdict what;
    what.why = rest.why;
    what.scope = rest.scope;
    what.source = "kept";
    what.rest =
        std::chrono::ceil<std::chrono::milliseconds>(rest.until - std::chrono::system_clock::now());
    pool.rest(what, now());
  }
  settle();
}

// -- helpers -----------------------------------------------------------------------------------

balance::ticket dispatcher_state::ticket_of(const call& of) const {
  balance::ticket result;
  result.call = of.id;
  result.arrived = of.arrived;
  result.deadline = of.deadline;
  result.tried = of.tried;
  result.bound = keys_for(of);
  result.client = std::hash<std::string>{}(of.client);
  result.prefix = of.facts.prefix;
  result.tag = of.tag;
  return result;
}

/// The numbers that those keys have now which a call is bound to; nothing if it is not.
std::optional<std::vector<key_uid>> dispatcher_state::keys_for(const call& of) const {
  if (!of.bound)
    return std::nullopt;
  std::vector<key_uid> result;
  for (const auto& id : *of.bound)
    if (const auto found = numbers.find(id); found != numbers.end())
      result.push_back(found->second);
  return result;
}

/// Whose calls it places, as people are told.
std::string dispatcher_state::subject() const {
  return model == config::no_model ? "the provider \"" + setup.model.provider + "\""
                                   : "the model \"" + model + "\"";
}

void dispatcher_state::act(call_ptr call, const balance::placement& where) {
  switch (where.is) {
  case balance::placement::what::key:
    call->tried = where.tried;
    call->tag = where.tag;
    if (where.probe)
      call->probe = {dispatcher_actor{self}, call->id};
    self->send(members.at(where.chosen).key, call_atom_v, std::move(call));
    return;
  case balance::placement::what::waits:
    waiting.insert_or_assign(call->id, waiter{call, now()});
    return;
  default:
    call->refuse(balance::refusal_for(where, subject(), call->last_failure, now()));
  }
}

void dispatcher_state::note_wait(const waiter& who) {
  const auto how_long = now() - who.since;
  who.of->trace->waited(how_long);
  if (setup.counts)
    setup.counts->waited(how_long);
}

/// A success says that a suspicion against the provider is wrong. Keys tell of one only while there
/// is a suspicion.
void dispatcher_state::say_if_watching() {
  if (watching == pool.awaits_success())
    return;
  watching = !watching;
  for (const auto& [uid, member] : members)
    self->send(member.key, watch_atom_v, model, watching);
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
                                           dispatcher_setup setup, gateway_actor gateway,
                                           observe::logger_ptr log) {
  return self->state.make_behavior(std::move(model), std::move(setup), std::move(gateway),
                                   std::move(log));
}

} // namespace keywheel
