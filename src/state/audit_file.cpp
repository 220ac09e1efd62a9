#include "state/audit_file.hpp"

#include "config/folders.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <unistd.h>

namespace keywheel::state {

namespace {

constexpr std::streamoff most_read = std::streamoff{1024} * 1024;

/// The last bytes of a file, from the beginning of a line on.
std::string tail_of(const std::string& path) {
  std::ifstream file{path, std::ios::binary | std::ios::ate};
  const auto size = static_cast<std::streamoff>(file.tellg());
  if (!file || size <= 0)
    return {};
  const auto length = std::min(size, most_read);
  std::string result(static_cast<std::size_t>(length), '\0');
  file.seekg(size - length);
  file.read(result.data(), length);
  result.resize(static_cast<std::size_t>(file.gcount()));
  if (length < size)
    result.erase(0, result.find('\n') + 1);
  return result;
}

} // namespace

std::string audit_path(const std::string& state_dir) {
  return state_dir + "/audit.log";
}

std::string append_line(const std::string& path, std::string_view line) {
  auto error = config::make_private_folder(std::filesystem::path{path}.parent_path().string());
  if (!error.empty())
    return error;
  const auto file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  const auto whole = std::string{line} + "\n";
  errno = 0;
  // In one piece: several processes may write here, and each line shall stay whole.
  const bool ok =
      file >= 0 && ::write(file, whole.data(), whole.size()) == static_cast<ssize_t>(whole.size());
  const auto code = errno;
  if (file >= 0)
    ::close(file);
  return ok ? std::string{}
            : path + ": " + std::generic_category().message(code == 0 ? ENOSPC : code);
}

std::vector<std::string> newest_lines(const std::string& path, std::size_t most) {
  const auto text = tail_of(path);
  std::vector<std::string> result;
  auto end = text.size();
  while (end > 0 && result.size() < most) {
    const auto feed = text.rfind('\n', end - 1);
    const auto begin = feed == std::string::npos ? 0 : feed + 1;
    if (begin < end)
      result.push_back(text.substr(begin, end - begin));
    end = feed == std::string::npos ? 0 : feed;
  }
  return result;
}

} // namespace keywheel::state
