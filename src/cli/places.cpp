#include "cli/places.hpp"

#include <filesystem>

namespace keywheel::cli {

namespace {

/// The value of an environment variable, empty if it is unset: no place is named by an empty one.
std::string variable(const world& in, const char* name) {
  return in.from.environment(name).value_or("");
}

} // namespace

const world& process_world() {
  static const world result{config::process_surroundings(), [](const std::string& path) {
                              std::error_code ignored;
                              return std::filesystem::exists(path, ignored);
                            }};
  return result;
}

config_choice find_config(const std::string& given, const world& in) {
  if (!given.empty())
    return {given, {given}};
  if (auto named = variable(in, "KEYWHEEL_CONFIG"); !named.empty())
    return {named, {named}};
  std::vector<std::string> candidates{"keywheel.toml"};
  if (auto home = variable(in, "XDG_CONFIG_HOME"); !home.empty())
    candidates.push_back(home + "/keywheel/keywheel.toml");
  if (auto home = variable(in, "HOME"); !home.empty())
    candidates.push_back(home + "/.config/keywheel/keywheel.toml");
  candidates.emplace_back("/etc/keywheel/keywheel.toml");
  config_choice result;
  for (auto& candidate : candidates) {
    result.tried.push_back(candidate);
    if (in.exists(candidate)) {
      result.path = candidate;
      break;
    }
  }
  return result;
}

std::string not_found_message(const config_choice& choice) {
  std::string result = "no configuration found; looked for ";
  for (std::size_t i = 0; i < choice.tried.size(); ++i) {
    if (i != 0)
      result += i + 1 == choice.tried.size() ? " and " : ", ";
    result += choice.tried[i];
  }
  return result + " (name one with -c FILE or KEYWHEEL_CONFIG)";
}

} // namespace keywheel::cli
