// How a key judges answers: what of key_state turns a signal into a verdict, tells everybody whom
// it concerns, and acts on it.

#include "actors/key.hpp"
#include "balance/group_ledger.hpp"
#include "dialect/failure.hpp"
#include "dialect/verdict.hpp"

#include <spdlog/spdlog.h>

namespace keywheel {

namespace {

using balance::is_shared;
using dialect::reason;
using what_next = balance::decision::what;
using payer = balance::decision::payer;

/// The status that was answered; 0 if nothing came that a client could use.
int status_of(const dialect::signal& said) {
  return said.failed == dialect::failure::none ? static_cast<int>(said.head.status) : 0;
}

attempt_result result_of(const dialect::signal& said) {
  switch (said.failed) {
  case dialect::failure::none:
    return attempt_result::refused;
  case dialect::failure::not_sent:
    return attempt_result::unsent;
  default:
    return attempt_result::failed;
  }
}

} // namespace

void key_state::judge(attempt_signal& answer) {
  auto what = std::move(answer.of);
  const auto of = read(*what, *answer.what, false);
  heed(*what, of);
  auto& call = *what->of;
  switch (of.decided.is) {
  case what_next::commit:
    self->send(upstream, commit_atom_v, std::move(what));
    return;
  case what_next::next_key:
    return next_key(std::move(what), of);
  case what_next::fail:
    what->ends(result_of(of.said));
    self->send(upstream, discard_atom_v, what->id);
    call.refuse(
        dialect::failure_of(of.found, of.said, setup->key.provider, setup->key.api_key.reveal()));
    return;
  }
}

/// The answer had begun when something went wrong: nothing else can be sent, but the key is judged.
void key_state::judge_late(attempt_signal& answer) {
  const auto what = std::move(answer.of);
  heed(*what, read(*what, *answer.what, true));
}

key_state::reading key_state::read(const attempt& what, const dialect::signal& said,
                                   bool committed) const {
  const auto& call = *what.of;
  reading result{said, dialect::judge(setup->signals, said, std::chrono::system_clock::now()), {}};
  balance::attempt_limits limits;
  limits.max_attempts = call.rules->max_attempts;
  limits.replay_unanswered = call.rules->replay_unanswered;
  limits.committed = committed;
  result.decided = balance::decide(result.found, status_of(said), setup->uid, call.history, limits);
  return result;
}

/// Takes in what an answer says of the key, its group, and its provider.
void key_state::heed(const attempt& what, const reading& of) {
  dialect::limit_readings limits;
  if (of.said.failed == dialect::failure::none)
    limits = dialect::limits_from(setup->signals, of.said.head.headers,
                                  std::chrono::system_clock::now());
  note_organization(of.found.organization);
  // The key may have joined or left a group since: the leases are those of then.
  const auto& group = what.with->group;
  if (group)
    tell_group(what, of, limits);
  const auto at = now();
  tell_dispatcher(*what.of, of, at);
  const bool own = of.decided.charge == payer::key && !(group && is_shared(of.found));
  if (!ledger.judged(what.of_key.id(), of.found, own, what.of->rules->cooldown, limits, at))
    return;
  if (of.found.why != reason::none && own) {
    log->warn("key {} {} for model {}: {} (said by {})", setup->key.id(),
              of.found.why == reason::credential ? "rejected" : "rests", what.of->model,
              to_string(of.found.why), of.found.source);
    note_cooldown(of.found.why, of.found.scope);
    self->send(gateway, changed_atom_v);
  }
  changed();
}

void key_state::tell_group(const attempt& what, const reading& of,
                           const dialect::limit_readings& limits) {
  group_verdict result;
  result.lease = what.of_group.id();
  result.model = what.of->model;
  result.what = of.found;
  if (is_shared(of.found))
    result.what.scope = dialect::scope::quota_group;
  result.charge = of.decided.charge == payer::key && is_shared(of.found);
  if (result.charge && of.found.why != reason::none)
    note_cooldown(of.found.why, dialect::scope::quota_group);
  result.settings = what.of->rules->cooldown;
  result.readings = limits;
  self->send(what.with->group, verdict_atom_v, std::move(result));
}

void key_state::note_cooldown(reason why, dialect::scope where) {
  if (setup->counts)
    setup->counts->cooldown_began(why, where, setup->key.provider, setup->key.id());
}

void key_state::tell_dispatcher(call& of, const reading& how, time_point at) {
  const auto found = followers.find(of.model);
  if (found == followers.end())
    return;
  if (how.found.why == reason::none && std::exchange(found->second.watches, false))
    self->send(of.dispatcher, success_atom_v);
  if (how.decided.charge != payer::nobody)
    tell_of_refusal(of, how, at);
  of.probe.end(balance::probed(how.found));
}

void key_state::tell_of_refusal(const call& of, const reading& how, time_point at) {
  key_refusal result;
  result.key = setup->uid;
  result.what = how.found;
  if (balance::uses_hint(how.found, of.rules->cooldown))
    result.returns = at + balance::rest_of(how.found, 1, of.rules->cooldown);
  result.when = at;
  self->send(of.dispatcher, verdict_atom_v, std::move(result));
}

void key_state::next_key(attempt_ptr what, const reading& of) {
  auto call = std::move(what->of);
  call->tried.push_back(setup->uid);
  call->history.push_back(
      {setup->uid, of.found.why, status_of(of.said), of.decided.charge == payer::key});
  call->last_failure =
      dialect::failure_of(of.found, of.said, setup->key.provider, setup->key.api_key.reveal());
  self->send(upstream, discard_atom_v, what->id);
  what->ends(result_of(of.said));
  what.reset();
  give_back(std::move(call));
}

} // namespace keywheel
