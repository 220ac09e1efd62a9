#pragma once

#include "cli/admin_client.hpp"
#include "cli/commands.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

/// What the commands that ask a running gateway have in common.
namespace keywheel::cli {

/// What every client command can be told.
struct client_options {
  std::string url;
  std::string config;
  bool json = false;
};

/// Makes of an answer's body what a person reads; nothing if it is not understood.
using viewer = std::function<std::optional<std::string>(const std::string& body)>;

/// Adds --url, --config and --json to a command.
std::shared_ptr<client_options> add_client_options(CLI::App& to);

/// The gateway that the options mean.
admin_target target_of(const client_options& with);

/// Says on standard error what went wrong, if something did, and what to exit with.
exit_code judge(const reply& answer, const admin_target& target);

/// Asks, and prints the answer: as it is with --json, else as `view` makes it.
exit_code ask(const client_options& with, std::string_view method, const std::string& path,
              std::string_view body, const viewer& view);

/// Adds the commands below `keywheel key`.
void add_key_commands(CLI::App& to, action& chosen);

/// Adds `keywheel events`.
void add_events(CLI::App& to, action& chosen);

/// Shows what `view` makes of each snapshot of the gateway, again and again, until the gateway or
/// the person ends it: over the whole terminal, or one after the other where there is none.
exit_code watch(const client_options& with,
                const std::function<std::optional<std::string>(const std::string& snapshot,
                                                               std::int64_t age_ms)>& view);

} // namespace keywheel::cli
