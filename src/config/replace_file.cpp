#include "config/edit.hpp"

#include <cerrno>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <memory>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace keywheel::config {

namespace {

std::string failure(const std::string& path, int code) {
  auto result = path + ": " + std::generic_category().message(code);
  if (code == EBUSY)
    result += " (if the file itself is mounted, mount its folder instead)";
  return result;
}

/// A descriptor, closed when it goes.
class descriptor {
public:
  explicit descriptor(int number) : number_(number) {}
  descriptor(const descriptor&) = delete;
  descriptor& operator=(const descriptor&) = delete;
  ~descriptor() {
    if (number_ >= 0)
      ::close(number_);
  }
  int number() const noexcept { return number_; }
  bool is_open() const noexcept { return number_ >= 0; }

  /// Closes it now. Returns 0 or an error number.
  int close() {
    const int result = ::close(number_);
    number_ = -1;
    return result == 0 ? 0 : errno;
  }

private:
  int number_;
};

/// A file that is removed when it goes, unless it was moved to its place.
class temporary_file {
public:
  /// Creates one beside `target`, its owner's alone (it may hold secrets); not open if that failed.
  explicit temporary_file(const std::filesystem::path& target)
      : path_((target.parent_path() / ("." + target.filename().string() + ".XXXXXX")).string()),
        file_(::mkostemp(path_.data(), O_CLOEXEC)) {}
  temporary_file(const temporary_file&) = delete;
  temporary_file& operator=(const temporary_file&) = delete;
  ~temporary_file() {
    if (exists_)
      ::unlink(path_.c_str());
  }

  bool is_open() const noexcept { return file_.is_open(); }

  /// Writes `text` through to the disk. Returns 0 or an error number, as the others do.
  int write(std::string_view text) {
    while (!text.empty()) {
      const auto done = ::write(file_.number(), text.data(), text.size());
      if (done < 0 && errno == EINTR)
        continue;
      if (done < 0)
        return errno;
      text.remove_prefix(static_cast<std::size_t>(done));
    }
    return 0;
  }

  /// Takes over owner, group and mode as far as this process may set them.
  int resemble(const struct stat& old) {
    auto mode = old.st_mode & 07777U;
    if (::fchown(file_.number(), old.st_uid, old.st_gid) != 0
        && ::fchown(file_.number(), static_cast<uid_t>(-1), old.st_gid) != 0)
      mode &= ~static_cast<mode_t>(070); // what the old group could do is not for another one
    return ::fchmod(file_.number(), mode) == 0 ? 0 : errno;
  }

  int move_to(const std::string& target) {
    if (::fsync(file_.number()) != 0)
      return errno;
    if (const int code = file_.close(); code != 0)
      return code;
    if (::rename(path_.c_str(), target.c_str()) != 0)
      return errno;
    exists_ = false;
    return 0;
  }

private:
  std::string path_;
  descriptor file_;
  bool exists_ = file_.is_open();
};

/// Writes a directory's entries to the disk, where its file system knows how to.
int sync_directory(const std::filesystem::path& directory) {
  const descriptor opened{::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (!opened.is_open())
    return errno;
  return ::fsync(opened.number()) == 0 || errno == EINVAL ? 0 : errno;
}

/// Follows symbolic links to the file itself. A file that does not exist yet is its own target, but
/// a link that leads nowhere is a mistake. Empty on failure, with the reason in `code`.
std::string resolve(const std::string& path, int& code) {
  const std::unique_ptr<char, void (*)(void*)> real{::realpath(path.c_str(), nullptr), std::free};
  if (real)
    return real.get();
  code = errno;
  struct stat link {};
  const bool is_new = code == ENOENT && ::lstat(path.c_str(), &link) != 0 && errno == ENOENT;
  return is_new ? std::filesystem::absolute(path).string() : std::string{};
}

} // namespace

std::string replace_file(const std::string& path, const std::string& text) {
  int code = 0;
  const auto target = resolve(path, code);
  if (target.empty())
    return failure(path, code);
  struct stat old {};
  const bool exists = ::stat(target.c_str(), &old) == 0;
  if (exists && !S_ISREG(old.st_mode))
    return path + ": is not a regular file";
  // A rename asks for no right to the file itself, but whoever made it read-only meant something.
  if (exists && ::faccessat(AT_FDCWD, target.c_str(), W_OK, AT_EACCESS) != 0)
    return failure(path, errno);
  temporary_file replacement{target};
  if (!replacement.is_open())
    return failure(path, errno);
  code = replacement.write(text);
  if (code == 0 && exists)
    code = replacement.resemble(old);
  if (code == 0)
    code = replacement.move_to(target);
  if (code == 0)
    code = sync_directory(std::filesystem::path{target}.parent_path());
  return code == 0 ? std::string{} : failure(path, code);
}

} // namespace keywheel::config
