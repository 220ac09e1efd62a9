#pragma once

#include "config/load.hpp"

#include <toml++/toml.h>

#include <string>
#include <vector>

namespace keywheel::config {

/// Gathers what is wrong with one file.
class problem_list {
public:
  explicit problem_list(std::string file) : file_(std::move(file)) {}

  /// Adds a problem; a position of 0:0 means that it is in no one place.
  void add(toml::source_position at, std::string message);

  bool empty() const noexcept { return problems_.empty(); }

  /// Returns all problems in the order of the file; those without a place come last.
  std::vector<problem> take();

private:
  std::string file_;
  std::vector<problem> problems_;
};

} // namespace keywheel::config
