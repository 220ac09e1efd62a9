#pragma once

#include <csignal>
#include <cstdio>
#include <stdexcept>
#include <string>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

/// A simulated provider in a process of its own: `keywheel simulate` on a free port.
class provider {
public:
  explicit provider(const char* program) {
    int ends[2];
    if (::pipe(ends) != 0)
      throw std::runtime_error("pipe");
    child_ = ::fork();
    if (child_ == 0) {
      ::dup2(ends[1], STDOUT_FILENO);
      ::execl(program, program, "simulate", "--listen", "127.0.0.1:0", nullptr);
      ::_exit(127);
    }
    ::close(ends[1]);
    // Its first line ends in the address: "… on http://127.0.0.1:41235/v1".
    std::string line;
    for (char c; ::read(ends[0], &c, 1) == 1 && c != '\n';)
      line.push_back(c);
    output_ = ends[0];
    url_ = line.substr(line.rfind(' ') + 1);
  }

  ~provider() {
    ::kill(child_, SIGTERM);
    ::waitpid(child_, nullptr, 0);
    ::close(output_);
  }

  provider(const provider&) = delete;
  provider& operator=(const provider&) = delete;

  const std::string& url() const { return url_; }

private:
  pid_t child_;
  int output_;
  std::string url_;
};
