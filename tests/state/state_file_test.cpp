#include "state/state_file.hpp"
#include "state/state_text.hpp"
#include "tests/catch.hpp"
#include "tests/scratch.hpp"
#include "tests/state/sample.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

using namespace keywheel;
using namespace keywheel::state;
using namespace keywheel::state::testing;
namespace fs = std::filesystem;

namespace {

void write(const fs::path& path, const std::string& text) {
  std::ofstream{path, std::ios::binary} << text;
}

std::string content_of(const fs::path& path) {
  std::ifstream file{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{file}, {}};
}

} // namespace

TEST_CASE("a state is saved for its owner alone and loaded again") {
  const scratch place;
  const auto path = state_path((place.root() / "a" / "b").string());
  CHECK(path == (place.root() / "a/b/state.json").string());
  CHECK(save(path, sample_state()).empty());
  CHECK(content_of(path) == sample_text());
  CHECK(fs::status(path).permissions() == (fs::perms::owner_read | fs::perms::owner_write));
  CHECK(fs::status(place.root() / "a").permissions() == fs::perms::owner_all);
  const auto loaded = load(path, noon());
  CHECK(loaded.warning.empty());
  CHECK(render(loaded.state) == sample_text());
  CHECK(save(path, {}).empty());
  CHECK(load(path, noon()).state == saved_state{});
  CHECK(place.names("a/b") == std::vector<std::string>{"state.json"});
}

TEST_CASE("no file is an empty state and no news") {
  const scratch place;
  for (const auto& path : {place.root() / "state.json", place.root() / "no" / "folder.json"}) {
    const auto loaded = load(path.string(), noon());
    CHECK(loaded.state == saved_state{});
    CHECK(loaded.warning.empty());
  }
  CHECK(place.names().empty());
}

TEST_CASE("a file that is damaged is set aside, with its reason") {
  struct row {
    std::string text;
    std::string problem;
  };
  const std::vector<row> rows{{"", "is no JSON, at byte 0"},
                              {sample_text().substr(0, 100), "is no JSON, at byte 100"},
                              {"{\"version\":7}", "is not of version 1"},
                              {"{\"version\":1}", "has no keys"},
                              {std::string(1000, '\xff'), "is no JSON, at byte 0"}};
  for (const auto& [text, problem] : rows) {
    const scratch place;
    const auto path = (place.root() / "state.json").string();
    write(path, text);
    const auto loaded = load(path, noon());
    CHECK(loaded.state == saved_state{});
    CHECK(loaded.warning
          == path + " " + problem + "; what was known is not remembered, it is kept as " + path
                 + ".damaged-20240501T120000Z");
    CHECK(place.names() == std::vector<std::string>{"state.json.damaged-20240501T120000Z"});
    CHECK(content_of(path + ".damaged-20240501T120000Z") == text);
    CHECK(load(path, noon()).warning.empty());
    CHECK(save(path, sample_state()).empty());
    CHECK(render(load(path, noon()).state) == sample_text());
  }
}

TEST_CASE("what is not a file of ours is left alone") {
  const scratch place;
  const auto path = (place.root() / "state.json").string();
  fs::create_directory(path);
  CHECK(load(path, noon()).warning
        == path + " is not a regular file; what was known is not remembered");
  CHECK(save(path, {}) == path + ": is not a regular file");
  CHECK(place.names() == std::vector<std::string>{"state.json"});
}

TEST_CASE("a file too large for any state is not read") {
  const scratch place;
  const auto path = (place.root() / "state.json").string();
  write(path, "");
  fs::resize_file(path, 17 * 1024 * 1024);
  CHECK(load(path, noon()).warning
        == path + " cannot be read: File too large; what was known is not remembered");
}

TEST_CASE("where nothing can be saved, the error names the place") {
  const scratch place;
  write(place.root() / "file", "in the way");
  const auto error = save((place.root() / "file" / "state.json").string(), sample_state());
  CHECK(error == (place.root() / "file").string() + ": File exists");
}
