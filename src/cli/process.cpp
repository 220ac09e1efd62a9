#include "cli/process.hpp"

#include <cerrno>
#include <csignal>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <system_error>
#include <unistd.h>

namespace keywheel::cli {

namespace {

sigset_t handled_signals() noexcept {
  sigset_t result;
  sigemptyset(&result);
  sigaddset(&result, SIGTERM);
  sigaddset(&result, SIGINT);
  sigaddset(&result, SIGHUP);
  return result;
}

} // namespace

void harden_process() noexcept {
  // Keys are in memory in clear: no core file may take them to disk, and no other process of the
  // same user may attach and read them.
  ::rlimit none{0, 0};
  ::setrlimit(RLIMIT_CORE, &none);
#if !defined(__SANITIZE_ADDRESS__)
  // The leak check at the end of an instrumented run attaches to its own threads.
  ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
  // Every call takes two descriptors, and the usual soft limit of 1024 is there for programs that
  // use select().
  ::rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur < files.rlim_max) {
    files.rlim_cur = files.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &files);
  }
}

signals::signals() {
  auto handled = handled_signals();
  std::signal(SIGPIPE, SIG_IGN);
  if (auto error = ::pthread_sigmask(SIG_BLOCK, &handled, nullptr); error != 0)
    throw std::system_error(error, std::generic_category(), "block signals");
  descriptor_ = ::signalfd(-1, &handled, SFD_CLOEXEC | SFD_NONBLOCK);
  if (descriptor_ < 0)
    throw std::system_error(errno, std::generic_category(), "signalfd");
}

signals::~signals() {
  release();
}

void signals::release() noexcept {
  if (descriptor_ < 0)
    return;
  ::close(descriptor_);
  descriptor_ = -1;
  auto handled = handled_signals();
  ::pthread_sigmask(SIG_UNBLOCK, &handled, nullptr);
}

int signals::next() const noexcept {
  ::signalfd_siginfo info{};
  return ::read(descriptor_, &info, sizeof info) == sizeof info ? static_cast<int>(info.ssi_signo)
                                                                : 0;
}

void signals::await_stop() const noexcept {
  ::pollfd waiting{descriptor_, POLLIN, 0};
  for (;;) {
    if (::poll(&waiting, 1, -1) < 0 && errno != EINTR)
      return;
    while (auto signal = next())
      if (asks_to_stop(signal))
        return;
  }
}

bool asks_to_stop(int signal) noexcept {
  return signal == SIGTERM || signal == SIGINT;
}

} // namespace keywheel::cli
