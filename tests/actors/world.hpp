#pragma once

#include "actors/actors.hpp"
#include "actors/call.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/scheduler/test_coordinator.hpp>

#include <deque>
#include <functional>
#include <map>
#include <string>
#include <vector>

/// Real dispatchers, keys and quota groups on CAF's deterministic scheduler: no socket, no thread,
/// and time that moves only when told to. The upstream, the front and the gateway are played by
/// this class.
namespace keywheel::test {

struct deterministic_config : caf::actor_system_config {
  deterministic_config();
};

/// What the front got for one call.
struct outcome {
  int answers = 0; ///< ends of committed answers
  int parts = 0;   ///< before an end
  std::vector<dialect::refusal> refusals;
  std::string key; ///< that served

  int ends() const { return answers + static_cast<int>(refusals.size()); }
};

/// What is particular about a call.
struct call_options {
  std::chrono::milliseconds deadline = std::chrono::seconds{600};
  std::string client{};
  dialect::request_facts facts{};
};

class world {
public:
  world();
  ~world();

  // -- the house -----------------------------------------------------------------------------

  /// Adds a key, unknown to any dispatcher yet. `group` is one that add_group() has made; empty:
  /// the key is alone.
  key_uid add_key(const std::string& name, std::uint32_t max_in_flight = 0);
  key_uid add_key(const std::string& name, const config::budgets_config& budgets,
                  const std::string& group);

  /// Changes a key: enabled or not; its group.
  void enable(key_uid key, bool enabled);
  void move(key_uid key, const std::string& group);
  void reset(key_uid key);

  /// Tells a key that it is not in the configuration any more, and lets it go when nothing of it is
  /// in flight.
  void let_go(key_uid key);

  void add_group(const std::string& name, const config::budgets_config& budgets = {});
  void retire_group(const std::string& name);

  /// Whether the group's actor runs.
  bool lives(const std::string& group);
  std::vector<observe::cooldown_status> rests_of(const std::string& group);

  /// The rules of a model. A change counts for calls from now on, and for the dispatcher from the
  /// next set_model() on.
  config::model_config& rules(const std::string& model);

  /// Starts the dispatcher of a model with these keys, or tells it to have these from now on.
  void set_model(const std::string& model, const std::vector<key_uid>& keys,
                 std::chrono::milliseconds max_wait = std::chrono::seconds{30});

  void set_weight(key_uid key, std::uint32_t weight) { keys_.at(key).config.weight = weight; }

  observe::key_status status(key_uid key);
  observe::model_status status(const std::string& model);

  // -- calls ---------------------------------------------------------------------------------

  call_id call(const std::string& model, const call_options& with = {});

  /// The client leaves.
  void leave(call_id call);

  const outcome& outcome_of(call_id call) { return outcomes_[call]; }

  // -- the provider ----------------------------------------------------------------------------

  /// Attempts that wait for the provider's answer, oldest first.
  std::deque<attempt_ptr>& attempts() { return attempts_; }
  std::string key_of(const attempt& what) const { return what.with->key.name; }

  /// Answers an attempt. What the key commits is at once answered to its end, using `used`.
  void answer(std::size_t which, unsigned status,
              std::vector<std::pair<std::string, std::string>> headers = {}, std::string body = {});
  void fail(std::size_t which, dialect::failure how);

  /// What every answer uses from now on.
  dialect::usage used;

  /// From now on an answer that is committed stays open until finish() or break_off().
  void hold_answers() { holds_ = true; }
  std::deque<attempt_ptr>& answers() { return answers_; }
  void finish(std::size_t which);

  /// An error in the middle of an answer's stream.
  void break_off(std::size_t which, std::string error);

  /// Called with the key's name at every attempt, in the order in which they are made.
  std::function<void(const attempt&)> on_attempt;

  // -- time and turns ----------------------------------------------------------------------------

  /// Lets everybody handle their messages until nobody has any.
  void settle();
  void advance(std::chrono::milliseconds by);
  time_point now();

  // -- what the gateway was told ------------------------------------------------------------------

  /// Organisations that keys have named, oldest first.
  std::vector<std::pair<key_uid, std::string>> organizations;
  int changes = 0; ///< how often something changed that survives a restart

private:
  upstream_actor::behavior_type play_upstream();
  front_actor::behavior_type play_front();
  caf::behavior play_gateway();
  void complete(attempt_ptr what);
  void send_signal(std::size_t which, dialect::signal what);
  key_setup setup_of(key_uid key) const;
  template <class Result, class Handle>
  Result status_of(const Handle& who);

  struct key_entry {
    key_actor actor;
    config::key_config config;
    bool leaving = false;
  };

  deterministic_config config_;
  caf::actor_system system_;
  caf::scheduler::test_coordinator& scheduler_;
  std::map<key_uid, key_entry> keys_;
  std::map<std::string, dispatcher_actor> dispatchers_;
  std::map<std::string, quota_group_actor> groups_;
  std::map<std::string, config::model_config> rules_;
  upstream_actor upstream_;
  front_actor front_;
  gateway_actor gateway_;
  std::deque<attempt_ptr> attempts_;
  std::deque<attempt_ptr> answers_; ///< committed and not yet at their end
  bool holds_ = false;
  std::map<call_id, std::weak_ptr<keywheel::call>> calls_;
  std::map<call_id, outcome> outcomes_;
  key_uid last_key_ = 0;
  call_id last_call_ = 0;
};

} // namespace keywheel::test
