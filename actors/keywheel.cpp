#include "actors/keywheel.hpp"

#include "actors/errors.hpp"
#include "actors/gateway.hpp"
#include "config/token_file.hpp"
#include "observe/log.hpp"

#include <caf/io/middleman.hpp>

namespace keywheel {

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
  return system.middleman().spawn_broker(gateway, std::move(config), std::move(with),
                                         std::move(token), std::move(token_path));
}

} // namespace keywheel
