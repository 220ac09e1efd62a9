#include "state/state_file.hpp"
#include "state/state_text.hpp"
#include "tests/catch.hpp"
#include "tests/state/sample.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdlib.h>

using namespace keywheel;
using namespace keywheel::state;
using namespace keywheel::state::testing;
namespace fs = std::filesystem;

namespace {

struct folder {
  folder() {
    std::string name = fs::temp_directory_path() / "keywheel-state-XXXXXX";
    path = ::mkdtemp(name.data());
  }
  ~folder() { fs::remove_all(path); }
  fs::path path;
};

void write(const fs::path& path, const std::string& text) {
  std::ofstream{path, std::ios::binary} << text;
}

std::string content_of(const fs::path& path) {
  std::ifstream file{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{file}, {}};
}

std::vector<std::string> names_in(const fs::path& path) {
  std::vector<std::string> result;
  for (const auto& entry : fs::directory_iterator{path})
    result.push_back(entry.path().filename());
  std::sort(result.begin(), result.end());
  return result;
}

} // namespace

TEST_CASE("a state is saved for its owner alone and loaded again") {
  const folder place;
  const auto path = state_path((place.path / "a" / "b").string());
  CHECK(path == (place.path / "a/b/state.json").string());
  CHECK(save(path, sample_state()).empty());
  CHECK(content_of(path) == sample_text());
  CHECK(fs::status(path).permissions() == (fs::perms::owner_read | fs::perms::owner_write));
  CHECK(fs::status(place.path / "a").permissions() == fs::perms::owner_all);
  const auto loaded = load(path, noon());
  CHECK(loaded.warning.empty());
  CHECK(render(loaded.state) == sample_text());
  CHECK(save(path, {}).empty());
  CHECK(load(path, noon()).state == saved_state{});
  CHECK(names_in(place.path / "a" / "b") == std::vector<std::string>{"state.json"});
}

TEST_CASE("no file is an empty state and no news") {
  const folder place;
  for (const auto& path : {place.path / "state.json", place.path / "no" / "folder.json"}) {
    const auto loaded = load(path.string(), noon());
    CHECK(loaded.state == saved_state{});
    CHECK(loaded.warning.empty());
  }
  CHECK(names_in(place.path).empty());
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
    const folder place;
    const auto path = (place.path / "state.json").string();
    write(path, text);
    const auto loaded = load(path, noon());
    CHECK(loaded.state == saved_state{});
    CHECK(loaded.warning
          == path + " " + problem + "; what was known is not remembered, it is kept as " + path
                 + ".damaged-20240501T120000Z");
    CHECK(names_in(place.path) == std::vector<std::string>{"state.json.damaged-20240501T120000Z"});
    CHECK(content_of(path + ".damaged-20240501T120000Z") == text);
    CHECK(load(path, noon()).warning.empty());
    CHECK(save(path, sample_state()).empty());
    CHECK(render(load(path, noon()).state) == sample_text());
  }
}

TEST_CASE("what is not a file of ours is left alone") {
  const folder place;
  const auto path = (place.path / "state.json").string();
  fs::create_directory(path);
  CHECK(load(path, noon()).warning
        == path + " is not a regular file; what was known is not remembered");
  CHECK(save(path, {}) == path + ": is not a regular file");
  CHECK(names_in(place.path) == std::vector<std::string>{"state.json"});
}

TEST_CASE("a file too large for any state is not read") {
  const folder place;
  const auto path = (place.path / "state.json").string();
  write(path, "");
  fs::resize_file(path, 17 * 1024 * 1024);
  CHECK(load(path, noon()).warning
        == path + " cannot be read: File too large; what was known is not remembered");
}

TEST_CASE("where nothing can be saved, the error names the place") {
  const folder place;
  write(place.path / "file", "in the way");
  const auto error = save((place.path / "file" / "state.json").string(), sample_state());
  CHECK(error == (place.path / "file").string() + ": File exists");
}
