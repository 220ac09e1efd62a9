#pragma once

#include <string_view>

namespace keywheel::cli {

/// What the process says to the script that ran it. Part of the outer contract: --help and the
/// README at the top name these numbers.
enum class exit_code : int {
  ok = 0,          ///< done
  failed = 1,      ///< the command failed: a bad configuration, a port in use, a broken answer
  usage = 2,       ///< the command line makes no sense
  unreachable = 3, ///< no gateway answers at the admin address
  refused = 4,     ///< the gateway said no: a wrong token, an unknown key, a bad request
};

/// The exit code for an answer of the admin API by its HTTP status.
exit_code exit_code_for(long status) noexcept;

/// The paragraph of --help that explains the codes.
std::string_view exit_code_help() noexcept;

} // namespace keywheel::cli
