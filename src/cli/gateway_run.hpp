#pragma once

#include "actors/messages.hpp"
#include "cli/exit_code.hpp"
#include "cli/process.hpp"

#include <spdlog/logger.h>

#include <functional>
#include <memory>

namespace keywheel::cli {

/// Runs a gateway in this process until it is told to stop: SIGHUP reloads its configuration, the
/// first SIGTERM or SIGINT drains it (exit code 0), the second ends the process at once. `announce`
/// is called once it listens. What goes wrong is said on standard error in one line.
exit_code run_gateway(const config::snapshot& config, signals& incoming,
                      const std::shared_ptr<spdlog::logger>& log,
                      const std::function<void(const listening&)>& announce);

/// The two lines that say where a gateway listens and where its admin token is.
void announce_listening(const listening& where);

} // namespace keywheel::cli
