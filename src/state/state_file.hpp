#pragma once

#include "state/saved_state.hpp"

#include <string>

/// The file that a state is kept in. These functions block: never call them on the I/O thread.
namespace keywheel::state {

/// Where the state is kept: `state.json` in `state_dir`.
std::string state_path(const std::string& state_dir);

/// What the file said. `warning` is empty, or one line for the log: what was wrong with the file
/// and where it is now.
struct loaded_state {
  saved_state state;
  std::string warning;
};

/// Reads the file at `path`. No file is an empty state. One that is damaged, or of another version,
/// is moved to `<path>.damaged-20240501T120000Z` (`now`, in UTC) so that it can be looked at, and
/// the state is empty. One that cannot be read stays where it is.
loaded_state load(const std::string& path, wall_time now);

/// Replaces the file at `path` in one step, with mode 0600; its folder is made (mode 0700) where
/// there is none. Returns an error text, empty if all went well.
std::string save(const std::string& path, const saved_state& what);

} // namespace keywheel::state
