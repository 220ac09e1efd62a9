#include "config/folders.hpp"

#include <cerrno>
#include <filesystem>
#include <sys/stat.h>
#include <system_error>

namespace keywheel::config {

std::string make_private_folder(const std::string& path) {
  const std::filesystem::path folder{path};
  std::error_code code;
  if (folder.empty() || std::filesystem::is_directory(folder, code))
    return {};
  if (folder.has_relative_path()) {
    auto error = make_private_folder(folder.parent_path().string());
    if (!error.empty())
      return error;
  }
  if (::mkdir(folder.c_str(), 0700) == 0)
    return {};
  const auto reason = errno;
  if (std::filesystem::is_directory(folder, code)) // made by somebody else meanwhile
    return {};
  return path + ": " + std::generic_category().message(reason);
}

} // namespace keywheel::config
