#pragma once

#include "config/config.hpp"

#include <string>
#include <vector>

namespace keywheel::config {

/// What lies between two configurations, as far as keys are concerned. A key's identity is its id
/// and the fingerprint of its secret, never its position: a new secret under an old name is
/// a new key.
struct key_changes {
  std::vector<std::string> added;   ///< ids to start
  std::vector<std::string> removed; ///< ids to retire; they finish what they have
  std::vector<std::string> renewed; ///< same id, other secret: retire the old, start the new
  /// Same key, other settings: of its own, of its quota group or of its provider.
  std::vector<std::string> changed;
};

key_changes diff_keys(const config& from, const config& to);

/// Settings that a running gateway cannot change: names of the fields that differ, such as
/// "server.listen". They take effect at the next start.
std::vector<std::string> needs_restart(const config& from, const config& to);

} // namespace keywheel::config
