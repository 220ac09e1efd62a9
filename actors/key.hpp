#pragma once

#include "actors/actors.hpp"
#include "actors/call.hpp"
#include "balance/attempt_policy.hpp"
#include "balance/key_ledger.hpp"
#include "observe/log.hpp"
#include "observe/usage_table.hpp"

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

  key_actor::behavior_type make_behavior(key_setup first, upstream_actor performs,
                                         gateway_actor supervisor, observe::logger_ptr logger);

  // -- operations ----------------------------------------------------------------------------

  void take(call_ptr call);
  void judge(attempt_signal& answer);
  void judge_late(attempt_signal& answer);
  void no_room(attempt_ptr what);
  void release(lease_id lease, const attempt_end& how);
  void follow(const std::string& model, const dispatcher_actor& dispatcher, bool wants_load);
  void configure(key_setup next);
  caf::result<void> retire();
  observe::key_status status() const;

  // -- helpers -------------------------------------------------------------------------------

  /// A dispatcher that wants to know how this key stands.
  struct follower {
    dispatcher_actor dispatcher;
    bool wants_load = false;    ///< it wants to hear of requests in flight too
    bool watches = false;       ///< it wants to hear of the next success
    balance::availability told; ///< to it, last, less the calls that it has sent since
  };

  /// One answer and what was made of it.
  struct reading {
    const dialect::signal& said;
    dialect::verdict found;
    balance::decision decided;
  };
  reading read(const attempt& what, const dialect::signal& said, bool committed) const;
  void heed(const attempt& what, const reading& of);
  void tell_group(const attempt& what, const reading& of, const dialect::limit_readings& limits);
  void tell_dispatcher(call& of, const reading& how, time_point at);
  void tell_of_refusal(const call& of, const reading& how, time_point at);
  void note_cooldown(dialect::reason why, dialect::scope where);
  void note_organization(const std::string& seen);
  void next_key(attempt_ptr what, const reading& of);
  void join_group(const quota_group_actor& next);
  balance::availability seen_by(const follower& who, const std::string& model) const;
  void took_one(follower& who, const std::string& model);
  void changed();
  void say(const std::string& model, follower& who);
  void tell(const std::string& model, const dispatcher_actor& dispatcher);
  void give_back(call_ptr call);
  void arm();
  void report_if_idle();
  time_point now() const { return self->clock().now(); }

  // -- data ----------------------------------------------------------------------------------

  key_pointer self;
  std::shared_ptr<const key_setup> setup;
  upstream_actor upstream;
  gateway_actor gateway;
  observe::logger_ptr log;
  balance::key_ledger ledger{true, {}};
  std::unordered_map<std::string, follower> followers; ///< by model
  std::string organization;                            ///< as its answers name it
  std::uint64_t requests = 0;
  std::uint64_t errors = 0;
  dialect::usage used;                 ///< by all its answers
  observe::usage_table usage;          ///< the same, by model and client
  observe::key_meter* meter = nullptr; ///< of this key, in setup->counts
  std::optional<time_point> armed_for; ///< when the next tick that counts comes
  std::uint64_t tick = 0;              ///< number of that tick; older ones are stale
  caf::response_promise retired;       ///< pending while the last leases run
};

/// Starts the actor of one credential.
key_actor::behavior_type key(key_pointer self, key_setup setup, upstream_actor upstream,
                             gateway_actor gateway, observe::logger_ptr log);

} // namespace keywheel
