#pragma once

#include "actors/gateway.hpp"
#include "tools/simulator/simulator.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>

#include <functional>
#include <future>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

/// A whole gateway on a real I/O loop, without ports, in front of a simulated provider.
namespace keywheel::test {

/// How long anything may take before a test gives up on it.
inline constexpr std::chrono::seconds patience{30};

/// Three keys a, b and c without limits.
simulator::options three_keys();

class house {
public:
  /// @param state_dir where the gateway keeps its state; empty: it keeps none
  explicit house(simulator::options provider_options = three_keys(), std::string state_dir = {});
  ~house();

  /// A configuration with these keys of the provider "sim", the model "gpt-4o" and the pattern
  /// "gpt-*".
  std::shared_ptr<config::config> configuration(const std::vector<std::string>& names = {
                                                    "a", "b", "c"}) const;

  /// Starts a gateway; there is to be none.
  void start(config::snapshot with);

  /// Lets the gateway finish and end.
  void drain();

  api_response ask(const std::string& model, bool stream = false);
  api_response ask(api_request what);

  /// The id of the key that served an answer; empty if none did.
  static std::string key_of(const api_response& answer);
  std::string key_asked(const std::string& model = "gpt-4o") { return key_of(ask(model)); }

  observe::status status();

  /// The status of one key; by its id.
  observe::key_status key(const std::string& id);

  /// Returns the generation that is in force afterwards.
  std::uint64_t apply(config::snapshot next);

  /// Runs `what` with the gateway's state where it belongs: on the I/O thread.
  void inside(const std::function<void(gateway_state&)>& what);

  /// What the gateways have logged. To be called when none runs.
  std::string log() const { return log_->str(); }

  /// Waits until what the gateway's own actors have sent each other has been handled.
  void settle();

  /// Kills one of the gateway's actors and waits until another stands in its place.
  template <class Handle>
  void kill(std::function<Handle&(gateway_state&)> which) {
    Handle victim;
    inside([&](gateway_state& state) { victim = which(state); });
    caf::anon_send_exit(victim, caf::exit_reason::kill);
    for (bool replaced = false; !replaced;)
      inside([&](gateway_state& state) { replaced = which(state) != victim; });
  }

  simulator::server provider;
  std::string state_dir;
  caf::actor_system_config config;
  caf::actor_system system;
  gateway_actor gateway;

private:
  std::shared_ptr<std::ostringstream> log_;
};

} // namespace keywheel::test
