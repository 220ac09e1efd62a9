#include "actors/keywheel.hpp"

#include "actors/errors.hpp"
#include "actors/gateway.hpp"
#include "config/token_file.hpp"
#include "observe/log.hpp"
#include "state/state_file.hpp"

#include <caf/io/middleman.hpp>

namespace keywheel {

namespace {

/// What an earlier run has left that still holds. Reads the disk, once, on the host's thread.
saved_state_ptr recall(const config::config& now_in_force, spdlog::logger& log) {
  const auto now = std::chrono::system_clock::now();
  auto past = state::load(state::state_path(now_in_force.server.state_dir), now);
  if (!past.warning.empty())
    log.warn("{}", past.warning);
  std::vector<state::known_key> known;
  for (const auto& [name, provider] : now_in_force.providers)
    for (const auto& key : provider.keys)
      known.push_back({key.id(), key.api_key.fingerprint()});
  constexpr std::chrono::hours longest{32 * 24};
  return std::make_shared<const state::saved_state>(
      state::recalled(std::move(past.state), known, now, longest));
}

} // namespace

caf::expected<gateway_actor> spawn(caf::actor_system& system, config::snapshot config,
                                   options with) {
  if (!system.has_middleman())
    return make_error(ec::no_middleman, "the actor system has not loaded caf::io::middleman");
  if (!with.logger)
    with.logger = observe::silent();
  auto token = config->admin.token;
  std::string token_path;
  if (with.admin && token.empty()) {
    token_path = config::token_path(config->server.state_dir);
    std::string error;
    token = config::keep_token(token_path, error);
    if (token.empty())
      return make_error(ec::bad_configuration, std::move(error));
  }
  auto past = with.keep_state ? recall(*config, *with.logger)
                              : std::make_shared<const state::saved_state>();
  return system.middleman().spawn_broker(gateway, std::move(config), std::move(with),
                                         std::move(token), std::move(token_path), std::move(past));
}

} // namespace keywheel
