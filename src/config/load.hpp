#pragma once

#include "config/config.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace keywheel::config {

/// Something wrong in a configuration, and where. `to_string` gives `file:line:column: message`
/// (without the parts that are unknown). No message ever holds a secret.
struct problem {
  std::string file;
  unsigned line = 0;   ///< 1-based; 0: not in one place
  unsigned column = 0; ///< 1-based
  std::string message;
};
std::string to_string(const problem& what);

/// Either a configuration that passed every check, or every problem found.
struct load_result {
  std::shared_ptr<config> value;
  std::vector<problem> problems;
  explicit operator bool() const noexcept { return value != nullptr; }
};

/// How a loader asks the world: environment variables and files. Tests pass their own.
struct surroundings {
  std::function<std::optional<std::string>(const std::string& name)> environment;
  std::function<std::optional<std::string>(const std::string& path, std::string& error)> read_file;
};

/// The process' own environment and file system.
const surroundings& process_surroundings();

/// Reads, parses and checks the file at `path`. Relative `file:` secrets are relative to its
/// folder. Blocking: never call on the I/O thread.
load_result load(const std::string& path, const surroundings& from = process_surroundings());

/// The same for a text at hand; `path` is only named in problems and resolves relative secrets.
load_result parse(const std::string& text, const std::string& path,
                  const surroundings& from = process_surroundings());

} // namespace keywheel::config
