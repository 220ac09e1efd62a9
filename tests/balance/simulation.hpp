#pragma once

#include "balance/pool.hpp"
#include "tests/balance/checked_key.hpp"
#include "tests/balance/mirror.hpp"
#include "tests/balance/plan.hpp"

#include <array>
#include <functional>
#include <map>
#include <memory>
#include <queue>
#include <set>
#include <string>
#include <vector>

namespace keywheel::balance::test {

/// What happened in one or more simulated schedules.
struct tally {
  std::array<std::size_t, 8> placed{}; ///< by placement::what
  std::size_t served = 0;
  std::size_t passed_back = 0;
  std::size_t left = 0;
  tally& operator+=(const tally& other);
  std::size_t of(placement::what is) const { return placed[static_cast<std::size_t>(is)]; }
};

/// Plays a plan in virtual time with the real pools and ledgers, as the actors would: messages
/// between them take random times but keep their order, so what a pool knows of a key may be out of
/// date by `max_delay`. After each step the invariants of DESIGN §6 are checked.
///
/// Invariant 2 is checked twice. By what its keys told it, less what it sent them since, a pool
/// that refuses a call has no free key that the call has not tried. And in truth: no such key was,
/// throughout the `max_delay` before, willing (enabled, not rejected, not cooling) with a slot to
/// spare beyond the calls on their way to it; for a key with a cap, without a choice by this pool
/// in that time.
class simulation {
public:
  explicit simulation(plan with);
  ~simulation();

  /// Plays to the end; throws `violation`.
  tally run();

  /// What happened, line by line, if wanted before run().
  std::vector<std::string>* trace = nullptr;

private:
  struct call_state;
  struct key_actor;
  struct pool_actor;
  struct event {
    time_point when;
    std::uint64_t number;
    std::shared_ptr<std::function<void()>> what; ///< shared: a queue's top can only be copied
    bool operator>(const event& other) const {
      return when != other.when ? when > other.when : number > other.number;
    }
  };

  void schedule(time_point when, std::function<void()> what);
  void send(const void* from, const void* to, std::function<void()> what);
  void note(const std::string& what) const;

  // pool_actor
  void call_comes(call_state& call);
  void act(pool_actor& pool, call_state& call, const placement& where, bool from_line);
  void settle(pool_actor& pool);
  void arm(pool_actor& pool);
  void hears(pool_actor& pool, key_actor& key, const availability& what);

  // key_actor
  void call_reaches(key_actor& key, call_state& call);
  void tell(key_actor& key, pool_actor& pool, bool anyway);
  void tell_all(key_actor& key);
  void attempt_ends(key_actor& key, call_state& call);
  dialect::verdict judge(const key_plan& of, const call_state& call);
  void release(key_actor& key, call_state& call);
  void note_slots(key_actor& key);

  // people
  void add_key(const key_plan& with);
  void change(const change_plan& what);
  void remove_key(key_actor& key);
  void caller_leaves(call_state& call);

  // checks
  void check_choice(pool_actor& pool, const call_state& call, const placement& where,
                    bool from_line);
  void check_refusal(pool_actor& pool, const call_state& call, const placement& where);
  void check_truth(pool_actor& pool, const call_state& call);
  void check_line(pool_actor& pool);
  void check_end();

  time_point limit(const pool_actor& pool, const call_state& call) const;

  plan plan_;
  chance dice_;
  time_point now_;
  std::uint64_t events_ = 0;
  std::uint64_t number_ = 0;
  std::priority_queue<event, std::vector<event>, std::greater<>> queue_;
  std::map<std::pair<const void*, const void*>, time_point> last_delivery_;
  std::vector<std::unique_ptr<call_state>> calls_;
  std::vector<std::unique_ptr<pool_actor>> pools_;
  std::vector<std::unique_ptr<key_actor>> keys_;
  tally tally_;
};

} // namespace keywheel::balance::test
