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

/// Real dispatchers and keys on CAF's deterministic scheduler: no socket, no thread, and time that
/// moves only when told to. The upstream and the front are played by this class.
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

class world {
public:
  world();
  ~world();

  // -- the house -----------------------------------------------------------------------------

  /// Adds a key, unknown to any dispatcher yet.
  key_uid add_key(const std::string& name, std::uint32_t max_in_flight = 0);

  /// Changes a key: enabled or not.
  void enable(key_uid key, bool enabled);
  void reset(key_uid key);

  /// Starts the dispatcher of a model with these keys, or tells it to have these from now on.
  void set_model(const std::string& model, const std::vector<key_uid>& keys,
                 std::chrono::milliseconds max_wait = std::chrono::seconds{30});

  observe::key_status status(key_uid key);
  observe::model_status status(const std::string& model);

  // -- calls ---------------------------------------------------------------------------------

  call_id call(const std::string& model,
               std::chrono::milliseconds deadline = std::chrono::seconds{600});

  /// The client leaves.
  void leave(call_id call);

  const outcome& outcome_of(call_id call) { return outcomes_[call]; }

  // -- the provider ----------------------------------------------------------------------------

  /// Attempts that wait for the provider's answer, oldest first.
  std::deque<attempt_ptr>& attempts() { return attempts_; }
  std::string key_of(const attempt& what) const { return what.with->key.name; }

  /// Answers an attempt.
  void answer(std::size_t which, unsigned status,
              std::vector<std::pair<std::string, std::string>> headers = {});
  void fail(std::size_t which, dialect::failure how);

  /// Called with the key's name at every attempt, in the order in which they are made.
  std::function<void(const attempt&)> on_attempt;

  // -- time and turns ----------------------------------------------------------------------------

  /// Lets everybody handle their messages until nobody has any.
  void settle();
  void advance(std::chrono::milliseconds by);
  time_point now();

private:
  upstream_actor::behavior_type play_upstream();
  front_actor::behavior_type play_front();
  void send_signal(std::size_t which, dialect::signal what);
  key_setup setup_of(key_uid key) const;

  struct key_entry {
    key_actor actor;
    config::key_config config;
  };

  deterministic_config config_;
  caf::actor_system system_;
  caf::scheduler::test_coordinator& scheduler_;
  std::map<key_uid, key_entry> keys_;
  std::map<std::string, dispatcher_actor> dispatchers_;
  upstream_actor upstream_;
  front_actor front_;
  std::deque<attempt_ptr> attempts_;
  std::map<call_id, std::weak_ptr<keywheel::call>> calls_;
  std::map<call_id, outcome> outcomes_;
  key_uid last_key_ = 0;
  call_id last_call_ = 0;
};

} // namespace keywheel::test
