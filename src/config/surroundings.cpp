#include "config/load.hpp"

#include <array>
#include <cerrno>
#include <cstdlib>
#include <fcntl.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace keywheel::config {

namespace {

/// Far more than any configuration; a wrong path such as /dev/zero must not fill the memory.
constexpr std::size_t largest_file = std::size_t{16} * 1024 * 1024;

std::string reason_of(int code) {
  return std::generic_category().message(code);
}

/// Reads to the end of `file`. Returns 0 or an error number.
int read_all(int file, std::string& into) {
  std::array<char, 16'384> buffer{};
  for (;;) {
    const auto got = ::read(file, buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR)
      continue;
    if (got < 0)
      return errno;
    if (got == 0)
      return 0;
    into.append(buffer.data(), static_cast<std::size_t>(got));
    if (into.size() > largest_file)
      return EFBIG;
  }
}

std::optional<std::string> read_file(const std::string& path, std::string& error) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) {
    error = reason_of(errno);
    return std::nullopt;
  }
  std::string result;
  const int code = read_all(file, result);
  ::close(file);
  if (code != 0) {
    error = reason_of(code);
    return std::nullopt;
  }
  return result;
}

std::optional<std::string> environment(const std::string& name) {
  // Nothing in this program or in a reasonable host changes variables while threads run.
  const char* value = std::getenv(name.c_str()); // NOLINT(concurrency-mt-unsafe)
  return value ? std::optional<std::string>{value} : std::nullopt;
}

} // namespace

const surroundings& process_surroundings() {
  static const surroundings result{environment, read_file};
  return result;
}

} // namespace keywheel::config
