#pragma once

#include "balance/quota_groups.hpp"
#include "tests/balance/simulation/actors.hpp"
#include "tests/balance/simulation/dice.hpp"
#include "tests/balance/simulation/flaw.hpp"

#include <functional>
#include <memory>
#include <queue>
#include <string>
#include <vector>

namespace keywheel::balance::test {

/// What happened in one or more simulated schedules.
struct tally {
  std::array<std::size_t, 9> placed{}; ///< by placement::what
  std::size_t served = 0;
  std::size_t passed_back = 0;
  std::size_t left = 0;
  std::size_t probes = 0;
  std::size_t model_probes = 0;
  std::size_t pardons = 0;
  std::size_t moves = 0; ///< of keys between groups
  std::size_t exhausted = 0;
  std::size_t late = 0; ///< answers that broke
  tally& operator+=(const tally& other);
  std::size_t of(placement::what is) const { return placed[static_cast<std::size_t>(is)]; }
};

/// Plays a plan in virtual time with the real pools, ledgers and quota groups, as the actors would:
/// messages between them take random times but keep their order, so what a pool knows of a key may
/// be out of date. Each step is held against the rules (violation.hpp).
///
/// "No key available" is checked twice. By what its keys told it, less what it sent them since, a
/// pool that refuses a call has no free key that the call has not tried. And in truth: no such key
/// was free without bound, as was its group, for as long as its word may have been on its way.
class world {
public:
  explicit world(const plan& with, flaw wrong = flaw::none);
  ~world();

  /// Plays to the end. Throws `violation`.
  tally run();

  /// What happened, line by line, if wanted before run().
  std::vector<std::string>* trace = nullptr;

private:
  using action = std::function<void()>;
  struct event {
    time_point when;
    std::uint64_t number;
    std::uint32_t what; ///< in actions_
    bool operator>(const event& other) const noexcept {
      return when != other.when ? when > other.when : number > other.number;
    }
  };
  static constexpr actor_number people = 0;
  static constexpr actor_number upstream = 1;
  static constexpr actor_number most_actors = 40;

  // world.cpp
  void schedule(time_point when, action what);
  void send(actor_number from, actor_number to, action what);
  template <class Actor>
  void arm(Actor& who, std::optional<time_point> next, void (world::*then)(Actor&));
  void note(const std::string& what) const;
  bool makes(flaw one) const noexcept { return wrong_ == one; }
  actor_number next_actor();

  // world_pool.cpp
  void place(sim_call& call);
  void act(sim_pool& pool, sim_call& call, placement where, bool from_line);
  void sent_to_key(sim_pool& pool, sim_call& call, const placement& where, bool from_line);
  void settle(sim_pool& pool);
  void set_key(sim_pool& pool, key_uid key, const availability& what);
  void refused(sim_pool& pool, key_uid key, const dialect::verdict& what,
               std::optional<time_point> returns);
  void answer(sim_call& call);
  void drop(sim_call& call);
  void end_probe(actor_number from, sim_call& call, probe_result how);
  ticket ticket_of(const sim_call& call) const;

  // world_key.cpp
  using attempt_ptr = std::shared_ptr<sim_attempt>;
  void take(sim_key& key, sim_call& call);
  void no_room(const attempt_ptr& what);
  void judge(const attempt_ptr& what, outcome how, bool committed);
  void heed(const sim_attempt& what, const dialect::verdict& found, const decision& decided,
            const dialect::limit_readings& limits);
  void tell_pool(const sim_attempt& what, const dialect::verdict& found, const decision& decided);
  void end(actor_number from, const attempt_ptr& what, ending how, const dialect::usage& used);
  void changed(sim_key& key);
  void tell(sim_key& key, sim_pool& pool);
  void took_one(sim_key& key, sim_follower& who);
  void give_back(sim_key& key, sim_call& call);
  void impose(sim_key& key, const std::vector<cooldown>& rests);
  availability seen_by(const sim_key& key, const sim_follower& who) const;

  // world_group.cpp
  void admit(sim_group& group, const attempt_ptr& what);
  void changed(sim_group& group);
  void follow(sim_group& group, sim_key& key, const std::string& model);
  void leave(sim_group& group, sim_key& key);

  // world_upstream.cpp
  void perform(const attempt_ptr& what);
  void commit(const attempt_ptr& what);
  outcome comes_out(const sim_attempt& what) const;
  dialect::verdict verdict_of(const sim_attempt& what, outcome how) const;
  dialect::limit_readings readings_of(const sim_attempt& what, outcome how);
  void cut_off(sim_call& call);

  // world_people.cpp
  void add_key(key_plan with);
  void change(const change_plan& what);
  void remove(sim_key& key);
  void reload();
  void regroup(const std::vector<quota_groups::move>& moves);
  void set_up(sim_key& key, bool enabled, const config::budgets_config& budgets, sim_group* group);
  void set_up(sim_pool& pool, const std::vector<key_plan>& keys);
  void configure(sim_pool& pool);
  void join(sim_key& key, sim_group* group);
  void caller_leaves(sim_call& call);
  sim_group* group_of(const std::string& name);

  // checks.cpp
  void check_choice(sim_pool& pool, const sim_call& call, key_uid chosen, bool from_line);
  void check_turn(sim_pool& pool, const sim_call& call, key_uid chosen);
  void check_fairness(sim_pool& pool, const sim_call& call);
  void check_refusal(sim_pool& pool, const sim_call& call, placement::what is);
  void check_line(sim_pool& pool);
  void check_round_robin(const sim_pool& pool) const;
  void check_end();
  void line_changed(sim_pool& pool);
  bool is_blocked(const sim_pool& pool) const;
  duration lag() const noexcept { return 2 * plan_.max_delay + plan_.max_lateness; }
  static void wake(sim_pool& pool, time_point now);

  plan plan_;
  flaw wrong_;
  dice dice_;
  time_point now_;
  std::uint64_t number_ = 0;
  std::uint64_t events_ = 0;
  actor_number actors_ = 2;
  std::priority_queue<event, std::vector<event>, std::greater<>> queue_;
  std::vector<action> actions_;
  std::vector<std::uint32_t> done_; ///< places in actions_ that are free again
  std::vector<time_point> last_delivery_;
  std::vector<std::unique_ptr<sim_call>> calls_;
  std::vector<std::unique_ptr<sim_pool>> pools_;
  std::vector<std::unique_ptr<sim_key>> keys_; ///< by number, less one
  std::vector<std::unique_ptr<sim_group>> groups_;
  std::vector<attempt_ptr> at_upstream_;
  quota_groups partition_;
  std::vector<key_plan> configured_; ///< as the file has them now
  tally tally_;
};

/// Calls `then` at `next`, unless something earlier is arranged.
template <class Actor>
void world::arm(Actor& who, std::optional<time_point> next, void (world::*then)(Actor&)) {
  if (!next || (who.armed_for && *who.armed_for <= *next))
    return;
  who.armed_for = next;
  const auto when = std::max(*next, now_) + dice_.between(duration::zero(), plan_.max_lateness);
  schedule(when, [this, &who, then, tick = ++who.tick] {
    if (tick != who.tick)
      return;
    who.armed_for.reset();
    (this->*then)(who);
  });
}

} // namespace keywheel::balance::test
