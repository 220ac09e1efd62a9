#pragma once

#include "actors/actors.hpp"
#include "config/config.hpp"

#include <caf/actor_system.hpp>
#include <caf/expected.hpp>
#include <spdlog/logger.h>

#include <memory>

/// What an embedding application needs: spawn a gateway on its own actor system and talk to it.
namespace keywheel {

/// Which parts of a gateway run, and what it may use of its host.
struct options {
  bool http_front = true;   ///< listen on server.listen
  bool admin = true;        ///< listen on admin.listen
  bool watch_config = true; ///< follow the file at config->path as it is edited
  bool keep_state = true;   ///< keep cooldowns and day budgets over a restart, in server.state_dir
  std::shared_ptr<spdlog::logger> logger = nullptr; ///< null: silent
  bool json_log = false; ///< the logger's sinks have an observe::json_formatter
};

/// Starts a gateway on the host's actor system, which must have loaded caf::io::middleman (its I/O
/// loop runs the hot path). No signal handler, no global logger, no setting of the host's
/// configuration is touched. The gateway is an actor like any other: it can be monitored, and
/// stopped by an exit message (at once) or by drain_atom (after what is in flight). Fails if the
/// middleman is missing. Ports are bound when it answers ready_atom; a port in use is that
/// request's error.
caf::expected<gateway_actor> spawn(caf::actor_system& system, config::snapshot config,
                                   options with = {});

} // namespace keywheel
