#pragma once

#include <map>
#include <string>
#include <sys/types.h>
#include <vector>

/// Runs the real binary.
namespace runner {

/// Environment variables to set; those of the tests' own process that could matter are never passed
/// on.
using environment = std::map<std::string, std::string>;

/// What a finished process left.
struct outcome {
  int status = -1; ///< exit code, or 128 + the signal that ended it
  std::string out;
  std::string err;
};

/// A running process. One that is still there at the end of a test is killed.
class process {
public:
  explicit process(const std::vector<std::string>& arguments, const environment& with = {});
  ~process();
  process(const process&) = delete;
  process& operator=(const process&) = delete;

  /// Waits until `text` has appeared on standard output and returns all of it so far. Throws if
  /// the process closes its output first or says nothing for a minute.
  std::string await_output(const std::string& text);
  std::string await_error(const std::string& text);

  void signal(int number) const;

  /// Waits for the end.
  outcome finish();

private:
  std::string await(const std::string& text, std::string process::*in);
  bool read_some();

  pid_t child_ = -1;
  int out_ = -1;
  int err_ = -1;
  std::string out_text_;
  std::string err_text_;
};

/// Runs the binary to its end.
outcome run(const std::vector<std::string>& arguments, const environment& with = {});

} // namespace runner
