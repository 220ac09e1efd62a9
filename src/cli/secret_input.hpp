#pragma once

#include <string>

namespace keywheel::cli {

/// Reads a secret's line from standard input: with `prompt` on standard error and without echo
/// where a person types it, else as it comes. Without white space around it; empty: none was given.
std::string read_secret(const std::string& prompt);

} // namespace keywheel::cli
