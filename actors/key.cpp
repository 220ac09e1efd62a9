#include "actors/key.hpp"

#include "actors/detail/guard.hpp"
#include "actors/detail/ledgers.hpp"
#include "balance/demand.hpp"

#include <spdlog/spdlog.h>

namespace keywheel {

namespace {

attempt_id next_attempt_id() {
  static std::atomic<attempt_id> last{0};
  return ++last;
}

wall_time wall() {
  return std::chrono::system_clock::now();
}

} // namespace

key_actor::behavior_type key_state::make_behavior(key_setup first, upstream_actor performs,
                                                  gateway_actor supervisor,
                                                  observe::logger_ptr logger) {
  upstream = std::move(performs);
  gateway = std::move(supervisor);
  log = std::move(logger);
  ledger =
      balance::key_ledger{first.key.enabled, first.key.budgets, detail::seed_of(first.key.id())};
  setup = std::make_shared<const key_setup>(std::move(first));
  if (setup->counts)
    meter = &setup->counts->of_key(setup->key.id());
  if (setup->group)
    join_group(setup->group);
  detail::die_with_reason(self);
  return {
      // -- the way of a call -------------------------------------------------------------------
      [this](call_atom, call_ptr& call) { take(std::move(call)); },
      [this](signal_atom, signal_ptr& answer) { judge(*answer); },
      [this](late_atom, signal_ptr& answer) { judge_late(*answer); },
      [this](next_atom, attempt_ptr& what) { no_room(std::move(what)); },
      [this](release_atom, lease_id lease, const attempt_end& how) { release(lease, how); },
      // -- its dispatchers and its group ---------------------------------------------------------
      [this](state_atom, const std::string& model, const balance::availability& what) {
        if (ledger.group_says(model, what))
          changed();
      },
      [this](tick_atom, std::uint64_t number) {
        if (number != tick)
          return;
        armed_for.reset();
        changed();
      },
      [this](follow_atom, const std::string& model, const dispatcher_actor& dispatcher,
             bool wants_load) { follow(model, dispatcher, wants_load); },
      [this](discard_atom, const std::string& model) { followers.erase(model); },
      [this](watch_atom, const std::string& model, bool watches) {
        if (const auto found = followers.find(model); found != followers.end())
          found->second.watches = watches;
      },
      [this](pardon_atom, time_point since) {
        if (setup->group)
          self->send(setup->group, pardon_atom_v, since);
        if (ledger.pardon(since))
          changed();
      },
      // -- the gateway -------------------------------------------------------------------------
      [this](setup_atom, key_setup& next) { configure(std::move(next)); },
      [this](setup_atom, const upstream_actor& next) { upstream = next; },
      [this](reset_atom) {
        ledger.reset();
        if (setup->group)
          self->send(setup->group, reset_atom_v);
        log->info("key {} reset by a person", setup->key.id());
        self->send(gateway, changed_atom_v);
        changed();
      },
      [this](keep_atom) { return ledger.keep(now(), wall()); },
      [this](keep_atom, const balance::kept_state& kept) {
        ledger.restore(kept, now(), wall());
        changed();
      },
      [this](retire_atom) { return retire(); },
      [this](done_atom) {
        if (setup->group)
          self->send(setup->group, discard_atom_v, setup->uid);
        self->quit();
      },
      [this](status_atom) { return status(); },
  };
}

// -- the way of a call -------------------------------------------------------------------------

void key_state::take(call_ptr call) {
  // The dispatcher took one of our places for it, whether or not it is used.
  if (call->left)
    return tell(call->model, call->dispatcher);
  const auto model = call->model;
  const auto room = ledger.admit(model, balance::demand_of(call->facts), now());
  if (!room)
    return give_back(std::move(call));
  auto what = std::make_shared<attempt>();
  what->id = next_attempt_id();
  what->of_key = {key_actor{self}, room->lease};
  what->of_key.end.usage_row = usage.row_of(model, call->client_name);
  usage.count_request(what->of_key.end.usage_row);
  what->key = self;
  what->with = setup;
  ++call->attempts;
  ++requests;
  what->of = std::move(call);
  if (setup->group)
    self->send(setup->group, attempt_atom_v, std::move(what));
  else
    self->send(upstream, attempt_atom_v, std::move(what));
  if (const auto found = followers.find(model); found != followers.end())
    took_one(found->second, model);
  arm();
}

void key_state::no_room(attempt_ptr what) {
  auto call = std::move(what->of);
  --call->attempts;
  --requests;
  usage.uncount_request(what->of_key.end.usage_row);
  what->ends(attempt_result::unsent);
  what.reset(); // the lease ends before the dispatcher chooses again
  give_back(std::move(call));
}

void key_state::release(lease_id lease, const attempt_end& how) {
  if (!ledger.release(lease, detail::ending_of(how.result), &how.used, now()))
    return;
  if (how.result == attempt_result::refused || how.result == attempt_result::failed)
    ++errors;
  if (meter != nullptr)
    meter->attempt_ended(detail::outcome_of(how.result));
  usage.count_tokens(how.usage_row, how.used);
  used.input += how.used.input;
  used.cached += how.used.cached;
  used.output += how.used.output;
  used.reasoning += how.used.reasoning;
  if (setup->key.budgets.of_day())
    self->send(gateway, changed_atom_v);
  changed();
  report_if_idle();
}

// -- others ------------------------------------------------------------------------------------

void key_state::follow(const std::string& model, const dispatcher_actor& dispatcher,
                       bool wants_load) {
  followers[model] = {dispatcher, wants_load, false, {}};
  if (setup->group)
    self->send(setup->group, follow_atom_v, setup->uid, model, key_actor{self});
  tell(model, dispatcher);
}

void key_state::configure(key_setup next) {
  if (next.forget_rejection)
    ledger.forgive();
  ledger.configure(next.key.enabled, next.key.budgets);
  const auto before = std::exchange(setup, std::make_shared<const key_setup>(std::move(next)));
  if (before->group != setup->group) {
    if (before->group)
      self->send(before->group, discard_atom_v, setup->uid);
    join_group(setup->group);
  }
  changed();
}

void key_state::join_group(const quota_group_actor& next) {
  if (!next)
    return ledger.leave_group();
  auto known = ledger.join_group(now());
  if (!known.empty())
    self->send(next, verdict_atom_v, std::move(known));
  for (const auto& [model, who] : followers)
    self->send(next, follow_atom_v, setup->uid, model, key_actor{self});
}

void key_state::note_organization(const std::string& seen) {
  if (seen.empty() || seen == organization)
    return;
  organization = seen;
  self->send(gateway, follow_atom_v, setup->uid, organization);
}

caf::result<void> key_state::retire() {
  retired = self->make_response_promise();
  auto result = retired;
  report_if_idle();
  return result;
}

observe::key_status key_state::status() const {
  observe::key_status result;
  const auto& key = setup->key;
  result.id = key.id();
  result.provider = key.provider;
  result.name = key.name;
  result.masked = key.api_key.masked();
  result.quota_group = setup->group_name;
  result.enabled = key.enabled;
  result.state = setup->leaving ? "draining" : to_string(ledger.overall(now()));
  result.in_flight = ledger.in_flight();
  result.requests = requests;
  result.errors = errors;
  result.input_tokens = static_cast<std::uint64_t>(used.input);
  result.output_tokens = static_cast<std::uint64_t>(used.output);
  result.usage = usage.rows();
  for (const auto& rest : ledger.cooldowns(now()))
    result.cooldowns.push_back(observe::seen(rest, now(), wall()));
  return result;
}

// -- helpers -----------------------------------------------------------------------------------

/// How the key stands for a model, as far as its dispatcher cares.
balance::availability key_state::seen_by(const follower& who, const std::string& model) const {
  auto result = ledger.available_for(model, now());
  if (!who.wants_load)
    result.in_flight = 0;
  return result;
}

void key_state::changed() {
  for (auto& [model, who] : followers)
    say(model, who);
  arm();
}

/// A dispatcher knows of the place that its own call takes, and need not be told unless there is
/// more to know: the rest that it saw end may have left the key with more places, or fewer.
void key_state::took_one(follower& who, const std::string& model) {
  who.told = balance::less_one(balance::seen_at(who.told, now()));
  who.told.in_flight = seen_by(who, model).in_flight;
  say(model, who);
}

/// Tells a dispatcher how the key stands, if it believes otherwise.
void key_state::say(const std::string& model, follower& who) {
  const auto is = seen_by(who, model);
  if (!balance::worth_telling(who.told, is))
    return;
  who.told = is;
  self->send(who.dispatcher, state_atom_v, setup->uid, is);
}

void key_state::tell(const std::string& model, const dispatcher_actor& dispatcher) {
  const auto found = followers.find(model);
  if (found == followers.end()) {
    // It is being let go, and still gets its calls back.
    self->send(dispatcher, state_atom_v, setup->uid, ledger.available_for(model, now()));
    return;
  }
  found->second.told = seen_by(found->second, model);
  self->send(dispatcher, state_atom_v, setup->uid, found->second.told);
}

void key_state::give_back(call_ptr call) {
  auto dispatcher = call->dispatcher;
  // The dispatcher must know why before it chooses again.
  tell(call->model, dispatcher);
  self->send(dispatcher, next_atom_v, std::move(call));
}

void key_state::arm() {
  const auto next = ledger.next_change(now());
  if (!next || (armed_for && *armed_for <= *next))
    return;
  armed_for = next;
  self->delayed_send(self, std::max(*next - now(), duration::zero()), tick_atom_v, ++tick);
}

void key_state::report_if_idle() {
  if (retired.pending() && ledger.in_flight() == 0)
    retired.deliver(caf::unit);
}

key_actor::behavior_type key(key_pointer self, key_setup setup, upstream_actor upstream,
                             gateway_actor gateway, observe::logger_ptr log) {
  return self->state.make_behavior(std::move(setup), std::move(upstream), std::move(gateway),
                                   std::move(log));
}

} // namespace keywheel
