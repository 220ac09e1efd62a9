#pragma once

#include "actors/actors.hpp"
#include "actors/call.hpp"
#include "balance/pool.hpp"
#include "observe/log.hpp"

#include <caf/io/typed_broker.hpp>
#include <caf/stateful_actor.hpp>

#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace keywheel {

struct dispatcher_state;
using dispatcher_pointer = dispatcher_actor::stateful_broker_pointer<dispatcher_state>;

/// Carries the calls of one model to keys, as its pool says.
struct dispatcher_state {
  static constexpr const char* name = "keywheel.dispatcher";

  explicit dispatcher_state(dispatcher_pointer self_ptr) : self(self_ptr) {}

  dispatcher_actor::behavior_type make_behavior(std::string model_name, dispatcher_setup first,
                                                gateway_actor supervisor,
                                                observe::logger_ptr logger);

  // -- operations ----------------------------------------------------------------------------

  void configure(dispatcher_setup next);
  void expect(const dispatcher_setup::member& key);
  void place(call_ptr call);
  void settle();
  void refused(const key_refusal& how);
  void retire();
  observe::model_status status();
  balance::kept_state keep();
  void restore(const balance::kept_state& kept);

  /// A call that waits.
  struct waiter {
    call_ptr of;
    time_point since;
  };

  // -- helpers -------------------------------------------------------------------------------

  balance::ticket ticket_of(const call& of) const;
  std::optional<std::vector<key_uid>> keys_for(const call& of) const;
  std::string subject() const;
  void act(call_ptr call, const balance::placement& where);
  void note_wait(const waiter& who);
  void arm();
  void hope_for(key_uid key);
  void say_if_watching();
  time_point now() const { return self->clock().now(); }

  // -- data ----------------------------------------------------------------------------------

  dispatcher_pointer self;
  std::string model;                     ///< the name that callers use
  observe::model_meter* meter = nullptr; ///< of this model, in setup.counts
  dispatcher_setup setup;
  gateway_actor gateway;
  observe::logger_ptr log;
  balance::pool pool{balance::pool::settings{}};
  std::unordered_map<key_uid, dispatcher_setup::member> members;
  std::unordered_map<std::string, key_uid> numbers; ///< of the members, by id
  std::unordered_map<call_id, waiter> waiting;
  std::optional<time_point> armed_for; ///< when the next tick that counts comes
  std::uint64_t tick = 0;              ///< number of that tick; older ones are stale
  bool watching = false;               ///< the keys are to tell of a success
  bool retired = false;
};

/// Starts the actor of one model.
dispatcher_actor::behavior_type dispatcher(dispatcher_pointer self, std::string model,
                                           dispatcher_setup setup, gateway_actor gateway,
                                           observe::logger_ptr log);

} // namespace keywheel
