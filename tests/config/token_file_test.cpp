#include "config/token_file.hpp"
#include "tests/catch.hpp"
#include "tests/scratch.hpp"

#include <filesystem>
#include <fstream>
#include <string>

using namespace keywheel;
namespace fs = std::filesystem;

TEST_CASE("a token is generated once and found again, for nobody else to read") {
  const scratch place;
  const auto path = config::token_path((place.root() / "state" / "keywheel").string());
  std::string error;
  const auto first = config::keep_token(path, error);
  CHECK(error.empty());
  CHECK(first.reveal().size() == 64);
  CHECK(config::keep_token(path, error) == first);
  CHECK(fs::status(path).permissions() == (fs::perms::owner_read | fs::perms::owner_write));
  CHECK(fs::status(place.root() / "state").permissions() == fs::perms::owner_all);

  const scratch other;
  CHECK_FALSE(config::keep_token(config::token_path(other.root().string()), error) == first);
}

TEST_CASE("a token that a person wrote is taken") {
  const scratch place;
  const auto path = config::token_path(place.root().string());
  std::ofstream{path} << "chosen-by-hand\n";
  std::string error;
  CHECK(config::keep_token(path, error).reveal() == "chosen-by-hand");
}

TEST_CASE("where no token can be kept, the error names the place") {
  const scratch place;
  std::ofstream{place.root() / "file"} << "in the way";
  std::string error;
  CHECK(config::keep_token((place.root() / "file" / "admin-token").string(), error).empty());
  CHECK(error.find((place.root() / "file").string()) != std::string::npos);
}
