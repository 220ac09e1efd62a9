#include "tests/balance/simulation_state.hpp"

#include <algorithm>

/// What must hold at every step of a simulated schedule.

namespace keywheel::balance::test {

using state = availability::state;

namespace {

bool contains(const std::vector<key_uid>& those, key_uid key) {
  return std::find(those.begin(), those.end(), key) != those.end();
}

} // namespace

/// When the wait of a call that enters the line now is over.
time_point simulation::limit(const pool_actor& pool, const call_state& call) const {
  return std::min(call.with.arrives + pool.settings.max_wait, call.with.deadline);
}

void simulation::check_choice(pool_actor& pool, const call_state& call, const placement& where,
                              bool from_line) {
  const auto& keys = pool.known.keys(now_);
  const auto chosen = keys.find(where.chosen);
  require(chosen != keys.end(), "invariant 1: a removed key is never chosen");
  require(chosen->second.what.is == state::available,
          "invariant 1: a cooled, disabled, rejected or busy key is never chosen");
  require(!contains(call.tried, where.chosen), "a key that a call has tried is not chosen for it");
  require(where.tried == call.tried, "a placement says which keys are still tried");
  require(now_ < call.with.deadline, "a call is not sent on after its deadline");
  for (const auto& [uid, other] : keys)
    require(other.what.is != state::available || contains(call.tried, uid)
                || other.turn >= chosen->second.turn,
            "invariant 3: the free key whose turn is longest ago is chosen");
  for (const auto& [place, waiting] : pool.line) {
    const bool ahead = place < std::pair{call.with.arrives, call.id};
    require(!(ahead || !from_line) || contains(waiting->tried, where.chosen)
                || now_ >= waiting->with.deadline,
            "first come, first served: nobody is given a key that a waiting call could take");
  }
}

void simulation::check_refusal(pool_actor& pool, const call_state& call, const placement& where) {
  using what = placement::what;
  auto& known = pool.known;
  require(!known.any(state::available, call.tried, now_),
          "invariant 2: no key available is never said while the pool knows one");
  check_truth(pool, call);
  const auto enabled = known.keys(now_).size() - known.count(state::disabled, now_);
  const auto returns = known.earliest_return(now_);
  const bool busy = known.any(state::busy, call.tried, now_);
  const auto last = call.is_at == call_state::place::line ? call.limit : limit(pool, call);
  const bool hope = now_ < last && (busy || (returns && *returns < last));
  if (where.is == what::line_full) {
    require(hope || call.is_at == call_state::place::line, "only who has hope is told of the line");
    require(pool.line.size() >= pool.settings.max_calls, "a line is full when it is");
    require(where.returns == returns, "a refusal says when a key returns");
    return;
  }
  require(!hope, "a call that has hope waits");
  const bool all_rejected = enabled > 0 && known.count(state::rejected, now_) == enabled;
  const auto expected = enabled == 0      ? what::no_keys
                        : all_rejected    ? what::all_rejected
                        : returns || busy ? what::no_key
                                          : what::none_left;
  require(where.is == expected, "a refusal gives the right reason");
  require(expected != what::no_key || where.returns == returns,
          "a refusal says when a key returns");
  require(expected != what::none_left || !call.tried.empty(),
          "a last failure is one that happened");
}

/// Invariant 2, against the keys themselves: see the class comment.
void simulation::check_truth(pool_actor& pool, const call_state& call) {
  const auto before = now_ - plan_.max_delay;
  for (const auto& key : keys_) {
    const auto found = key->prospects.find(&pool);
    if (found == key->prospects.end() || key->removed || contains(call.tried, key->uid))
      continue;
    const auto& prospect = found->second;
    auto since = std::max(
        {prospect.member_since, prospect.spare_since, key->brain.willing_since(pool.model, now_)});
    if (key->brain.max_in_flight() != 0)
      since = std::max(since, prospect.last_choice);
    require(since >= before,
            "invariant 2: no key available is never said while one has been for long "
            "enough to say so");
  }
}

void simulation::check_line(pool_actor& pool) {
  const auto returns = pool.known.earliest_return(now_);
  for (const auto& [place, call] : pool.line) {
    require(!pool.known.any(state::available, call->tried, now_),
            "nobody waits while a key is free for him");
    require(now_ < call->limit, "nobody waits beyond his limit");
    require(pool.known.any(state::busy, call->tried, now_) || (returns && *returns < call->limit),
            "nobody waits without hope");
  }
}

void simulation::check_end() {
  for (const auto& call : calls_) {
    require(call->is_at == call_state::place::over, "nobody waits for ever");
    require(!call->lease, "invariant 4: every lease is released");
    require(call->answers <= 1, "no call is answered twice");
    require(call->answers == 1 || call->left, "every call is answered");
  }
  for (const auto& key : keys_)
    require(key->brain.in_flight() == 0, "invariant 4: no lease is out at the end");
  for (const auto& pool : pools_)
    require(pool->line.empty() && pool->brain.waiting() == 0, "no line is left at the end");
}

} // namespace keywheel::balance::test
