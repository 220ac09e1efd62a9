#include "cli/commands.hpp"

#include <exception>
#include <iostream>

namespace keywheel::cli {

namespace {

constexpr const char* version_line = "keywheel " KEYWHEEL_VERSION;

constexpr const char* environment_help =
    "Environment:\n"
    "  KEYWHEEL_CONFIG       configuration file where no -c is given\n"
    "  KEYWHEEL_ADMIN_URL    admin address for the client commands (http://127.0.0.1:4101)\n"
    "  KEYWHEEL_ADMIN_TOKEN  admin token (else the file admin-token in the state folder)\n"
    "  KEYWHEEL_LOG          log level of serve and demo\n";

int parse_outcome(const CLI::App& app, const CLI::ParseError& error) {
  // CLI11 has a number of its own for every kind of mistake; a script needs to know only that it is
  // one.
  return app.exit(error) == 0 ? static_cast<int>(exit_code::ok)
                              : static_cast<int>(exit_code::usage);
}

} // namespace

CLI::App& add_command(CLI::App& to, const std::string& name, const std::string& what) {
  auto* result = to.add_subcommand(name, what);
  result->set_version_flag("--version", version_line, "Print the version and exit");
  result->footer(std::string{exit_code_help()});
  return *result;
}

int run(int argc, const char* const* argv) {
  CLI::App app{"Keywheel: a local gateway that balances model API requests over several keys"};
  app.name("keywheel");
  app.set_version_flag("--version", version_line, "Print the version and exit");
  app.require_subcommand(1);
  app.footer(std::string{exit_code_help()} + "\n" + environment_help
             + "\nkeywheel COMMAND --help explains a command.");
  action chosen;
  add_serve(app, chosen);
  add_check(app, chosen);
  add_demo(app, chosen, argc > 0 ? argv[0] : "keywheel");
  add_simulate(app, chosen);
  add_client_commands(app, chosen);
  add_complete(app, chosen);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return parse_outcome(app, error);
  }
  try {
    return static_cast<int>(chosen());
  } catch (const std::exception& error) {
    std::cerr << "keywheel: " << error.what() << '\n';
    return static_cast<int>(exit_code::failed);
  }
}

} // namespace keywheel::cli
