#pragma once

#include <CLI/CLI.hpp>

#include <string>
#include <vector>

namespace keywheel::cli {

/// What may stand where a person pressed the tab key.
struct completion {
  enum class wanted { words, files, keys };

  wanted what = wanted::words;
  std::vector<std::string> words; ///< that fit, in the order of --help
};

/// Says how the last of `words` may go on; the ones before it are complete, the program's name is
/// not among them. Only what --help shows is offered.
completion complete(const CLI::App& app, const std::vector<std::string>& words);

} // namespace keywheel::cli
