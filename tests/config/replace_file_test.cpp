#include "config/edit.hpp"
#include "tests/catch.hpp"
#include "tests/scratch.hpp"

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

using keywheel::config::replace_file;
namespace fs = std::filesystem;

namespace {

void write(const std::string& path, const std::string& text) {
  std::ofstream{path} << text;
}

std::string read(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream{path}.rdbuf();
  return text.str();
}

unsigned mode_of(const std::string& path) {
  struct stat found {};
  CHECK(::stat(path.c_str(), &found) == 0);
  return found.st_mode & 07777U;
}

using name_list = std::vector<std::string>;

} // namespace

TEST_CASE("a file is replaced as a whole and keeps its mode") {
  const scratch folder;
  const auto path = folder.path("kw.toml");
  write(path, "old text that is longer");
  REQUIRE(::chmod(path.c_str(), 0640) == 0);
  struct stat before {};
  REQUIRE(::stat(path.c_str(), &before) == 0);
  const std::string text = std::string(300'000, 'x') + "\n";
  CHECK(replace_file(path, text).empty());
  CHECK(read(path) == text);
  CHECK(mode_of(path) == 0640);
  struct stat after {};
  REQUIRE(::stat(path.c_str(), &after) == 0);
  CHECK(after.st_ino != before.st_ino);
  CHECK(after.st_uid == before.st_uid);
  CHECK(after.st_gid == before.st_gid);
  CHECK(folder.names() == name_list{"kw.toml"});
}

TEST_CASE("a reader that has the old file open goes on with the old text") {
  const scratch folder;
  const auto path = folder.path("kw.toml");
  write(path, "old");
  std::ifstream reader{path};
  CHECK(replace_file(path, "new").empty());
  std::string seen;
  reader >> seen;
  CHECK(seen == "old");
  CHECK(read(path) == "new");
}

TEST_CASE("symbolic links stay and their target is replaced where it is") {
  const scratch folder;
  fs::create_directory(folder.path("real"));
  write(folder.path("real/kw.toml"), "old");
  fs::create_directory_symlink("real", folder.path("data"));
  fs::create_symlink("data/kw.toml", folder.path("kw.toml"));
  CHECK(replace_file(folder.path("kw.toml"), "new").empty());
  CHECK(fs::is_symlink(folder.path("kw.toml")));
  CHECK(fs::is_symlink(folder.path("data")));
  CHECK_FALSE(fs::is_symlink(folder.path("real/kw.toml")));
  CHECK(read(folder.path("real/kw.toml")) == "new");
  CHECK(folder.names() == name_list{"data", "kw.toml", "real"});
}

TEST_CASE("a new file is its owner's alone") {
  const scratch folder;
  CHECK(replace_file(folder.path("kw.toml"), "new").empty());
  CHECK(read(folder.path("kw.toml")) == "new");
  CHECK(mode_of(folder.path("kw.toml")) == 0600);
}

TEST_CASE("what cannot be replaced is left alone, and the error says what it was") {
  const scratch folder;
  fs::create_directory(folder.path("directory"));
  fs::create_symlink("nowhere", folder.path("dangling"));
  fs::create_symlink("loop", folder.path("loop"));
  write(folder.path("file"), "text");
  const auto error_of = [&folder](const std::string& name) {
    return replace_file(folder.path(name), "new").substr((folder.path("")).size());
  };
  CHECK(error_of("missing/kw.toml") == "missing/kw.toml: No such file or directory");
  CHECK(error_of("file/kw.toml") == "file/kw.toml: Not a directory");
  CHECK(error_of("dangling") == "dangling: No such file or directory");
  CHECK(error_of("loop") == "loop: Too many levels of symbolic links");
  CHECK(error_of("directory") == "directory: is not a regular file");
  CHECK(folder.names() == name_list{"dangling", "directory", "file", "loop"});
  CHECK(read(folder.path("file")) == "text");
}

TEST_CASE("a file or folder that is read-only is respected") {
  if (::geteuid() == 0)
    return; // nothing is read-only to root
  const scratch folder;
  write(folder.path("file"), "text");
  REQUIRE(::chmod((folder.path("file")).c_str(), 0444) == 0);
  CHECK(replace_file(folder.path("file"), "new") == (folder.path("file")) + ": Permission denied");
  REQUIRE(::chmod((folder.path("file")).c_str(), 0644) == 0);
  REQUIRE(::chmod((folder.path("")).c_str(), 0555) == 0);
  CHECK(replace_file(folder.path("file"), "new") == (folder.path("file")) + ": Permission denied");
  REQUIRE(::chmod((folder.path("")).c_str(), 0755) == 0);
  CHECK(read(folder.path("file")) == "text");
}

TEST_CASE("a file is replaced only if it holds what it was read as") {
  const scratch folder;
  const auto path = folder.path("kw.toml");
  write(path, "old");
  REQUIRE(::chmod(path.c_str(), 0640) == 0);
  const auto refused = replace_file(path, "older", "new");
  CHECK(refused.changed);
  CHECK(refused.error.empty());
  CHECK(read(path) == "old");
  const auto done = replace_file(path, "old", "new");
  CHECK_FALSE(done.changed);
  CHECK(done.error.empty());
  CHECK(read(path) == "new");
  CHECK(mode_of(path) == 0640);
  CHECK(folder.names() == name_list{"kw.toml"});
  CHECK(replace_file(folder.path("no/kw.toml"), "", "x").error
        == (folder.path("no/kw.toml")) + ": No such file or directory");
}

TEST_CASE("whoever has the file open to write into it is waited for") {
  const scratch folder;
  const auto path = folder.path("kw.toml");
  write(path, "old");
  std::ofstream editor{path, std::ios::app};
  const auto inode = [&path] {
    struct stat found {};
    return ::stat(path.c_str(), &found) == 0 ? found.st_ino : 0;
  };
  std::atomic<bool> finished{false};
  std::thread hand{[&, before = inode()] {
    // Once the file has been exchanged, what is written here goes to the one that was there before.
    while (inode() == before && !finished)
      std::this_thread::yield();
    editor << " and more";
    editor.close();
  }};
  const auto done = replace_file(path, "old", "new");
  finished = true;
  hand.join();
  CHECK(done.changed);
  CHECK(read(path) == "old and more");
  CHECK(folder.names() == name_list{"kw.toml"});
}
