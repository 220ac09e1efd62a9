#include "cli/load.hpp"

#include "cli/places.hpp"

#include <iostream>

namespace keywheel::cli {

void add_config_option(CLI::App& to, std::string& path) {
  to.add_option("-c,--config", path, "Configuration file (default: see keywheel --help)")
      ->type_name("FILE");
}

config::snapshot load_or_report(const std::string& path) {
  auto choice = find_config(path, process_world());
  if (choice.path.empty()) {
    std::cerr << "keywheel: " << not_found_message(choice) << '\n';
    return nullptr;
  }
  auto loaded = config::load(choice.path);
  for (const auto& problem : loaded.problems)
    std::cerr << config::to_string(problem) << '\n';
  return loaded.value;
}

} // namespace keywheel::cli
