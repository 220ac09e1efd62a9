#pragma once

#include "cli/places.hpp"

#include <map>
#include <memory>
#include <string>

/// A process' surroundings in memory.
struct fake_world {
  std::map<std::string, std::string> variables;
  std::map<std::string, std::string> files;

  keywheel::cli::world view() const {
    keywheel::cli::world result;
    result.from.environment = [this](const std::string& name) -> std::optional<std::string> {
      auto found = variables.find(name);
      return found == variables.end() ? std::nullopt : std::optional{found->second};
    };
    result.from.read_file = [this](const std::string& path,
                                   std::string& error) -> std::optional<std::string> {
      auto found = files.find(path);
      if (found != files.end())
        return found->second;
      error = "No such file or directory";
      return std::nullopt;
    };
    result.exists = [this](const std::string& path) { return files.count(path) != 0; };
    return result;
  }
};
