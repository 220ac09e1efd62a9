#include "tests/cli/process_runner.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <poll.h>
#include <stdexcept>
#include <sys/wait.h>
#include <unistd.h>

namespace runner {

namespace {

constexpr int patience_ms = 60'000;

std::vector<std::string> environment_lines(const environment& with) {
  std::vector<std::string> result;
  // What sanitizers and coverage are told must reach the binary too.
  for (const char* name : {"PATH", "ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS", "TMPDIR"})
    if (const char* value = std::getenv(name); value != nullptr && with.count(name) == 0)
      result.push_back(std::string{name} + "=" + value);
  for (const auto& [name, value] : with)
    result.push_back(name + "=" + value);
  return result;
}

std::vector<char*> pointers(std::vector<std::string>& to) {
  std::vector<char*> result;
  for (auto& text : to)
    result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

std::array<int, 2> make_pipe() {
  std::array<int, 2> result{};
  if (::pipe2(result.data(), O_CLOEXEC) != 0)
    throw std::runtime_error("pipe2 failed");
  return result;
}

} // namespace

process::process(const std::vector<std::string>& arguments, const environment& with) {
  std::vector<std::string> command{KEYWHEEL_BINARY};
  command.insert(command.end(), arguments.begin(), arguments.end());
  auto variables = environment_lines(with);
  auto argv = pointers(command);
  auto envp = pointers(variables);
  auto out = make_pipe();
  auto err = make_pipe();
  child_ = ::fork();
  if (child_ < 0)
    throw std::runtime_error("fork failed");
  if (child_ == 0) {
    ::dup2(::open("/dev/null", O_RDONLY), STDIN_FILENO);
    ::dup2(out[1], STDOUT_FILENO);
    ::dup2(err[1], STDERR_FILENO);
    ::execve(KEYWHEEL_BINARY, argv.data(), envp.data());
    ::_exit(127);
  }
  ::close(out[1]);
  ::close(err[1]);
  out_ = out[0];
  err_ = err[0];
}

process::~process() {
  if (child_ > 0) {
    ::kill(child_, SIGKILL);
    ::waitpid(child_, nullptr, 0);
  }
  for (int descriptor : {out_, err_})
    if (descriptor >= 0)
      ::close(descriptor);
}

bool process::read_some() {
  if (out_ < 0 && err_ < 0)
    return false;
  ::pollfd waiting[2] = {{out_, POLLIN, 0}, {err_, POLLIN, 0}};
  int ready = ::poll(waiting, 2, patience_ms);
  if (ready == 0)
    throw std::runtime_error("the process says nothing\nstdout: " + out_text_
                             + "\nstderr: " + err_text_);
  auto take = [](const ::pollfd& from, int& descriptor, std::string& to) {
    if (from.revents == 0)
      return;
    char buffer[4096];
    auto size = ::read(descriptor, buffer, sizeof buffer);
    if (size > 0) {
      to.append(buffer, static_cast<std::size_t>(size));
    } else if (size == 0 || errno != EINTR) {
      ::close(descriptor);
      descriptor = -1;
    }
  };
  if (ready > 0) {
    take(waiting[0], out_, out_text_);
    take(waiting[1], err_, err_text_);
  }
  return true;
}

std::string process::await(const std::string& text, std::string process::*in) {
  while ((this->*in).find(text) == std::string::npos)
    if (!read_some())
      throw std::runtime_error("the process ended without saying \"" + text
                               + "\"\nstdout: " + out_text_ + "\nstderr: " + err_text_);
  return this->*in;
}

std::string process::await_output(const std::string& text) {
  return await(text, &process::out_text_);
}

std::string process::await_error(const std::string& text) {
  return await(text, &process::err_text_);
}

void process::signal(int number) const {
  ::kill(child_, number);
}

outcome process::finish() {
  while (read_some()) {
    // nop
  }
  int status = 0;
  while (::waitpid(child_, &status, 0) < 0 && errno == EINTR) {
    // nop
  }
  child_ = -1;
  return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), out_text_, err_text_};
}

outcome run(const std::vector<std::string>& arguments, const environment& with) {
  return process{arguments, with}.finish();
}

} // namespace runner
