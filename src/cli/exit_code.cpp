#include "cli/exit_code.hpp"

namespace keywheel::cli {

exit_code exit_code_for(long status) noexcept {
  if (status >= 200 && status < 300)
    return exit_code::ok;
  if (status >= 400 && status < 500)
    return exit_code::refused;
  return exit_code::failed;
}

std::string_view exit_code_help() noexcept {
  return "Exit codes:\n"
         "  0  done\n"
         "  1  the command failed (a bad configuration, a port in use)\n"
         "  2  wrong usage\n"
         "  3  no gateway answers at the admin address\n"
         "  4  the gateway refused (wrong token, unknown key, bad request)\n";
}

} // namespace keywheel::cli
