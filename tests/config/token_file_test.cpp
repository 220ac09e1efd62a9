#include "config/token_file.hpp"
#include "tests/catch.hpp"

#include <filesystem>
#include <fstream>
#include <stdlib.h>
#include <string>

using namespace keywheel;
namespace fs = std::filesystem;

namespace {

struct folder {
  folder() {
    std::string name = fs::temp_directory_path() / "keywheel-token-XXXXXX";
    path = ::mkdtemp(name.data());
  }
  ~folder() { fs::remove_all(path); }
  fs::path path;
};

} // namespace

TEST_CASE("a token is generated once and found again, for nobody else to read") {
  const folder place;
  const auto path = config::token_path((place.path / "state" / "keywheel").string());
  std::string error;
  const auto first = config::keep_token(path, error);
  CHECK(error.empty());
  CHECK(first.reveal().size() == 64);
  CHECK(config::keep_token(path, error) == first);
  CHECK(fs::status(path).permissions() == (fs::perms::owner_read | fs::perms::owner_write));
  CHECK(fs::status(place.path / "state").permissions() == fs::perms::owner_all);

  const folder other;
  CHECK_FALSE(config::keep_token(config::token_path(other.path.string()), error) == first);
}

TEST_CASE("a token that a person wrote is taken") {
  const folder place;
  const auto path = config::token_path(place.path.string());
  std::ofstream{path} << "chosen-by-hand\n";
  std::string error;
  CHECK(config::keep_token(path, error).reveal() == "chosen-by-hand");
}

TEST_CASE("where no token can be kept, the error names the place") {
  const folder place;
  std::ofstream{place.path / "file"} << "in the way";
  std::string error;
  CHECK(config::keep_token((place.path / "file" / "admin-token").string(), error).empty());
  CHECK(error.find((place.path / "file").string()) != std::string::npos);
}
