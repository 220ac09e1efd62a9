#include "config/secret_file.hpp"

#include "config/folders.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <system_error>
#include <unistd.h>

namespace keywheel::config {

namespace {

namespace fs = std::filesystem;

/// Writes all of `text` through to the disk and closes the file. Returns 0 or an error number.
int write_and_close(int file, std::string_view text) {
  int code = 0;
  while (code == 0 && !text.empty()) {
    const auto done = ::write(file, text.data(), text.size());
    if (done >= 0)
      text.remove_prefix(static_cast<std::size_t>(done));
    else if (errno != EINTR)
      code = errno;
  }
  if (code == 0 && ::fsync(file) != 0)
    code = errno;
  if (::close(file) != 0 && code == 0)
    code = errno;
  return code;
}

} // namespace

std::string secrets_folder(const std::string& state_dir) {
  return (fs::absolute(state_dir) / "secrets").lexically_normal().string();
}

std::string free_secret_path(const std::string& state_dir, const std::string& provider,
                             const std::string& name) {
  const auto wanted = secrets_folder(state_dir) + "/" + provider + "." + name;
  auto result = wanted;
  std::error_code ignored;
  for (int number = 2; fs::exists(fs::symlink_status(result, ignored)); ++number)
    result = wanted + "." + std::to_string(number);
  return result;
}

std::string keep_secret(const std::string& path, const secret& what) {
  if (auto error = make_private_folder(fs::path{path}.parent_path().string()); !error.empty())
    return error;
  const auto file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  const auto code = file < 0 ? errno : write_and_close(file, what.reveal());
  if (code == 0)
    return {};
  if (file >= 0)
    ::unlink(path.c_str());
  return path + ": " + std::generic_category().message(code);
}

void remove_secrets(const std::string& state_dir, const std::vector<std::string>& files,
                    const std::vector<std::string>& still_used) {
  const auto folder = secrets_folder(state_dir);
  for (const auto& file : files) {
    const auto is_ours = fs::path{file}.lexically_normal().parent_path() == folder;
    if (is_ours && std::find(still_used.begin(), still_used.end(), file) == still_used.end())
      ::unlink(file.c_str());
  }
}

} // namespace keywheel::config
