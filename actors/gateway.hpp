#pragma once

#include "actors/actors.hpp"
#include "actors/detail/restarts.hpp"
#include "actors/detail/tally.hpp"
#include "actors/keywheel.hpp"
#include "balance/quota_groups.hpp"
#include "observe/log.hpp"

#include <caf/io/typed_broker.hpp>
#include <caf/stateful_actor.hpp>

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace keywheel {

struct gateway_state;
using gateway_pointer = gateway_actor::stateful_broker_pointer<gateway_state>;

/// Supervises the other actors and turns a configuration into spawned, changed and retired ones.
struct gateway_state {
  static constexpr const char* name = "keywheel.gateway";

  /// How long parts of the gateway may take to answer each other. They share a thread and do not
  /// block, so this is for the case that one has died.
  static constexpr std::chrono::seconds patience{10};

  /// Names in use under patterns; beyond, the one that came first is forgotten.
  static constexpr std::size_t most_pattern_names = 1000;

  explicit gateway_state(gateway_pointer self_ptr) : self(self_ptr) {}
  ~gateway_state();

  /// How long after a change it is written down: bursts of them are written once.
  static constexpr std::chrono::seconds save_delay{1};

  gateway_actor::behavior_type make_behavior(config::snapshot first, options with,
                                             config::secret admin_token, std::string token_path,
                                             saved_state_ptr past);

  /// A key that is in the configuration.
  struct key_entry {
    key_actor actor;
    key_setup setup;
    std::string organization; ///< that its answers name
  };

  /// A quota group: its provider, its name.
  using group_name = std::pair<std::string, std::string>;

  /// A key that is not any more, and finishes what it has.
  struct leaving_key {
    std::string id;
    key_actor actor;
  };

  /// What a change of configuration leaves behind until everybody follows the new one.
  struct leftovers {
    std::vector<key_actor> keys;
    std::vector<dispatcher_actor> dispatchers;
  };

  using dispatcher_table = std::unordered_map<std::string, dispatcher_actor>;

  // -- operations ------------------------------------------------------------------------------

  void start(config::snapshot first);
  caf::result<reload_report> apply(config::snapshot next);
  void refused(std::vector<config::problem> problems);
  void first_call(call_ptr call);
  void first_call_without_model(call_ptr call);
  caf::result<listening> ready();
  caf::result<observe::status> status();
  caf::result<bool> reset(const std::string& key);
  caf::result<void> drain();

  // -- supervision -----------------------------------------------------------------------------

  void lost(const caf::down_msg& down);

  /// Spawns anew what died; returns its word, or null if it is not to be replaced.
  const char* replace(const caf::actor_addr& who);

  // -- spawning --------------------------------------------------------------------------------

  template <class Function, class... Ts>
  auto start_actor(Function function, Ts&&... arguments);
  key_actor spawn_key(const key_setup& setup);
  quota_group_actor spawn_group(const group_name& which);
  void spawn_keeper();
  dispatcher_actor spawn_dispatcher(const std::string& model);
  dispatcher_actor spawn_provider_dispatcher(const std::string& provider);
  void spawn_upstream();
  void spawn_owner_book();
  void spawn_message_front();
  void spawn_http_front();
  void spawn_admin();
  void spawn_audit_log();
  void spawn_watcher();
  template <class Handle>
  void listen(const Handle& who, std::string listening::*address);
  void settle_ready();

  // -- following the configuration ---------------------------------------------------------------

  void add_key(const config::key_config& key);
  void change_keys(const config::config& before, leftovers& left);
  void leave(const std::string& id, leftovers& left);
  void retire(const key_actor& key);
  void change_dispatchers(leftovers& left);
  dispatcher_table::iterator add_pattern_name(const std::string& model, leftovers& left);
  key_setup key_setup_for(const config::key_config& key) const;
  dispatcher_setup setup_for(const std::string& model) const;
  dispatcher_setup setup_without_model(const std::string& provider) const;
  dispatcher_setup setup_of(config::model_config model,
                            const std::vector<const config::key_config*>& members) const;
  routing_ptr current_routing() const;

  /// Tells everybody how things stand; when all follow, lets go what is left and calls `then`.
  void publish(leftovers left, std::function<void()> then);

  // -- quota groups ------------------------------------------------------------------------------

  void group_keys();
  void group_by_organization(key_uid key, const std::string& organization);
  void regroup(const std::string& provider, const std::vector<balance::quota_groups::move>& moves);
  const quota_group_actor& group_of(const group_name& which);
  void end_empty_groups();
  void tell_budgets();
  void tell_owner_book();

  /// What holds each group back. A map, for its entries stay in place.
  using group_rests = std::map<group_name, std::vector<observe::cooldown_status>>;

  /// Adds to each key what holds its group back.
  static void show_group_rests(const group_rests& rests, std::vector<observe::key_status>& keys);

  // -- over a restart ----------------------------------------------------------------------------

  void recall(const key_entry& key);
  void recall(const std::string& provider, const std::string& group, const quota_group_actor& who);
  void recall(const std::string& provider, const std::string& model, const dispatcher_actor& who);
  void save_soon();
  void save(std::function<void()> then);
  template <class Handle>
  void collect(const Handle& who, const std::shared_ptr<detail::tally>& all,
               std::function<void(const balance::kept_state&)> take);

  // -- status ------------------------------------------------------------------------------------

  /// Asks `who`; the answer goes to `where`, which is within `keep`.
  template <class Handle, class Owner, class Status>
  void ask_status(const Handle& who, std::shared_ptr<Owner> keep, Status* where,
                  std::shared_ptr<detail::tally> all);
  void sort_models(std::vector<observe::model_status>& models) const;
  observe::model_status pattern_status(const config::model_config& entry) const;

  // -- data --------------------------------------------------------------------------------------

  gateway_pointer self;
  options use;
  observe::logger_ptr log;
  observe::metrics_ptr counts = std::make_shared<observe::metrics>();
  config::secret token;   ///< of the admin port
  std::string token_file; ///< empty if the configuration gives the token
  config::snapshot config;
  config::snapshot started_with; ///< what holds of it until the next start, see needs_restart
  std::uint64_t generation = 0;
  wall_time loaded_at;
  std::optional<config::problem> last_error;

  std::map<std::string, key_entry> keys; ///< by id
  std::unordered_map<caf::actor_addr, leaving_key> leaving;
  dispatcher_table dispatchers;          ///< by the name that callers use
  std::deque<std::string> pattern_names; ///< those of them found under patterns, oldest first
  dispatcher_table provider_dispatchers; ///< of calls without a model, by provider
  upstream_actor upstream;
  owner_book_actor owner_book;
  http_front_actor http_front;
  message_front_actor message_front;
  admin_actor admin;
  audit_log_actor audit_log;
  config_watcher_actor watcher;
  state_keeper_actor keeper;

  std::map<std::string, balance::quota_groups> groups; ///< by provider
  std::map<group_name, quota_group_actor> group_actors;
  saved_state_ptr remembered; ///< as last read or written; never null
  bool saving = false;        ///< it will be written soon

  listening addresses;
  int still_to_listen = 0;
  std::vector<caf::typed_response_promise<listening>> waiting_for_ready;
  detail::restarts restarts;
};

/// @param past what an earlier run has left; never null
gateway_actor::behavior_type gateway(gateway_pointer self, config::snapshot config, options with,
                                     config::secret admin_token, std::string token_file,
                                     saved_state_ptr past);

} // namespace keywheel
