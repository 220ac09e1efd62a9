#pragma once

#include "actors/actors.hpp"
#include "actors/call.hpp"
#include "balance/key_ledger.hpp"
#include "observe/log.hpp"

#include <caf/io/typed_broker.hpp>
#include <caf/stateful_actor.hpp>

#include <memory>
#include <string>
#include <unordered_map>

namespace keywheel {

struct key_state;
using key_pointer = key_actor::stateful_broker_pointer<key_state>;

/// Carries messages to the ledger of one credential and acts on what it says.
struct key_state {
  static constexpr const char* name = "keywheel.key";

  explicit key_state(key_pointer self_ptr) : self(self_ptr) {}

  key_actor::behavior_type make_behavior(key_uid number, key_setup first, upstream_actor performs,
                                         observe::logger_ptr logger);

  // -- operations ----------------------------------------------------------------------------

  void take(call_ptr call);
  void judge(attempt_signal& answer);
  void release(lease_id lease, attempt_result result);
  void follow(const std::string& model, const dispatcher_actor& dispatcher);
  void configure(key_setup next);
  caf::result<void> retire();
  observe::key_status status() const;

  // -- helpers -------------------------------------------------------------------------------

  void next_key(attempt_ptr what, const dialect::signal& answer, const dialect::verdict& found);
  void tell_followers();
  void tell(const std::string& model, const dispatcher_actor& dispatcher);
  void give_back(call_ptr call);
  void report_if_idle();
  time_point now() const { return self->clock().now(); }

  // -- data ----------------------------------------------------------------------------------

  key_pointer self;
  key_uid uid = 0;
  std::shared_ptr<const key_setup> setup;
  upstream_actor upstream;
  observe::logger_ptr log;
  balance::key_ledger ledger{true, 0};
  std::unordered_map<std::string, dispatcher_actor> followers; ///< by model
  std::uint64_t requests = 0;
  std::uint64_t errors = 0;
  caf::response_promise retired; ///< pending while the last leases run
};

/// Starts the actor of one credential. `uid` stays the same if it has to be replaced.
key_actor::behavior_type key(key_pointer self, key_uid uid, key_setup setup,
                             upstream_actor upstream, observe::logger_ptr log);

} // namespace keywheel
