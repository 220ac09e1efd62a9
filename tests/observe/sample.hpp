#pragma once

#include "config/config.hpp"
#include "observe/status.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace keywheel::observe::testing {

/// The clear text of every secret in the sample, so that tests can look for it where it must not
/// be.
inline constexpr std::string_view key_secret = "sk-proj-0123456789-team-a-a1b2";
inline constexpr std::string_view default_secret = "sk-proj-0123456789-default-c3d4";
inline constexpr std::string_view token_secret = "kwadm-9876543210-token-e5f6";
inline constexpr std::string_view client_secret = "kwcli-5555555555-client-g7h8";

/// A provider with two keys, a model, a pattern and a client.
std::shared_ptr<config::config> sample_config();

/// A gateway that runs sample_config.
status sample_status();

/// Parses a JSON text and writes it again with the fewest bytes; "not JSON: …" if it is none.
std::string canonical(std::string_view json);

} // namespace keywheel::observe::testing
