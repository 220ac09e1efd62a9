#include "tests/config/world.hpp"

#include "tests/catch.hpp"

using namespace keywheel::config;

surroundings world::surroundings() const {
  keywheel::config::surroundings result;
  result.environment = [this](const std::string& name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional{found->second};
  };
  result.read_file = [this](const std::string& path,
                            std::string& error) -> std::optional<std::string> {
    const auto found = files.find(path);
    if (found != files.end())
      return found->second;
    error = "No such file or directory";
    return std::nullopt;
  };
  return result;
}

load_result world::parse(const std::string& text) const {
  return keywheel::config::parse(text, "/etc/keywheel/kw.toml", surroundings());
}

std::vector<std::string> lines_of(const load_result& result) {
  std::vector<std::string> lines;
  for (auto what : result.problems) {
    CHECK(what.file == "/etc/keywheel/kw.toml");
    what.file.clear();
    const auto text = to_string(what);
    lines.push_back(what.line == 0 ? "0:0: " + text : text);
  }
  return lines;
}

config good(const std::string& text, const world& around) {
  const auto result = around.parse(text);
  CAPTURE(text);
  CHECK(lines_of(result) == std::vector<std::string>{});
  REQUIRE(result);
  return *result.value;
}
