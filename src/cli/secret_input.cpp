#include "cli/secret_input.hpp"

#include <iostream>
#include <termios.h>
#include <unistd.h>

namespace keywheel::cli {

namespace {

/// While it lives, what is typed is not shown.
class silence {
public:
  silence() : used_(::tcgetattr(STDIN_FILENO, &before_) == 0) {
    if (!used_)
      return;
    auto silent = before_;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
  }
  ~silence() {
    if (used_)
      ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
  }
  silence(const silence&) = delete;
  silence& operator=(const silence&) = delete;

private:
  ::termios before_{};
  bool used_;
};

} // namespace

std::string read_secret(const std::string& prompt) {
  const bool typed = ::isatty(STDIN_FILENO) != 0;
  std::string line;
  {
    const silence quiet;
    if (typed)
      std::cerr << prompt << std::flush;
    std::getline(std::cin, line);
  }
  if (typed)
    std::cerr << '\n';
  constexpr const char* blanks = " \t\r\n";
  const auto begin = line.find_first_not_of(blanks);
  return begin == std::string::npos ? std::string{}
                                    : line.substr(begin, line.find_last_not_of(blanks) + 1 - begin);
}

} // namespace keywheel::cli
