#include "cli/commands.hpp"
#include "cli/load.hpp"

#include <iostream>
#include <memory>

namespace keywheel::cli {

namespace {

std::string counted(std::size_t number, const char* what) {
  return std::to_string(number) + " " + what + (number == 1 ? "" : "s");
}

std::string summary(const config::config& of) {
  std::size_t keys = 0;
  std::size_t disabled = 0;
  for (const auto& [name, provider] : of.providers) {
    keys += provider.keys.size();
    for (const auto& key : provider.keys)
      disabled += key.enabled ? 0 : 1;
  }
  auto result =
      of.path + ": ok, " + counted(of.providers.size(), "provider") + ", " + counted(keys, "key");
  if (disabled != 0)
    result += " (" + std::to_string(disabled) + " disabled)";
  result += ", " + counted(of.models.size(), "model");
  if (!of.clients.empty())
    result += ", " + counted(of.clients.size(), "client");
  return result;
}

} // namespace

void add_check(CLI::App& to, action& chosen) {
  auto& command =
      add_command(to, "check", "Check a configuration; tell every mistake with its line");
  auto path = std::make_shared<std::string>();
  add_config_option(command, *path);
  command.callback([&chosen, path] {
    chosen = [path] {
      auto config = load_or_report(*path);
      if (!config)
        return exit_code::failed;
      std::cout << summary(*config) << '\n';
      return exit_code::ok;
    };
  });
}

} // namespace keywheel::cli
