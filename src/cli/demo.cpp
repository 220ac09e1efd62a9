#include "cli/commands.hpp"
#include "cli/demo_files.hpp"
#include "cli/gateway_run.hpp"
#include "cli/log.hpp"
#include "cli/process.hpp"
#include "config/load.hpp"
#include "config/sections.hpp"
#include "tools/simulator/simulator.hpp"

#include <iostream>
#include <memory>

namespace keywheel::cli {

namespace {

/// So few that a person sees keys rest after a moment of trying.
constexpr std::int64_t requests_per_minute = 10;

struct demo_options {
  std::uint16_t data = 0; ///< 0: the default, or a free one where that is taken
  std::uint16_t admin = 0;
  std::uint16_t simulator = 0;
  std::optional<spdlog::level::level_enum> level;
};

/// The port to use: what was asked for, else the default if it is free, else any; says so then.
std::uint16_t choose(std::uint16_t asked, std::uint16_t usual, std::uint16_t taken,
                     const char* what) {
  if (asked != 0)
    return asked;
  auto result = free_port(usual, taken);
  if (result != usual)
    std::cout << "port " << usual << " is taken: " << what << " uses " << result << '\n';
  return result;
}

demo_ports choose_ports(const demo_options& with) {
  const demo_ports usual;
  demo_ports result;
  result.data = choose(with.data, usual.data, 0, "the gateway");
  result.admin = choose(with.admin, usual.admin, result.data, "the admin API");
  result.simulator =
      choose(with.simulator, usual.simulator, result.admin, "the simulated provider");
  return result;
}

/// A provider that knows the keys of `config`, and takes any other: one that the person adds to the
/// file works like those that were there.
simulator::options provider_options(std::uint16_t port, const config::config& config) {
  simulator::options result;
  result.port = port;
  for (const auto& [name, provider] : config.providers)
    for (const auto& key : provider.keys)
      result.keys.push_back({key.name, key.api_key.reveal(), {}, {}});
  result.accept_any_key = true;
  result.default_limits.rpm = requests_per_minute;
  result.latency = std::chrono::milliseconds{50};
  result.event_interval = std::chrono::milliseconds{50};
  return result;
}

void explain(const listening& where, const demo_file& file, const std::string& program) {
  announce_listening(where);
  std::cout << "\nThe provider behind it is simulated; each of its keys allows "
            << requests_per_minute << " requests a minute.\n"
            << "Ask, a few dozen times, and see keys take turns and rest:\n\n"
            << "  curl -i http://" << where.data << "/v1/chat/completions \\\n"
            << "    -H 'Content-Type: application/json' \\\n"
            << "    -d '{\"model\": \"gpt-4o\", \"messages\": [{\"role\": \"user\", \"content\": "
               "\"Hello\"}]}'\n\n"
            << "See the keys in a browser, at http://" << where.admin
            << " (it asks for the token: " << where.token_file
            << "),\nor from another terminal:\n\n"
            << "  " << program << " keys --watch -c " << file.path << "\n\n"
            << "Add, disable or delete keys while it runs, by editing\n\n"
            << "  " << file.path << '\n';
  if (!file.kept.empty())
    std::cout << "  (an edited one of an earlier demo is kept as " << file.kept << ")\n";
  std::cout << "\nCtrl-C ends it.\n" << std::flush;
}

exit_code demo(const demo_options& with, const std::string& program) {
  harden_process();
  signals incoming;
  auto state_dir = config::default_state_dir(config::process_surroundings());
  if (state_dir.empty()) {
    std::cerr << "keywheel: no place for the demo's files: HOME is not set\n";
    return exit_code::failed;
  }
  auto ports = choose_ports(with);
  auto file = write_demo(state_dir + "/demo", with_ports(demo_toml(), ports));
  auto loaded = config::load(file.path);
  for (const auto& problem : loaded.problems)
    std::cerr << config::to_string(problem) << '\n';
  if (!loaded)
    return exit_code::failed;
  simulator::server provider{provider_options(ports.simulator, *loaded.value)};
  provider.start();
  log_output log{loaded.value->log, with.level};
  return run_gateway(loaded.value, incoming, log.logger(),
                     [&](const listening& where) { explain(where, file, program); });
}

void add_port(CLI::App& to, const char* name, std::uint16_t& port, std::uint16_t usual,
              const char* what) {
  to.add_option(name, port,
                std::string{what} + " (default " + std::to_string(usual)
                    + ", or a free one where that is taken)")
      ->check(CLI::Range(1, 65'535).description(""))
      ->type_name("PORT");
}

} // namespace

void add_demo(CLI::App& to, action& chosen, const std::string& program) {
  auto& command =
      add_command(to, "demo", "Run the gateway with a simulated provider: no real key is needed");
  auto with = std::make_shared<demo_options>();
  const demo_ports usual;
  add_port(command, "--port", with->data, usual.data, "Port for callers");
  add_port(command, "--admin-port", with->admin, usual.admin, "Port of the admin API");
  add_port(command, "--simulator-port", with->simulator, usual.simulator,
           "Port of the simulated provider");
  add_log_option(command, with->level);
  command.callback(
      [&chosen, with, program] { chosen = [with, program] { return demo(*with, program); }; });
}

} // namespace keywheel::cli
