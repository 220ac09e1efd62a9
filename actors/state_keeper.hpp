#pragma once

#include "actors/actors.hpp"
#include "observe/log.hpp"

#include <caf/typed_event_based_actor.hpp>

#include <string>

namespace keywheel {

/// Starts the actor that writes the state file at `path`; to be spawned detached, for disks may be
/// slow.
state_keeper_actor::behavior_type state_keeper(state_keeper_actor::pointer self, std::string path,
                                               observe::logger_ptr log);

} // namespace keywheel
