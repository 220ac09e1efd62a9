#include "tests/balance/simulation/world.hpp"

#include <algorithm>

/// What a key does.
namespace keywheel::balance::test {

using dialect::reason;
using state = availability::state;
using payer = decision::payer;

namespace {

/// Whether a limit is one that the keys of a quota group share.
bool is_shared(const dialect::verdict& what) {
  return what.why == reason::rate_limit || what.why == reason::quota
         || what.scope == dialect::scope::quota_group;
}

ending ending_of(outcome how) {
  switch (how) {
  case outcome::unreachable:
    return ending::unsent;
  case outcome::no_answer:
  case outcome::deadline:
    return ending::abandoned;
  default:
    return ending::refused;
  }
}

int status_of(outcome how) {
  switch (how) {
  case outcome::served:
    return 200;
  case outcome::unreachable:
  case outcome::no_answer:
  case outcome::deadline:
    return 0;
  case outcome::server_error:
    return 500;
  default:
    return 429;
  }
}

} // namespace

void world::take(sim_key& key, sim_call& call) {
  auto& pool = *pools_[call.with.model];
  if (call.left) {
    drop(call);
    return tell(key, pool);
  }
  const auto before = key.brain.available_for(pool.model, now_);
  auto room = key.brain.admit(pool.model, {call.with.tokens}, now_);
  // It may say cooling for the sake of a greater demand that it refused, and admit a lesser one.
  require(!room || before.is == state::available || before.is == state::cooling, rule::bookkeeping,
          "a key that says it is busy, rejected or disabled admits nothing");
  if (!room && makes(before.is == state::busy ? flaw::probes_twice : flaw::uses_resting_keys))
    room = admission{};
  if (!room) {
    ++tally_.passed_back;
    return give_back(key, call);
  }
  require(!key.removed && key.brain.enabled(), rule::resting_key,
          "no attempt goes out by a disabled or removed key");
  key.book.admitted(*room, pool.model, {call.with.tokens}, now_);
  tally_.probes += room->probe ? 1 : 0;
  ++call.attempts;
  auto what = std::make_shared<sim_attempt>();
  what->of = &call;
  what->key = &key;
  what->group = key.group;
  what->of_key = room->lease;
  if (key.group != nullptr)
    send(key.number, key.group->number, [this, what] { admit(*what->group, what); });
  else
    send(key.number, upstream, [this, what] { perform(what); });
  if (const auto found = key.followers.find(pool.model); found != key.followers.end())
    took_one(key, found->second);
  arm(key, key.brain.next_change(now_), &world::changed);
}

void world::no_room(const attempt_ptr& what) {
  --what->of->attempts;
  end(what->key->number, what, ending::unsent, {});
  give_back(*what->key, *what->of);
}

void world::judge(const attempt_ptr& what, outcome how, bool committed) {
  auto& call = *what->of;
  what->how = how;
  const auto found = verdict_of(*what, how);
  attempt_limits limits;
  limits.max_attempts = plan_.max_attempts;
  limits.replay_unanswered = plan_.replay_unanswered;
  limits.committed = committed;
  auto decided = decide(found, status_of(how), what->key->with.number, call.history, limits);
  if (makes(flaw::charges_everyone) && call.with.always)
    decided.charge = payer::key;
  if (makes(flaw::replays_anything) && decided.is == decision::what::fail)
    decided.is = decision::what::next_key;
  if (decided.charge == payer::key)
    require(++call.charged <= 1 || !call.with.always, rule::one_charge,
            "one bad request costs at most one key");
  heed(*what, found, decided, readings_of(*what, how));
  if (how != outcome::served)
    what->key->steady = false;
  if (committed)
    return;
  const auto from = what->key->number;
  switch (decided.is) {
  case decision::what::commit:
    send(from, upstream, [this, what] { commit(what); });
    return;
  case decision::what::next_key:
    if (makes(flaw::answers_twice))
      ++call.answers;
    call.tried.push_back(what->key->with.number);
    call.history.push_back(
        {what->key->with.number, found.why, status_of(how), decided.charge == payer::key});
    send(from, upstream, [what] { what->at_upstream = false; });
    end(from, what, ending_of(how), {});
    return give_back(*what->key, call);
  case decision::what::fail:
    send(from, upstream, [what] { what->at_upstream = false; });
    end(from, what, ending_of(how), {});
    if (call.left)
      return drop(call);
    return answer(call);
  }
}

/// Takes in what an answer says of the key, its group, and its provider. A verdict belongs to the
/// group that the key had when it took the call, as the lease does.
void world::heed(const sim_attempt& what, const dialect::verdict& found, const decision& decided,
                 const dialect::limit_readings& limits) {
  auto& key = *what.key;
  const auto& settings = plan_.line.cooldown;
  if (key.organization != key.with.organization && found.why != reason::unreachable) {
    key.organization = key.with.organization;
    send(key.number, people, [this, &key] {
      regroup(partition_.saw(key.with.number, "org-" + std::to_string(key.organization)));
    });
  }
  if (what.group != nullptr) {
    auto told = found;
    if (is_shared(found))
      told.scope = dialect::scope::quota_group;
    const bool charge = decided.charge == payer::key && is_shared(found);
    send(key.number, what.group->number,
         [this, &group = *what.group, lease = what.of_group, told, charge, limits] {
           const auto before = group.brain.cooldowns(now_);
           group.book.judged(lease, told, charge, plan_.line.cooldown, now_);
           const bool moved =
               group.brain.judged(lease, told, charge, plan_.line.cooldown, limits, now_);
           check_not_shorter(before, group.brain.cooldowns(now_), now_);
           if (moved)
             changed(group);
         });
  }
  tell_pool(what, found, decided);
  const bool own = decided.charge == payer::key && !(what.group != nullptr && is_shared(found));
  const auto before = key.brain.cooldowns(now_);
  const bool of_others = found.scope == dialect::scope::provider_model
                         || (key.group != nullptr && found.scope == dialect::scope::quota_group);
  key.book.judged(what.of_key, found, own && !of_others, settings, now_);
  const bool moved = key.brain.judged(what.of_key, found, own, settings, limits, now_);
  if (makes(flaw::forgets_rests) && !before.empty())
    key.brain.reset();
  check_not_shorter(before, key.brain.cooldowns(now_), now_);
  if (moved)
    changed(key);
}

void world::tell_pool(const sim_attempt& what, const dialect::verdict& found,
                      const decision& decided) {
  auto& key = *what.key;
  auto& pool = *pools_[what.of->with.model];
  const auto follower = key.followers.find(pool.model);
  if (follower == key.followers.end())
    return;
  if (found.why == reason::none) {
    end_probe(key.number, *what.of, probe_result::succeeded);
    if (std::exchange(follower->second.watches, false))
      send(key.number, pool.number, [this, &pool] {
        pool.brain.note_success();
        pool.probe = nullptr;
        settle(pool);
      });
    return;
  }
  if (decided.charge == payer::nobody)
    return;
  const auto& settings = plan_.line.cooldown;
  std::optional<time_point> returns;
  if (uses_hint(found, settings))
    returns = now_ + rest_of(found, 1, settings);
  send(key.number, pool.number, [this, &pool, uid = key.with.number, found, returns] {
    refused(pool, uid, found, returns);
  });
  end_probe(key.number, *what.of, probe_result::failed);
}

/// Both leases end in the same way, and once.
void world::end(actor_number from, const attempt_ptr& what, ending how,
                const dialect::usage& used) {
  require(!std::exchange(what->ended, true), rule::lease, "an attempt ends once");
  if (makes(flaw::keeps_leases) && what->of->id % 3 == 0)
    return;
  for (int times = makes(flaw::releases_twice) ? 2 : 1; times > 0; --times) {
    send(from, what->key->number, [this, what, how, used] {
      auto& key = *what->key;
      key.book.released(what->of_key, how, used, now_);
      require(key.brain.release(what->of_key, how, &used, now_), rule::lease,
              "a lease that is out can be released");
      require(key.brain.in_flight() == key.book.in_flight(), rule::lease,
              "in_flight counts the leases out");
      changed(key);
      if (key.removed && !key.gone && key.brain.in_flight() == 0 && key.group != nullptr) {
        key.gone = true;
        send(key.number, key.group->number, [this, &key] { leave(*key.group, key); });
      }
    });
    if (what->of_group != 0)
      send(from, what->group->number, [this, what, how, used] {
        auto& group = *what->group;
        group.book.released(what->of_group, how, used, now_);
        require(group.brain.release(what->of_group, how, &used, now_), rule::lease,
                "a group's lease that is out can be released");
        require(group.brain.in_flight() == group.book.in_flight(), rule::lease,
                "in_flight counts a group's leases out");
        changed(group);
      });
  }
}

// -- words -------------------------------------------------------------------------------------

availability world::seen_by(const sim_key& key, const sim_follower& who) const {
  auto result = key.brain.available_for(who.who->model, now_);
  if (!who.wants_load)
    result.in_flight = 0;
  return result;
}

/// A pool knows of the place that its own call takes, and is told only if there is more to know.
void world::took_one(sim_key& key, sim_follower& who) {
  const auto is = seen_by(key, who);
  who.told = less_one(seen_at(who.told.value_or(availability{}), now_));
  who.told->in_flight = is.in_flight;
  if (worth_telling(*who.told, is))
    tell(key, *who.who);
}

void world::changed(sim_key& key) {
  for (auto& [model, who] : key.followers) {
    const auto is = seen_by(key, who);
    const bool free = is.is == state::available && is.free_slots == availability::unlimited;
    auto& since = key.free_since.try_emplace(model, time_point::max()).first->second;
    since = free ? std::min(since, now_) : time_point::max();
    key.steady = key.steady && free;
    if (who.told && !worth_telling(*who.told, is))
      continue;
    who.told = is;
    send(key.number, who.who->number, [this, &key, &pool = *who.who, is] {
      if (!pool.known.contains(key.with.number))
        return;
      set_key(pool, key.with.number, is);
      settle(pool);
    });
  }
  arm(key, key.brain.next_change(now_), &world::changed);
}

/// Says to a pool how the key stands, whether or not it has changed.
void world::tell(sim_key& key, sim_pool& pool) {
  sim_follower let_go{&pool, false, false, {}};
  const auto found = key.followers.find(pool.model);
  auto& who = found != key.followers.end() ? found->second : let_go;
  who.told = seen_by(key, who);
  send(key.number, pool.number, [this, &key, &pool, is = *who.told] {
    if (!pool.known.contains(key.with.number))
      return;
    set_key(pool, key.with.number, is);
    settle(pool);
  });
}

void world::give_back(sim_key& key, sim_call& call) {
  tell(key, *pools_[call.with.model]);
  if (makes(flaw::loses_calls))
    return;
  send(key.number, pools_[call.with.model]->number, [this, &call] { place(call); });
}

/// Rests that a group had, or that go with a key, hold for whatever limits it now.
void world::impose(sim_key& key, const std::vector<cooldown>& rests) {
  if (auto* group = key.group) {
    send(key.number, group->number, [this, group, rests] {
      for (const auto& one : rests) {
        group->brain.impose(one, now_);
        group->book.imposed(one);
      }
      changed(*group);
    });
    return;
  }
  for (const auto& one : rests) {
    key.brain.impose(one, now_);
    key.book.imposed(one);
  }
  changed(key);
}

} // namespace keywheel::balance::test
