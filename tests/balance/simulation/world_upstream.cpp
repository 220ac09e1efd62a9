#include "tests/balance/simulation/world.hpp"

#include <algorithm>

/// What the upstream, and the providers behind it, do.
namespace keywheel::balance::test {

using namespace std::chrono_literals;
using dialect::reason;
using dialect::scope;
using dialect::verdict;

void world::perform(const attempt_ptr& what) {
  auto& call = *what->of;
  if (call.left) {
    end(upstream, what, ending::unsent, {});
    return drop(call);
  }
  require(call.answers == 0, rule::one_answer, "nothing is sent for a call that has its answer");
  require(!call.unanswered || plan_.replay_unanswered, rule::replay,
          "what was sent and not answered is not sent again");
  what->at_upstream = true;
  at_upstream_.push_back(what);
  dice by{plan_.seed, 4 * 256 + call.id, call.attempts};
  const auto when = now_ + by.between(1ms, plan_.longest_service);
  schedule(std::min(std::max(when, now_), std::max(call.deadline, now_)), [this, what, when] {
    if (!what->at_upstream)
      return;
    const auto how = when > now_ ? outcome::deadline : comes_out(*what);
    what->of->unanswered =
        what->of->unanswered || how == outcome::no_answer || how == outcome::deadline;
    if (trace != nullptr)
      note("key " + std::to_string(what->key->with.number) + " answers call "
           + std::to_string(what->of->id) + ": " + std::to_string(static_cast<int>(how)));
    send(upstream, what->key->number, [this, what, how] {
      if (!what->ended)
        judge(what, how, false);
    });
  });
}

outcome world::comes_out(const sim_attempt& what) const {
  const auto& call = *what.of;
  if (call.with.always)
    return *call.with.always;
  const auto since_start = now_ - (call.arrived - call.with.arrives);
  for (const auto& storm : plan_.storms)
    if (since_start >= storm.from && since_start < storm.to)
      return storm.is;
  dice by{plan_.seed, 5 * 256 + call.id, call.attempts};
  auto sort = by.below(100);
  for (std::size_t i = 0; i < outcomes; ++i) {
    const std::uint64_t share = what.key->with.percent[i];
    if (sort < share)
      return static_cast<outcome>(i);
    sort -= share;
  }
  return outcome::served;
}

/// What the dialect would make of an answer.
verdict world::verdict_of(const sim_attempt& what, outcome how) const {
  dice by{plan_.seed, 6 * 256 + what.of->id, what.of->attempts};
  verdict result;
  result.certain = what.key->with.certain;
  result.for_request = verdict::request::next_key;
  result.source = "status";
  switch (how) {
  case outcome::served:
    return {};
  case outcome::rate_limit:
    result.why = reason::rate_limit;
    result.scope = by.one_of({scope::key_model, scope::key_model, scope::key, scope::quota_group});
    if (by.percent(70)) {
      result.rest = by.one_of<std::chrono::milliseconds>({0s, 300ms, 1s, 5s, 20s, 100s, 2h});
      result.source = "retry-after";
    }
    return result;
  case outcome::quota:
    result.why = reason::quota;
    result.scope = by.one_of({scope::key_model, scope::quota_group});
    return result;
  case outcome::billing:
    result.why = reason::billing;
    result.scope = by.one_of({scope::key, scope::quota_group});
    return result;
  case outcome::credential:
    result.why = reason::credential;
    result.scope = scope::key;
    return result;
  case outcome::permission:
    result.why = reason::permission;
    return result;
  case outcome::overload:
    result.why = reason::overload;
    result.scope = scope::provider_model;
    return result;
  case outcome::server_error:
    result.why = reason::server_error;
    return result;
  case outcome::unreachable:
    result.why = reason::unreachable;
    return result;
  case outcome::no_answer:
    result.why = reason::no_answer;
    result.for_request = verdict::request::fail;
    return result;
  case outcome::bad_request:
    result.why = reason::bad_request;
    result.for_request = verdict::request::pass;
    return result;
  case outcome::too_large:
    result.why = reason::too_large;
    return result;
  case outcome::blocked:
    result.why = reason::blocked;
    return result;
  case outcome::deadline:
    result.why = reason::deadline;
    result.for_request = verdict::request::fail;
    return result;
  }
  return result;
}

dialect::limit_readings world::readings_of(const sim_attempt& what, outcome how) {
  dialect::limit_readings result;
  dice by{plan_.seed, 7 * 256 + what.of->id, what.of->attempts};
  if (how != outcome::served || !by.percent(what.key->with.exhausted))
    return result;
  ++tally_.exhausted;
  using dimension = dialect::limit_reading::dimension;
  result.add({by.one_of({dimension::requests, dimension::tokens, dimension::input_tokens}), 100, 0,
              by.one_of<std::chrono::milliseconds>({200ms, 2s, 10s}), by.percent(50),
              exhausted_source, exhausted_source});
  return result;
}

/// The answer streams to the client; its leases are out until the last byte.
void world::commit(const attempt_ptr& what) {
  auto& call = *what->of;
  if (call.left) {
    if (!what->ended)
      end(upstream, what, ending::abandoned, {});
    return drop(call);
  }
  require(!call.unanswered || plan_.replay_unanswered, rule::replay,
          "what was sent and not answered gets no other answer");
  answer(call);
  dice by{plan_.seed, 8 * 256 + call.id, call.attempts};
  const bool breaks = what->how == outcome::served && by.percent(10);
  schedule(now_ + by.between(0s, plan_.longest_service), [this, what, breaks] {
    if (!what->at_upstream)
      return;
    what->at_upstream = false;
    dialect::usage used;
    used.input = what->of->with.used;
    used.known = what->of->id % 4 != 0;
    if (breaks) {
      ++tally_.late;
      send(upstream, what->key->number, [this, what] { judge(what, outcome::no_answer, true); });
    } else {
      tally_.served += what->how == outcome::served ? 1 : 0;
    }
    end(upstream, what, breaks ? ending::abandoned : ending::answered, used);
  });
}

/// A client has left: what is under way for it ends at once.
void world::cut_off(sim_call& call) {
  for (const auto& what : at_upstream_)
    if (what->of == &call && std::exchange(what->at_upstream, false) && !what->ended) {
      end(upstream, what, ending::abandoned, {});
      drop(call);
    }
}

} // namespace keywheel::balance::test
