#pragma once

#include "actors/actors.hpp"
#include "observe/log.hpp"

#include <caf/typed_event_based_actor.hpp>

#include <string>

namespace keywheel {

/// Keeps the audit log at `path`, away from the I/O thread (spawn it detached).
audit_log_actor::behavior_type audit_log(audit_log_actor::pointer self, std::string path,
                                         observe::logger_ptr log);

} // namespace keywheel
