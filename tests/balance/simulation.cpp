#include "tests/balance/simulation.hpp"

#include "tests/balance/at.hpp"
#include "tests/balance/simulation_state.hpp"

#include <algorithm>

namespace keywheel::balance::test {

tally& tally::operator+=(const tally& other) {
  for (std::size_t i = 0; i < placed.size(); ++i)
    placed[i] += other.placed[i];
  served += other.served;
  passed_back += other.passed_back;
  left += other.left;
  return *this;
}

// -- the world ---------------------------------------------------------------------------------

simulation::simulation(plan with) : plan_(std::move(with)), dice_(~plan_.seed), now_(at(0s)) {
  for (std::size_t i = 0; i < plan_.models; ++i)
    pools_.push_back(std::make_unique<pool_actor>(
        pool_actor{i, "model-" + std::to_string(i), pool{plan_.line}, {}, plan_.line, {}, {}, 0}));
}

simulation::~simulation() = default;

tally simulation::run() {
  for (const auto& one : plan_.keys)
    add_key(one);
  // The first words of the keys are in before the first call.
  const auto start = plan_.max_delay * 4 + 1ms;
  for (const auto& one : plan_.calls) {
    calls_.push_back(std::make_unique<call_state>());
    auto& call = *calls_.back();
    call.with = one;
    call.with.arrives += start;
    call.id = calls_.size();
    schedule(call.with.arrives, [this, &call] { call_comes(call); });
    if (one.leaves != time_point::max())
      schedule(one.leaves + start, [this, &call] { caller_leaves(call); });
  }
  for (const auto& one : plan_.changes)
    schedule(one.when, [this, one] { change(one); });
  while (!queue_.empty()) {
    const auto next = queue_.top();
    queue_.pop();
    now_ = next.when;
    (*next.what)();
    require(++events_ < 200'000, "the schedule comes to an end");
  }
  check_end();
  return tally_;
}

void simulation::schedule(time_point when, std::function<void()> what) {
  queue_.push({when, number_++, std::make_shared<std::function<void()>>(std::move(what))});
}

/// Delivers after a random delay, in the order of sending between the two.
void simulation::send(const void* from, const void* to, std::function<void()> what) {
  auto& last = last_delivery_[{from, to}];
  last = std::max(last, now_ + dice_.between(0s, plan_.max_delay));
  schedule(last, std::move(what));
}

void simulation::note(const std::string& what) const {
  if (trace)
    trace->push_back(std::to_string(std::chrono::duration<double>(now_ - at(0s)).count()) + " "
                     + what);
}

// -- pools -------------------------------------------------------------------------------------

void simulation::call_comes(call_state& call) {
  if (call.left) {
    call.is_at = call_state::place::over;
    return;
  }
  auto& pool = *pools_[call.with.model];
  const auto where =
      pool.brain.place({call.id, call.with.arrives, call.with.deadline, call.tried}, now_);
  act(pool, call, where, false);
  arm(pool);
}

void simulation::act(pool_actor& pool, call_state& call, const placement& where, bool from_line) {
  note(pool.model + " places call " + std::to_string(call.id) + ": "
       + std::to_string(static_cast<int>(where.is)) + " key " + std::to_string(where.chosen));
  ++tally_.placed[static_cast<std::size_t>(where.is)];
  if (from_line)
    require(pool.line.erase({call.with.arrives, call.id}) == 1, "only waiting calls are settled");
  switch (where.is) {
  case placement::what::key: {
    check_choice(pool, call, where, from_line);
    pool.known.chosen(where.chosen, now_);
    auto& key = *keys_.at(where.chosen - 1);
    call.is_at = call_state::place::to_key;
    auto& prospect = key.prospects[&pool];
    prospect.last_choice = now_;
    ++prospect.under_way;
    note_slots(key);
    send(&pool, &key, [this, &key, &call] { call_reaches(key, call); });
    return;
  }
  case placement::what::waits:
    require(!from_line, "who waits already is not told to wait");
    std::erase_if(call.tried, [&](key_uid key) {
      return pool.known.is(key, availability::state::cooling, now_);
    });
    call.is_at = call_state::place::line;
    call.limit = limit(pool, call);
    pool.line.emplace(std::pair{call.with.arrives, call.id}, &call);
    return;
  case placement::what::deadline:
    require(now_ >= call.with.deadline, "a deadline is not said to have passed before it has");
    break;
  default:
    check_refusal(pool, call, where);
  }
  call.is_at = call_state::place::over;
  ++call.answers;
}

void simulation::settle(pool_actor& pool) {
  for (const auto& [id, where] : pool.brain.settle(now_))
    act(pool, *calls_.at(id - 1), where, true);
  check_line(pool);
  arm(pool);
}

void simulation::arm(pool_actor& pool) {
  const auto next = pool.brain.next_wake(now_);
  require(next.has_value() == !pool.line.empty(), "a pool wakes if anyone waits, and only then");
  require(pool.brain.waiting() == pool.line.size(), "waiting() counts the line");
  const auto timer = ++pool.timer;
  if (!next)
    return;
  require(*next >= now_, "a pool does not wake in the past");
  schedule(*next + dice_.between(0s, plan_.max_lateness), [this, &pool, timer] {
    if (timer == pool.timer)
      settle(pool);
  });
}

void simulation::hears(pool_actor& pool, key_actor& key, const availability& what) {
  if (!pool.members.contains(key.uid))
    return;
  note(pool.model + " hears key " + std::to_string(key.uid) + " is "
       + std::string{to_string(what.is)});
  pool.brain.set_key(key.uid, what, now_);
  pool.known.told(key.uid, what, now_);
  auto& since = key.prospects[&pool].member_since;
  since = std::min(since, now_);
  if (pool.known.is(key.uid, availability::state::cooling, now_))
    for (auto& [place, call] : pool.line)
      std::erase(call->tried, key.uid);
  settle(pool);
}

// -- keys --------------------------------------------------------------------------------------

void simulation::call_reaches(key_actor& key, call_state& call) {
  auto& pool = *pools_[call.with.model];
  --key.prospects[&pool].under_way;
  if (call.left) {
    call.is_at = call_state::place::over;
    note_slots(key);
    tell(key, pool, true);
    return;
  }
  call.lease = key.brain.admit(pool.model, now_);
  note_slots(key);
  if (!call.lease) {
    note("key " + std::to_string(key.uid) + " passes call " + std::to_string(call.id) + " back");
    ++tally_.passed_back;
    call.is_at = call_state::place::to_pool;
    tell(key, pool, true);
    send(&key, &pool, [this, &call] { call_comes(call); });
    return;
  }
  call.is_at = call_state::place::at_key;
  call.key = &key;
  tell_all(key);
  schedule(now_ + dice_.between(1ms, plan_.longest_service),
           [this, &key, &call, lease = *call.lease] {
             if (key.brain.is_out(lease))
               attempt_ends(key, call);
           });
}

void simulation::tell(key_actor& key, pool_actor& pool, bool anyway) {
  const auto what = key.brain.available_for(pool.model, now_);
  auto& told = key.told[&pool];
  if (!anyway && told == what)
    return;
  told = what;
  send(&key, &pool, [this, &key, &pool, what] { hears(pool, key, what); });
}

void simulation::tell_all(key_actor& key) {
  for (auto& [pool, told] : key.told)
    tell(key, *pool, false);
}

void simulation::attempt_ends(key_actor& key, call_state& call) {
  auto& pool = *pools_[call.with.model];
  const auto what = judge(key.with, call);
  note("key " + std::to_string(key.uid) + " answers call " + std::to_string(call.id) + ": "
       + std::string{what.reason});
  call.charged += key.brain.apply(what, pool.model, now_) ? 1 : 0;
  require(!call.with.bad || call.charged <= 1,
          "invariant 8: one bad request costs at most one key");
  using request = dialect::verdict::request;
  if (what.for_request == request::next_key) {
    release(key, call);
    call.tried.push_back(key.uid);
    call.is_at = call_state::place::to_pool;
    send(&key, &pool, [this, &call] { call_comes(call); });
    return;
  }
  ++call.answers;
  call.is_at = call_state::place::over;
  if (what.for_request == request::fail) {
    release(key, call);
    return;
  }
  tally_.served += what.reason.empty() ? 1 : 0;
  tell_all(key);
  // The answer streams on; its lease is out until the last byte.
  schedule(now_ + dice_.between(0s, plan_.longest_service), [this, &key, &call] {
    if (call.lease)
      release(key, call);
  });
}

/// What the provider says, and what dialect::judge makes of that.
dialect::verdict simulation::judge(const key_plan& of, const call_state& call) {
  using dialect::scope;
  using dialect::verdict;
  if (call.with.bad)
    return {verdict::request::pass, verdict::key::nothing, scope::key, "bad_request", "", {}};
  auto sort = static_cast<unsigned>(dice_.below(100));
  const auto falls = [&sort](unsigned share) {
    const bool result = sort < share;
    sort = result ? sort : sort - share;
    return result;
  };
  if (falls(of.rate_limited)) {
    auto hint = of.hint;
    if (!hint && dice_.percent(70))
      hint = dice_.one_of<std::chrono::milliseconds>({0s, 300ms, 1s, 5s, 20s, 100s, 2h});
    const auto where =
        dice_.one_of({scope::key_model, scope::key_model, scope::key, scope::quota_group});
    return {
        verdict::request::next_key, verdict::key::cool, where, "rate_limit", "retry-after", hint};
  }
  if (falls(of.unreachable))
    return {
        verdict::request::next_key, verdict::key::cool, scope::key, "unreachable", "default", {}};
  if (falls(of.unauthorized))
    return {verdict::request::next_key, verdict::key::reject, scope::key, "unauthorized", "", {}};
  if (falls(of.refused))
    return {verdict::request::next_key, verdict::key::nothing, scope::key, "refused", "", {}};
  if (falls(of.broken))
    return {verdict::request::fail, verdict::key::nothing, scope::key, "broken", "", {}};
  return {};
}

void simulation::release(key_actor& key, call_state& call) {
  key.brain.release(*call.lease, pools_[call.with.model]->model, now_);
  call.lease.reset();
  note_slots(key);
  tell_all(key);
}

/// Keeps account of since when each pool could, in truth, have sent one more call.
void simulation::note_slots(key_actor& key) {
  for (auto& [pool, prospect] : key.prospects) {
    const auto cap = key.brain.max_in_flight();
    if (cap != 0 && key.brain.in_flight() + prospect.under_way >= cap)
      prospect.spare_since = time_point::max();
    else
      prospect.spare_since = std::min(prospect.spare_since, now_);
  }
}

} // namespace keywheel::balance::test
