#pragma once

#include "cli/places.hpp"

#include <string>

namespace keywheel::cli {

/// The gateway that a client command talks to.
struct admin_target {
  std::string url;   ///< without a trailing slash
  std::string token; ///< empty: none found
  std::string hint;  ///< where a token was looked for, for the message when it is missing
};

/// Finds the gateway's admin address and token. The address: `url` if not empty (--url,
/// KEYWHEEL_ADMIN_URL), else the configuration's admin.listen, else http://127.0.0.1:4101. The
/// token: KEYWHEEL_ADMIN_TOKEN, else the configuration's admin.token, else the token file in its
/// state_dir. The configuration is `config_path` (-c) or what find_config finds; secrets in it that
/// this process cannot read are no obstacle, and one that does not load counts only if it was
/// named.
admin_target find_admin(const std::string& url, const std::string& config_path, const world& in);

/// The URL of a listening address: wildcard addresses become loopback, IPv6 gets its brackets.
std::string url_of(const config::endpoint& where);

} // namespace keywheel::cli
