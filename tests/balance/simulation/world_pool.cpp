#include "tests/balance/at.hpp"
#include "tests/balance/simulation/world.hpp"

#include <algorithm>

/// What a dispatcher does.
namespace keywheel::balance::test {

using state = availability::state;
using what = placement::what;

ticket world::ticket_of(const sim_call& call) const {
  ticket result;
  result.call = call.id;
  result.arrived = call.arrived;
  result.deadline = makes(flaw::forgets_deadlines) ? time_point::max() : call.deadline;
  result.tried = call.tried;
  result.client = call.with.client + 1;
  if (makes(flaw::favours_a_client) && call.with.client == 0)
    result.client += 100 * call.id;
  result.prefix = call.with.prefix;
  result.tag = call.tag;
  if (!makes(flaw::unbinds_calls) || call.id % 2 == 0)
    result.bound = call.with.bound;
  return result;
}

void world::place(sim_call& call) {
  auto& pool = *pools_[call.with.model];
  if (call.left)
    return drop(call);
  require(call.answers == 0, rule::one_answer, "a call that has its answer is not placed again");
  if (pool.probe == &call)
    pool.probe = nullptr;
  call.probes = false; // a call that comes back has probed nothing, and place() takes it so
  if (!call.placed)
    call.turn = ++pool.turns;
  call.at_first = !call.placed;
  call.in_order = call.at_first && !call.with.bound;
  call.placed = true;
  act(pool, call, pool.brain.place(ticket_of(call), now_), false);
  arm(pool, pool.brain.next_wake(now_), &world::settle);
}

void world::act(sim_pool& pool, sim_call& call, placement where, bool from_line) {
  if (trace != nullptr)
    note(pool.model + " places call " + std::to_string(call.id) + ": "
         + std::to_string(static_cast<int>(where.is)) + " key " + std::to_string(where.chosen));
  ++tally_.placed[static_cast<std::size_t>(where.is)];
  if (makes(flaw::refuses_while_free) && where.is == what::key && call.id % 3 == 0)
    where.is = what::no_key;
  wake(pool, now_);
  if (from_line) {
    const auto found = std::find(pool.line.begin(), pool.line.end(), &call);
    require(found != pool.line.end(), rule::bookkeeping, "only waiting calls are settled");
    if (where.is == what::key)
      check_fairness(pool, call);
    else
      pool.gave_up[call.with.client] = true;
    pool.line.erase(found);
  }
  switch (where.is) {
  case what::key:
    return sent_to_key(pool, call, where, from_line);
  case what::waits:
    require(!from_line, rule::bookkeeping, "who waits already is not told to wait");
    call.is_at = sim_call::place::line;
    pool.line.push_back(&call);
    line_changed(pool);
    return;
  case what::deadline:
    require(now_ >= call.deadline, rule::deadline, "a deadline has not passed before it has");
    break;
  default:
    check_refusal(pool, call, where.is);
  }
  line_changed(pool);
  answer(call);
}

void world::sent_to_key(sim_pool& pool, sim_call& call, const placement& where, bool from_line) {
  auto chosen = where.chosen;
  if (makes(flaw::skips_turns))
    for (const auto& [key, view] : pool.known)
      if (view.what.is == state::available)
        chosen = key;
  require(now_ < call.deadline, rule::deadline, "a call is not sent on after its deadline");
  check_choice(pool, call, chosen, from_line);
  line_changed(pool);
  call.at_first = call.in_order = false;
  pool.bound_served = pool.bound_served || call.with.bound;
  call.is_at = sim_call::place::under_way;
  call.tried = where.tried;
  call.tag = where.tag;
  call.probes = where.probe;
  if (where.probe) {
    require(pool.probe == nullptr || now_ >= pool.probe->deadline, rule::one_probe,
            "one call at a time probes a provider");
    pool.probe = &call;
    ++tally_.model_probes;
  } else {
    require(!pool.brain.provider_cooldown(pool.model, now_), rule::one_probe,
            "while a provider rests, none but its probe goes out");
  }
  pool.choices.push_back(chosen);
  auto& view = pool.known.at(chosen);
  view.turn = now_;
  if (view.what.free_slots != availability::unlimited && --view.what.free_slots == 0)
    view.what.is = state::busy;
  auto& key = *keys_[chosen - 1];
  send(pool.number, key.number, [this, &key, &call] { take(key, call); });
}

void world::settle(sim_pool& pool) {
  auto all = pool.brain.settle(now_);
  for (auto& [id, where] : all) {
    const auto found = std::find_if(pool.line.begin(), pool.line.end(),
                                    [id = id](const sim_call* one) { return one->id == id; });
    require(found != pool.line.end(), rule::bookkeeping, "only waiting calls are settled");
    auto* call = *found;
    if (makes(flaw::serves_last_first) && where.is == what::key)
      for (auto* other : pool.line)
        if (other->with.client == call->with.client && other->turn > call->turn)
          call = other;
    act(pool, *call, where, true);
  }
  check_line(pool);
  const auto next = pool.brain.next_wake(now_);
  require(next.has_value() == !pool.line.empty(), rule::lost_call,
          "a pool wakes if anyone waits, and only then");
  arm(pool, next, &world::settle);
  if (pool.watching == pool.brain.awaits_success())
    return;
  pool.watching = !pool.watching;
  for (const auto& [uid, view] : pool.known) {
    auto& key = *keys_[uid - 1];
    send(pool.number, key.number, [&key, &pool, watches = pool.watching] {
      if (const auto one = key.followers.find(pool.model); one != key.followers.end())
        one->second.watches = watches;
    });
  }
}

/// Takes in a key's word, and notes it in plain words.
void world::set_key(sim_pool& pool, key_uid key, const availability& said) {
  if (trace != nullptr)
    note(pool.model + " hears that key " + std::to_string(key) + " is "
         + std::string{to_string(said.is)} + ", slots " + std::to_string(said.free_slots)
         + " until " + std::to_string(std::chrono::duration<double>(said.until - at(0s)).count()));
  wake(pool, now_);
  pool.brain.set_key(key, said, now_);
  auto& view = pool.known[key];
  const bool was_free = view.what.is == state::available;
  const auto turn = view.turn;
  view.what = said;
  if (view.what.is == state::available && view.what.free_slots == 0)
    view.what.is = state::busy;
  wake(pool, now_);
  // Who stays free keeps its place; who becomes free goes to the end, whenever its rest was over.
  view.turn = was_free ? turn : now_;
  if (said.is == state::disabled)
    view.member_since = time_point::max();
  else if (view.member_since == time_point::max())
    view.member_since = now_;
}

void world::refused(sim_pool& pool, key_uid key, const dialect::verdict& how,
                    std::optional<time_point> returns) {
  if (!pool.known.contains(key))
    return;
  if (how.scope == dialect::scope::provider_model)
    pool.brain.rest(how, now_);
  if (const auto since = pool.brain.note_refusal(key, how.why, how.certain, returns, now_)) {
    ++tally_.pardons;
    for (const auto& [uid, view] : pool.known) {
      auto& one = *keys_[uid - 1];
      send(pool.number, one.number, [this, &one, since] {
        if (auto* group = one.group)
          send(one.number, group->number, [this, group, since] {
            group->book.pardoned(*since);
            if (group->brain.pardon(*since))
              changed(*group);
          });
        one.book.pardoned(*since);
        if (one.brain.pardon(*since))
          changed(one);
      });
    }
  }
  settle(pool);
}

void world::answer(sim_call& call) {
  require(++call.answers == 1, rule::one_answer, "no call has two answers");
  require(now_ <= call.deadline + 2 * lag() + plan_.max_delay, rule::deadline,
          "every call is answered by its deadline");
  drop(call);
}

/// Nobody holds the call any more.
void world::drop(sim_call& call) {
  call.is_at = sim_call::place::over;
  end_probe(upstream, call, probe_result::abandoned);
}

void world::end_probe(actor_number from, sim_call& call, probe_result how) {
  if (!call.probes)
    return;
  call.probes = false;
  auto& pool = *pools_[call.with.model];
  send(from, pool.number, [this, &pool, &call, how] {
    if (pool.probe == &call)
      pool.probe = nullptr;
    pool.brain.probe_ended(call.id, how, now_);
    settle(pool);
  });
}

} // namespace keywheel::balance::test
