#pragma once

#include "actors/actors.hpp"
#include "actors/detail/loop_descriptor.hpp"
#include "config/file_watch.hpp"
#include "observe/log.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace keywheel {

struct config_watcher_state;
using config_watcher_pointer = config_watcher_actor::stateful_pointer<config_watcher_state>;

/// Loads, checks and edits the configuration file, away from the I/O thread (spawn it detached),
/// and follows the file while people edit it.
struct config_watcher_state {
  static constexpr const char* name = "keywheel.config_watcher";

  /// The file counts as settled when nothing has happened for this long.
  static constexpr std::chrono::milliseconds quiet{50};

  explicit config_watcher_state(config_watcher_pointer self_ptr) : self(self_ptr) {}

  config_watcher_actor::behavior_type make_behavior(gateway_actor supervisor,
                                                    config::snapshot first,
                                                    std::uint64_t first_generation, bool watching,
                                                    observe::logger_ptr logger);

  // -- operations ----------------------------------------------------------------------------

  /// The files may have changed: load them if they did.
  void look();

  /// Loads whatever is there. Called by a person.
  caf::result<reload_report> reload();

  /// Changes the file, and puts what it says then in force. One edit is done before the next
  /// begins.
  caf::result<edit_report> edit(const config_edit& change);

  // -- helpers -------------------------------------------------------------------------------

  void start_watching();
  std::string fingerprint() const;
  config::load_result load() const;
  void follow(std::vector<std::string> now);
  void apply(config::snapshot next, std::function<void(const reload_report&)> done,
             std::function<void(const caf::error&)> failed);
  void put_in_force(config::load_result loaded, caf::typed_response_promise<reload_report> promise);

  // -- data ----------------------------------------------------------------------------------

  config_watcher_pointer self;
  gateway_actor gateway;
  observe::logger_ptr log;
  std::string path;
  std::string state_dir;
  std::uint64_t generation = 0;   ///< in force
  std::vector<std::string> files; ///< that the configuration in force is made of
  std::string seen;               ///< fingerprint of the files when they were last loaded
  std::uint64_t changes = 0;      ///< noticed so far; a tick with an older number is stale
  std::unique_ptr<config::file_watch> watch;
  std::unique_ptr<detail::loop_descriptor> descriptor;
};

config_watcher_actor::behavior_type config_watcher(config_watcher_pointer self,
                                                   gateway_actor gateway, config::snapshot config,
                                                   std::uint64_t generation, bool watch,
                                                   observe::logger_ptr log);

} // namespace keywheel
