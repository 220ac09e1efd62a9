#pragma once

#include <string>
#include <vector>

namespace keywheel::config {

/// Watches files by inotify(7), by way of the folders that lead to them: editors that write in
/// place, editors that rename a new file over the old one, and symbolic links that are swapped (as
/// Kubernetes mounts do) all change an entry of one of these folders. It may say "changed" too
/// often, never too seldom.
class file_watch {
public:
  /// Throws std::system_error if the kernel gives no inotify descriptor.
  file_watch();
  ~file_watch();
  file_watch(const file_watch&) = delete;
  file_watch& operator=(const file_watch&) = delete;

  /// Readable when something has changed.
  int descriptor() const noexcept { return descriptor_; }

  /// Watches these files from now on, and no others. To be called again after each change: a
  /// swapped link leads through other folders.
  void follow(const std::vector<std::string>& files);

  /// Takes what the descriptor has. Never blocks; may run on another thread than follow().
  void drain() noexcept;

private:
  int descriptor_;
  std::vector<std::pair<std::string, int>> watched_; // folder, watch number
};

/// The folders in which an entry decides what `file` is: its own, and those of every symbolic link
/// on the way to it, resolved. Missing parts end the walk.
std::vector<std::string> folders_towards(const std::string& file);

} // namespace keywheel::config
