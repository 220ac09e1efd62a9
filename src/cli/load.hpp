#pragma once

#include "config/config.hpp"

#include <CLI/CLI.hpp>

#include <string>

namespace keywheel::cli {

/// Adds -c, --config FILE to a command. `path` must live as long as the command.
void add_config_option(CLI::App& to, std::string& path);

/// Loads the configuration named by -c or found at its usual places. Every problem goes to standard
/// error as one line, `file:line:column: message`; null then.
config::snapshot load_or_report(const std::string& path);

} // namespace keywheel::cli
