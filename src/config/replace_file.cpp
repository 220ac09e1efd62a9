#include "config/edit.hpp"

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <memory>
#include <sys/stat.h>
#include <system_error>
#include <thread>
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

/// An editor that has opened a file to write into it is given this long to do so.
constexpr std::chrono::milliseconds patience{250};

/// Waits until nobody has the file open, where the system can tell: it gives a lease then only
/// (fcntl(2)).
void wait_for_writers(const std::string& path) {
  const descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  if (!file.is_open())
    return;
  // Whoever opened it under the lease would make the system send SIGIO, which kills.
  if (::fcntl(file.number(), F_SETSIG, SIGURG) != 0)
    return;
  const auto give_up = std::chrono::steady_clock::now() + patience;
  while (::fcntl(file.number(), F_SETLEASE, F_WRLCK) != 0) {
    if (errno != EAGAIN || std::chrono::steady_clock::now() > give_up)
      return;
    std::this_thread::sleep_for(std::chrono::milliseconds{1});
  }
  ::fcntl(file.number(), F_SETLEASE, F_UNLCK);
}

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

  /// Writes it through to the disk; nothing more is written to it then.
  int finish() {
    if (::fsync(file_.number()) != 0)
      return errno;
    return file_.close();
  }

  /// Exchanges it with the file at `target`, both being there all the time.
  int exchange_with(const std::string& target) {
    return ::renameat2(AT_FDCWD, path_.c_str(), AT_FDCWD, target.c_str(), RENAME_EXCHANGE) == 0
               ? 0
               : errno;
  }

  /// What it holds once nobody has it open any more, or soon.
  std::optional<std::string> settled_content() const {
    wait_for_writers(path_);
    std::string ignored;
    return process_surroundings().read_file(path_, ignored);
  }

  int move_to(const std::string& target) {
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

/// What the file must hold to be replaced; null: anything.
using expectation = const std::string*;

bool holds(const std::string& path, const std::string& text) {
  std::string ignored;
  return process_surroundings().read_file(path, ignored) == text;
}

/// Adds to the end of a file, in one step as far as other writers can see.
int append(const std::string& path, std::string_view what) {
  const descriptor file{::open(path.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC)};
  if (!file.is_open())
    return errno;
  const auto done = ::write(file.number(), what.data(), what.size());
  return done == static_cast<ssize_t>(what.size()) ? 0 : (done < 0 ? errno : EIO);
}

/// Puts `fresh`, which holds `text`, in the place of a file that must hold `before`. Two files
/// are exchanged in one step, and what was there is looked at afterwards: so no time is left in
/// which somebody could write the file unnoticed.
int exchange(temporary_file& fresh, const std::string& target, const std::string& before,
             const std::string& text, bool& changed) {
  changed = !holds(target, before);
  if (changed)
    return 0;
  const auto code = fresh.exchange_with(target);
  if (code == EINVAL || code == ENOSYS) // not on this file system
    return fresh.move_to(target);
  if (code != 0)
    return code;
  changed = fresh.settled_content() != before;
  if (!changed)
    return 0;
  if (const auto back = fresh.exchange_with(target); back != 0)
    return back;
  const auto ours = fresh.settled_content();
  if (ours == text)
    return 0;
  // Somebody has written to ours while it was there. What was added goes along; what is written
  // anew is the newest.
  if (ours && ours->starts_with(text))
    return append(target, std::string_view{*ours}.substr(text.size()));
  return fresh.exchange_with(target);
}

replacement replace(const std::string& path, expectation before, const std::string& text) {
  int code = 0;
  const auto target = resolve(path, code);
  if (target.empty())
    return {failure(path, code), false};
  struct stat old {};
  const bool exists = ::stat(target.c_str(), &old) == 0;
  if (exists && !S_ISREG(old.st_mode))
    return {path + ": is not a regular file", false};
  // A rename asks for no right to the file itself, but whoever made it read-only meant something.
  if (exists && ::faccessat(AT_FDCWD, target.c_str(), W_OK, AT_EACCESS) != 0)
    return {failure(path, errno), false};
  temporary_file fresh{target};
  if (!fresh.is_open())
    return {failure(path, errno), false};
  code = fresh.write(text);
  if (code == 0 && exists)
    code = fresh.resemble(old);
  if (code == 0)
    code = fresh.finish();
  bool changed = false;
  if (code == 0)
    code = before ? exchange(fresh, target, *before, text, changed) : fresh.move_to(target);
  if (code == 0)
    code = sync_directory(std::filesystem::path{target}.parent_path());
  return {code == 0 ? std::string{} : failure(path, code), changed};
}

} // namespace

std::string replace_file(const std::string& path, const std::string& text) {
  return replace(path, nullptr, text).error;
}

replacement replace_file(const std::string& path, const std::string& before,
                         const std::string& text) {
  return replace(path, &before, text);
}

} // namespace keywheel::config
