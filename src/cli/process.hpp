#pragma once

/// How the process stands towards its system: signals, limits, core files.
namespace keywheel::cli {

/// Keeps secrets out of core files and raises the number of open files to what is allowed. Called
/// before a secret is read.
void harden_process() noexcept;

/// Takes SIGTERM, SIGINT and SIGHUP out of the hands of their default actions, for this thread and
/// every one that is started later, and makes them readable from a descriptor. SIGPIPE is ignored.
/// Made before the first thread.
class signals {
public:
  signals();
  ~signals();
  signals(const signals&) = delete;
  signals& operator=(const signals&) = delete;

  /// Readable when a signal is waiting.
  int descriptor() const noexcept { return descriptor_; }

  /// The signal that is waiting; 0 if there is none.
  int next() const noexcept;

  /// Waits until SIGTERM or SIGINT comes.
  void await_stop() const noexcept;

  /// Gives the signals their default actions back: one that comes while the process cleans up ends
  /// it at once.
  void release() noexcept;

private:
  int descriptor_ = -1;
};

/// True for the signals that ask a process to end.
bool asks_to_stop(int signal) noexcept;

} // namespace keywheel::cli
