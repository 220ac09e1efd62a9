#pragma once

#include "config/secret.hpp"

#include <string>

namespace keywheel::config {

/// Where the admin token is kept that was generated because the configuration gives none.
std::string token_path(const std::string& state_dir);

/// Reads the token at `path`, or generates one (256 random bits) and keeps it there with mode 0600,
/// creating folders as needed (mode 0700). Returns an empty secret and a line in `error` if that
/// cannot be done. Blocking.
secret keep_token(const std::string& path, std::string& error);

} // namespace keywheel::config
