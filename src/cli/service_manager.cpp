#include "cli/service_manager.hpp"

#include <chrono>
#include <systemd/sd-daemon.h>

namespace keywheel::cli::service_manager {

namespace {

void tell(const std::string& state) {
  // A manager that does not listen is no reason for a gateway to fail.
  static_cast<void>(::sd_notify(0, state.c_str()));
}

} // namespace

void ready(const std::string& status) {
  tell("READY=1\nSTATUS=" + status);
}

void reloading() {
  // The time is what Type=notify-reload matches the request by.
  const auto now = std::chrono::duration_cast<std::chrono::microseconds>(
      std::chrono::steady_clock::now().time_since_epoch());
  tell("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(now.count()));
}

void stopping() {
  tell("STOPPING=1");
}

} // namespace keywheel::cli::service_manager
