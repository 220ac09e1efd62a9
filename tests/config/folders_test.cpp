#include "config/folders.hpp"
#include "tests/catch.hpp"
#include "tests/scratch.hpp"

#include <filesystem>
#include <fstream>

using namespace keywheel::config;
namespace fs = std::filesystem;

TEST_CASE("folders are made for their owner alone, and those that are there stay as they are") {
  const scratch place;
  fs::permissions(place.root(), fs::perms::owner_all | fs::perms::group_read);
  const auto inner = place.root() / "a" / "b";
  CHECK(make_private_folder(inner.string()).empty());
  CHECK(fs::status(inner).permissions() == fs::perms::owner_all);
  CHECK(fs::status(inner.parent_path()).permissions() == fs::perms::owner_all);
  CHECK(fs::status(place.root()).permissions() == (fs::perms::owner_all | fs::perms::group_read));
  CHECK(make_private_folder(inner.string()).empty());
  CHECK(make_private_folder("").empty());
  CHECK(make_private_folder("/").empty());
}

TEST_CASE("a file in the way of a folder is named") {
  const scratch place;
  const auto file = place.root() / "file";
  std::ofstream{file} << "in the way";
  CHECK(make_private_folder(file.string()) == file.string() + ": File exists");
  CHECK(make_private_folder((file / "x" / "y").string()) == file.string() + ": File exists");
}
