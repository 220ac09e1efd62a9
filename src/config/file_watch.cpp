#include "config/file_watch.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <sys/inotify.h>
#include <system_error>
#include <unistd.h>

namespace keywheel::config {

namespace {

namespace fs = std::filesystem;

constexpr std::uint32_t events =
    IN_CLOSE_WRITE | IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_ATTRIB | IN_ONLYDIR;

/// As many links as the kernel itself follows (path_resolution(7)).
constexpr int most_links = 40;

} // namespace

std::vector<std::string> folders_towards(const std::string& file) {
  std::vector<std::string> result;
  const auto note = [&](const fs::path& folder) {
    if (std::find(result.begin(), result.end(), folder.string()) == result.end())
      result.push_back(folder.string());
  };
  std::error_code error;
  auto rest = fs::absolute(file, error).lexically_normal();
  fs::path walked = rest.root_path();
  rest = rest.relative_path();
  for (int links = 0; !rest.empty();) {
    const auto step = *rest.begin();
    const auto here = walked / step;
    fs::path remaining;
    for (auto i = std::next(rest.begin()); i != rest.end(); ++i)
      remaining /= *i;
    if (fs::is_symlink(here, error) && links++ < most_links) {
      note(walked);
      const auto target = (walked / fs::read_symlink(here, error)).lexically_normal() / remaining;
      walked = target.root_path();
      rest = target.relative_path();
      continue;
    }
    if (remaining.empty())
      note(walked);
    walked = here;
    rest = remaining;
  }
  return result;
}

file_watch::file_watch() : descriptor_(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC)) {
  if (descriptor_ < 0)
    throw std::system_error(errno, std::generic_category(), "inotify");
}

file_watch::~file_watch() {
  ::close(descriptor_);
}

void file_watch::follow(const std::vector<std::string>& files) {
  std::vector<std::pair<std::string, int>> next;
  for (const auto& file : files)
    for (auto& folder : folders_towards(file))
      // The kernel gives one number per folder however often it is asked.
      if (const auto number = ::inotify_add_watch(descriptor_, folder.c_str(), events); number >= 0)
        next.emplace_back(std::move(folder), number);
  for (const auto& [folder, number] : watched_) {
    const auto kept = std::any_of(next.begin(), next.end(),
                                  [n = number](const auto& entry) { return entry.second == n; });
    if (!kept)
      ::inotify_rm_watch(descriptor_, number);
  }
  watched_ = std::move(next);
}

void file_watch::drain() noexcept {
  alignas(inotify_event) std::array<char, 4096> buffer;
  while (::read(descriptor_, buffer.data(), buffer.size()) > 0) {
    // What exactly has changed does not matter: the files are compared with what is known.
  }
}

} // namespace keywheel::config
