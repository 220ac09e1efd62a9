#pragma once

#include <string>

namespace keywheel::cli {

/// What a service manager is told of this process, by systemd's protocol (sd_notify(3)). Every
/// function does nothing where none has asked (no $NOTIFY_SOCKET).
namespace service_manager {

/// Calls are taken from now on. `status` is one line for people.
void ready(const std::string& status);

/// The configuration is being read again; ready() follows, whatever came of it.
void reloading();

/// No new calls are taken; those in flight are finished.
void stopping();

} // namespace service_manager

} // namespace keywheel::cli
