#include "config/file_watch.hpp"
#include "tests/catch.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <poll.h>
#include <stdlib.h>
#include <string>

using namespace keywheel;
namespace fs = std::filesystem;

namespace {

struct folder {
  folder() {
    std::string name = fs::canonical(fs::temp_directory_path()) / "keywheel-watch-XXXXXX";
    path = ::mkdtemp(name.data());
  }
  ~folder() { fs::remove_all(path); }
  fs::path path;
};

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
  const folder place;
  const auto file = place.path / "keywheel.toml";
  write(file, "a");
  config::file_watch watch;
  watch.follow({file.string()});
  CHECK_FALSE(told(watch));
  write(file, "b");
  CHECK(told(watch));
  CHECK_FALSE(told(watch));
  write(place.path / "new", "c");
  watch.drain();
  fs::rename(place.path / "new", file);
  CHECK(told(watch));
  fs::remove(file);
  CHECK(told(watch));
  write(file, "back");
  CHECK(told(watch));
}

TEST_CASE("a symbolic link on the way that is swapped is noticed, and followed") {
  const folder place;
  // As Kubernetes mounts a config map: keywheel.toml -> ..data/keywheel.toml, ..data -> ..1.
  fs::create_directory(place.path / "..1");
  fs::create_directory(place.path / "..2");
  write(place.path / "..1" / "keywheel.toml", "one");
  write(place.path / "..2" / "keywheel.toml", "two");
  fs::create_symlink("..1", place.path / "..data");
  fs::create_symlink("..data/keywheel.toml", place.path / "keywheel.toml");
  const auto file = (place.path / "keywheel.toml").string();

  const auto folders = config::folders_towards(file);
  CHECK(std::count(folders.begin(), folders.end(), place.path.string()) == 1);
  CHECK(std::count(folders.begin(), folders.end(), (place.path / "..1").string()) == 1);

  config::file_watch watch;
  watch.follow({file});
  fs::create_symlink("..2", place.path / "..data_tmp");
  watch.drain();
  fs::rename(place.path / "..data_tmp", place.path / "..data");
  CHECK(told(watch));
  watch.follow({file});
  write(place.path / "..1" / "keywheel.toml", "old, and of no interest");
  watch.drain();
  write(place.path / "..2" / "keywheel.toml", "three");
  CHECK(told(watch));
}

TEST_CASE("links that lead in a circle end the walk") {
  const folder place;
  fs::create_symlink("b", place.path / "a");
  fs::create_symlink("a", place.path / "b");
  CHECK_FALSE(config::folders_towards((place.path / "a").string()).empty());
}
