#pragma once

#include "actors/actors.hpp"
#include "actors/call.hpp"
#include "balance/group_ledger.hpp"
#include "observe/log.hpp"

#include <caf/io/typed_broker.hpp>
#include <caf/stateful_actor.hpp>

#include <map>
#include <optional>
#include <string>

namespace keywheel {

struct quota_group_state;
using quota_group_pointer = quota_group_actor::stateful_broker_pointer<quota_group_state>;

/// Carries messages to the ledger of what several keys share, and tells the keys what it says.
struct quota_group_state {
  static constexpr const char* name = "keywheel.quota_group";

  explicit quota_group_state(quota_group_pointer self_ptr) : self(self_ptr) {}

  quota_group_actor::behavior_type make_behavior(std::string group_name,
                                                 const config::budgets_config& budgets,
                                                 upstream_actor performs, gateway_actor supervisor,
                                                 observe::logger_ptr logger);

  // -- operations ----------------------------------------------------------------------------

  void admit(attempt_ptr what);
  void release(lease_id lease, const attempt_end& how);
  void heed(const group_verdict& what);
  void follow(key_uid key, std::string model, key_actor who);
  void leave(key_uid key);
  void retire();

  // -- helpers -------------------------------------------------------------------------------

  void changed();
  void arm();
  void quit_if_idle();
  time_point now() const { return self->clock().now(); }

  // -- data ----------------------------------------------------------------------------------

  struct model_members {
    std::map<key_uid, key_actor> keys;
    balance::availability told; ///< to all of them, last
  };

  quota_group_pointer self;
  std::string group;
  upstream_actor upstream;
  gateway_actor gateway;
  observe::logger_ptr log;
  balance::group_ledger ledger{{}};
  std::map<std::string, model_members> models; ///< that its keys serve
  std::optional<time_point> armed_for;         ///< when the next tick that counts comes
  std::uint64_t tick = 0;                      ///< number of that tick; older ones are stale
  bool counts_days = false;                    ///< has a day's budget, whose use outlives a restart
  bool retired = false;
};

/// Starts the actor of one quota group; `name` is for people.
quota_group_actor::behavior_type quota_group(quota_group_pointer self, std::string name,
                                             const config::budgets_config& budgets,
                                             upstream_actor upstream, gateway_actor gateway,
                                             observe::logger_ptr log);

} // namespace keywheel
