#pragma once

#include "config/load.hpp"

#include <map>
#include <string>
#include <vector>

/// Environment variables and files as a test wants them.
struct world {
  std::map<std::string, std::string> variables{{"HOME", "/home/ada"}};
  std::map<std::string, std::string> files; ///< any other path does not exist

  keywheel::config::surroundings surroundings() const;

  /// Parses a text as /etc/keywheel/kw.toml. What it finds wrong has no such prefix: "12:3:
  /// message".
  keywheel::config::load_result parse(const std::string& text) const;
};

/// The problems as "line:column: message", without the file.
std::vector<std::string> lines_of(const keywheel::config::load_result& result);

/// A configuration that must be good; reports what is wrong with it if it is not.
keywheel::config::config good(const std::string& text, const world& around = {});
