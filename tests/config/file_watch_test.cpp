#include "config/file_watch.hpp"
#include "tests/catch.hpp"
#include "tests/scratch.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <poll.h>
#include <string>

using namespace keywheel;
namespace fs = std::filesystem;

namespace {

void write(const fs::path& file, const char* text) {
  std::ofstream{file} << text;
}

/// inotify tells at once: what has not come by now does not come.
bool told(config::file_watch& watch) {
  pollfd descriptor{watch.descriptor(), POLLIN, 0};
  const auto result = ::poll(&descriptor, 1, 0) == 1;
  watch.drain();
  return result;
}

} // namespace

TEST_CASE("a file that is written in place, replaced or removed is noticed") {
  const scratch place;
  const auto file = place.root() / "keywheel.toml";
  write(file, "a");
  config::file_watch watch;
  watch.follow({file.string()});
  CHECK_FALSE(told(watch));
  write(file, "b");
  CHECK(told(watch));
  CHECK_FALSE(told(watch));
  write(place.root() / "new", "c");
  watch.drain();
  fs::rename(place.root() / "new", file);
  CHECK(told(watch));
  fs::remove(file);
  CHECK(told(watch));
  write(file, "back");
  CHECK(told(watch));
}

TEST_CASE("a symbolic link on the way that is swapped is noticed, and followed") {
  const scratch place;
  // As Kubernetes mounts a config map: keywheel.toml -> ..data/keywheel.toml, ..data -> ..1.
  fs::create_directory(place.root() / "..1");
  fs::create_directory(place.root() / "..2");
  write(place.root() / "..1" / "keywheel.toml", "one");
  write(place.root() / "..2" / "keywheel.toml", "two");
  fs::create_symlink("..1", place.root() / "..data");
  fs::create_symlink("..data/keywheel.toml", place.root() / "keywheel.toml");
  const auto file = (place.root() / "keywheel.toml").string();

  const auto folders = config::folders_towards(file);
  CHECK(std::count(folders.begin(), folders.end(), place.root().string()) == 1);
  CHECK(std::count(folders.begin(), folders.end(), (place.root() / "..1").string()) == 1);

  config::file_watch watch;
  watch.follow({file});
  fs::create_symlink("..2", place.root() / "..data_tmp");
  watch.drain();
  fs::rename(place.root() / "..data_tmp", place.root() / "..data");
  CHECK(told(watch));
  watch.follow({file});
  write(place.root() / "..1" / "keywheel.toml", "old, and of no interest");
  watch.drain();
  write(place.root() / "..2" / "keywheel.toml", "three");
  CHECK(told(watch));
}

TEST_CASE("links that lead in a circle end the walk") {
  const scratch place;
  fs::create_symlink("b", place.root() / "a");
  fs::create_symlink("a", place.root() / "b");
  CHECK_FALSE(config::folders_towards((place.root() / "a").string()).empty());
}
