#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace keywheel::state {

/// Where accepted changes are written down: `audit.log` in `state_dir`.
std::string audit_path(const std::string& state_dir);

/// Appends a line to the file at `path`, which is made with mode 0600, and its folder with 0700,
/// where there is none. Returns an error text, empty if all went well. Blocking.
std::string append_line(const std::string& path, std::string_view line);

/// Returns the last lines of a file, at most `most`, newest first; none if there is no file. Only
/// its last MiB is looked at. Blocking.
std::vector<std::string> newest_lines(const std::string& path, std::size_t most);

} // namespace keywheel::state
