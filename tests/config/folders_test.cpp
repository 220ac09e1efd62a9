#include "config/folders.hpp"
#include "tests/catch.hpp"

#include <filesystem>
#include <fstream>
#include <stdlib.h>

using namespace keywheel::config;
namespace fs = std::filesystem;

namespace {

struct folder {
  folder() {
    std::string name = fs::temp_directory_path() / "keywheel-folders-XXXXXX";
    path = ::mkdtemp(name.data());
  }
  ~folder() { fs::remove_all(path); }
  fs::path path;
};

} // namespace

TEST_CASE("folders are made for their owner alone, and those that are there stay as they are") {
  const folder place;
  fs::permissions(place.path, fs::perms::owner_all | fs::perms::group_read);
  const auto inner = place.path / "a" / "b";
  CHECK(make_private_folder(inner.string()).empty());
  CHECK(fs::status(inner).permissions() == fs::perms::owner_all);
  CHECK(fs::status(inner.parent_path()).permissions() == fs::perms::owner_all);
  CHECK(fs::status(place.path).permissions() == (fs::perms::owner_all | fs::perms::group_read));
  CHECK(make_private_folder(inner.string()).empty());
  CHECK(make_private_folder("").empty());
  CHECK(make_private_folder("/").empty());
}

TEST_CASE("a file in the way of a folder is named") {
  const folder place;
  const auto file = place.path / "file";
  std::ofstream{file} << "in the way";
  CHECK(make_private_folder(file.string()) == file.string() + ": File exists");
  CHECK(make_private_folder((file / "x" / "y").string()) == file.string() + ": File exists");
}
