#pragma once

#include "config/load.hpp"

#include <functional>
#include <string>
#include <vector>

/// Where the command line finds things that nobody named.
namespace keywheel::cli {

/// What the search asks the world. Tests pass their own.
struct world {
  config::surroundings from;
  std::function<bool(const std::string& path)> exists;
};

/// The process' own environment and file system.
const world& process_world();

/// The configuration to use, and the places looked at before it was found.
struct config_choice {
  std::string path;               ///< empty: none found
  std::vector<std::string> tried; ///< in order, the found one last
};

/// `given` (of -c) if not empty; else $KEYWHEEL_CONFIG; else the first that exists of
/// ./keywheel.toml, $XDG_CONFIG_HOME/keywheel/keywheel.toml, ~/.config/keywheel/keywheel.toml and
/// /etc/keywheel/keywheel.toml. One that was named is chosen whether it exists or not: its absence
/// is an error to report, no reason to use another.
config_choice find_config(const std::string& given, const world& in);

/// One line that says that no configuration was found, and where it was looked for.
std::string not_found_message(const config_choice& choice);

} // namespace keywheel::cli
