#include "cli/commands.hpp"
#include "cli/gateway_run.hpp"
#include "cli/load.hpp"
#include "cli/log.hpp"
#include "cli/process.hpp"

#include <iostream>
#include <memory>
#include <optional>

namespace keywheel::cli {

namespace {

struct serve_options {
  std::string config;
  std::optional<spdlog::level::level_enum> level; ///< given: wins over the configured one
};

exit_code serve(const serve_options& with) {
  harden_process();
  signals incoming;
  auto config = load_or_report(with.config);
  if (!config)
    return exit_code::failed;
  try {
    log_output log{config->log, with.level};
    return run_gateway(config, incoming, log.logger(), announce_listening);
  } catch (const spdlog::spdlog_ex& error) {
    std::cerr << "keywheel: " << error.what() << '\n';
    return exit_code::failed;
  }
}

} // namespace

void add_serve(CLI::App& to, action& chosen) {
  auto& command = add_command(to, "serve", "Run the gateway until it is told to stop");
  auto with = std::make_shared<serve_options>();
  add_config_option(command, with->config);
  add_log_option(command, with->level);
  command.callback([&chosen, with] { chosen = [with] { return serve(*with); }; });
}

} // namespace keywheel::cli
