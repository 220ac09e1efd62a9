#pragma once

#include "cli/exit_code.hpp"

#include <CLI/CLI.hpp>

#include <functional>

/// The commands of the binary. Each add_… function describes its command to the parser; when that
/// command has been given, `chosen` is what to do.
namespace keywheel::cli {

using action = std::function<exit_code()>;

void add_serve(CLI::App& to, action& chosen);
void add_check(CLI::App& to, action& chosen);

/// `program` is how the person called this binary.
void add_demo(CLI::App& to, action& chosen, const std::string& program);

void add_simulate(CLI::App& to, action& chosen);

/// models, keys, key, reload and events.
void add_client_commands(CLI::App& to, action& chosen);

/// The command behind the tab key, which --help does not show (tools/completion): prints how a
/// command line of `of` may go on.
void add_complete(CLI::App& of, action& chosen);

/// Adds a command with what every command has (--version), and the action for it.
CLI::App& add_command(CLI::App& to, const std::string& name, const std::string& what);

/// Parses the command line, does what it says, and reports what goes wrong on standard error.
int run(int argc, const char* const* argv);

} // namespace keywheel::cli
