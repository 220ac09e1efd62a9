#include "actors/key.hpp"

#include "actors/detail/guard.hpp"
#include "dialect/verdict.hpp"

#include <spdlog/spdlog.h>

namespace keywheel {

namespace {

using std::chrono::duration_cast;
using std::chrono::milliseconds;

attempt_id next_attempt_id() {
  static std::atomic<attempt_id> last{0};
  return ++last;
}

/// What the caller is told if no other key can serve it after this.
dialect::refusal failure_for(const dialect::verdict& found, const dialect::signal& answer,
                             const std::string& provider) {
  using dialect::failure;
  using dialect::refusal_code;
  if (found.for_key == dialect::verdict::key::reject)
    return {refusal_code::key_rejected,
            "the provider \"" + provider + "\" refused the credential",
            {},
            false};
  switch (answer.failed) {
  case failure::not_sent:
    return {refusal_code::upstream_unreachable,
            "the provider \"" + provider + "\" cannot be reached: " + answer.detail,
            {},
            {}};
  case failure::deadline:
    return {refusal_code::deadline_exceeded, "the request's time is over", {}, {}};
  case failure::none:
    return {refusal_code::no_key_available, "the provider's rate limit is reached", {}, {}};
  case failure::timed_out:
  case failure::no_answer:
    break;
  }
  return {refusal_code::upstream_failed,
          "the provider \"" + provider + "\" gave no answer: " + answer.detail,
          {},
          {}};
}

} // namespace

key_actor::behavior_type key_state::make_behavior(key_uid number, key_setup first,
                                                  upstream_actor performs,
                                                  observe::logger_ptr logger) {
  uid = number;
  upstream = std::move(performs);
  log = std::move(logger);
  ledger = balance::key_ledger{first.key.enabled, first.key.max_in_flight};
  setup = std::make_shared<const key_setup>(std::move(first));
  detail::die_with_reason(self);
  return {
      // -- the way of a call -------------------------------------------------------------------
      [this](call_atom, call_ptr& call) { take(std::move(call)); },
      [this](signal_atom, signal_ptr& answer) { judge(*answer); },
      [this](release_atom, lease_id lease, attempt_result result) { release(lease, result); },
      // -- its dispatchers ---------------------------------------------------------------------
      [this](follow_atom, const std::string& model, const dispatcher_actor& dispatcher) {
        follow(model, dispatcher);
      },
      [this](discard_atom, const std::string& model) { followers.erase(model); },
      // -- the gateway -------------------------------------------------------------------------
      [this](setup_atom, key_setup& next) { configure(std::move(next)); },
      [this](setup_atom, const upstream_actor& next) { upstream = next; },
      [this](reset_atom) {
        ledger.reset();
        log->info("key {} reset by a person", setup->key.id());
        tell_followers();
      },
      [this](retire_atom) { return retire(); },
      [this](done_atom) { self->quit(); },
      [this](status_atom) { return status(); },
  };
}

// -- operations ------------------------------------------------------------------------------

void key_state::take(call_ptr call) {
  // The dispatcher took one of our places for it, whether or not it is used.
  if (call->left)
    return tell(call->model, call->dispatcher);
  const auto lease_number = ledger.admit(call->model, now());
  if (!lease_number)
    return give_back(std::move(call));
  auto what = std::make_shared<attempt>();
  what->id = next_attempt_id();
  what->lease = lease{self, *lease_number};
  what->key = self;
  what->with = setup;
  ++call->attempts;
  ++requests;
  what->of = std::move(call);
  self->send(upstream, attempt_atom_v, std::move(what));
}

void key_state::judge(attempt_signal& answer) {
  auto what = std::move(answer.of);
  const auto& said = *answer.what;
  const auto found = dialect::judge(setup->dialect, said, std::chrono::system_clock::now());
  if (ledger.apply(found, what->of->model, what->of->cooldown, now())) {
    log->warn("key {} {} for model {}: {} (said by {})", setup->key.id(),
              found.for_key == dialect::verdict::key::reject ? "rejected" : "rests",
              what->of->model, found.reason, found.source);
    tell_followers();
  }
  switch (found.for_request) {
  case dialect::verdict::request::pass:
    self->send(upstream, commit_atom_v, std::move(what));
    return;
  case dialect::verdict::request::next_key:
    return next_key(std::move(what), said, found);
  case dialect::verdict::request::fail:
    what->lease.result = attempt_result::failed;
    what->of->refuse(failure_for(found, said, setup->key.provider));
    self->send(upstream, discard_atom_v, what->id);
    return;
  }
}

void key_state::next_key(attempt_ptr what, const dialect::signal& answer,
                         const dialect::verdict& found) {
  auto call = std::move(what->of);
  call->tried.push_back(uid);
  call->last_failure = failure_for(found, answer, setup->key.provider);
  self->send(upstream, discard_atom_v, what->id);
  what->lease.result =
      answer.failed == dialect::failure::none ? attempt_result::refused : attempt_result::failed;
  give_back(std::move(call));
}

void key_state::release(lease_id lease, attempt_result result) {
  if (!ledger.release(lease))
    return;
  if (result == attempt_result::refused || result == attempt_result::failed)
    ++errors;
  if (setup->key.max_in_flight != 0)
    tell_followers();
  report_if_idle();
}

void key_state::follow(const std::string& model, const dispatcher_actor& dispatcher) {
  followers[model] = dispatcher;
  tell(model, dispatcher);
}

void key_state::configure(key_setup next) {
  if (next.forget_rejection)
    ledger.forgive();
  ledger.configure(next.key.enabled, next.key.max_in_flight);
  setup = std::make_shared<const key_setup>(std::move(next));
  tell_followers();
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
  result.enabled = key.enabled;
  result.state = setup->leaving ? "draining" : to_string(ledger.overall(now()));
  result.in_flight = ledger.in_flight();
  result.requests = requests;
  result.errors = errors;
  for (const auto& entry : ledger.cooldowns(now())) {
    const auto remaining = duration_cast<milliseconds>(entry.until - now());
    result.cooldowns.push_back({std::string{dialect::to_string(entry.scope)}, entry.model,
                                entry.reason, entry.source,
                                std::chrono::system_clock::now() + remaining, remaining.count()});
  }
  return result;
}

// -- helpers -----------------------------------------------------------------------------------

void key_state::tell_followers() {
  for (const auto& [model, dispatcher] : followers)
    tell(model, dispatcher);
}

void key_state::tell(const std::string& model, const dispatcher_actor& dispatcher) {
  self->send(dispatcher, state_atom_v, uid, ledger.available_for(model, now()));
}

void key_state::give_back(call_ptr call) {
  auto dispatcher = call->dispatcher;
  // The dispatcher must know why before it chooses again.
  tell(call->model, dispatcher);
  self->send(dispatcher, next_atom_v, std::move(call));
}

void key_state::report_if_idle() {
  if (retired.pending() && ledger.in_flight() == 0)
    retired.deliver(caf::unit);
}

key_actor::behavior_type key(key_pointer self, key_uid uid, key_setup setup,
                             upstream_actor upstream, observe::logger_ptr log) {
  return self->state.make_behavior(uid, std::move(setup), std::move(upstream), std::move(log));
}

} // namespace keywheel
