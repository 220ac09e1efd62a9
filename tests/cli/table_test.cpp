#include "cli/table.hpp"
#include "tests/catch.hpp"

#include <sstream>

using namespace keywheel::cli;

namespace {

table sample() {
  table result{{{"KEY", column::side::left, 6},
                {"STATE", column::side::left},
                {"N", column::side::right},
                {"NOTE", column::side::left, 0, true}}};
  result.add({"openai/team-alpha", "available", "7", "sk-…a1b2"});
  result.add({"openai/b", "cooling", "1234", "sk-…ffff"});
  return result;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> result;
  std::istringstream in{text};
  for (std::string line; std::getline(in, line);)
    result.push_back(line);
  return result;
}

} // namespace

TEST_CASE("a table without a limit aligns its columns and ends lines without blanks") {
  CHECK(sample().text({})
        == "KEY                STATE         N  NOTE\n"
           "openai/team-alpha  available     7  sk-…a1b2\n"
           "openai/b           cooling    1234  sk-…ffff\n");
}

TEST_CASE("a table that fits is left as it is") {
  CHECK(sample().text({200}) == sample().text({}));
}

TEST_CASE("long cells are shortened before a column is left out") {
  auto text = sample().text({38});
  CHECK(text
        == "KEY          STATE         N  NOTE\n"
           "openai/tea…  available     7  sk-…a1b2\n"
           "openai/b     cooling    1234  sk-…ffff\n");
}

TEST_CASE(
    "optional columns go when shortening does not suffice, and the others get their room back") {
  CHECK(sample().text({25})
        == "KEY       STATE         N\n"
           "openai/…  available     7\n"
           "openai/b  cooling    1234\n");
  // 6 + 2 + 9 + 2 + 4 characters are the least; below that, lines are cut.
  CHECK(sample().text({23})
        == "KEY     STATE         N\n"
           "opena…  available     7\n"
           "opena…  cooling    1234\n");
}

TEST_CASE("no line is wider than the terminal, whatever its width") {
  for (std::size_t width = 1; width < 60; ++width)
    for (const auto& line : lines_of(sample().text({width})))
      CHECK(display_width(line) <= width);
}

TEST_CASE("control characters in a cell cannot reach the terminal") {
  table rows{{{"NAME"}}};
  rows.add({"a\x1b[2Jb\nc"});
  CHECK(rows.text({}) == "NAME\na [2Jb c\n");
}

TEST_CASE("missing cells are empty") {
  table rows{{{"A"}, {"B"}}};
  rows.add({"x"});
  CHECK(rows.text({}) == "A  B\nx\n");
}

TEST_CASE("shorten counts characters, not bytes") {
  CHECK(shorten("äöü", 3) == "äöü");
  CHECK(shorten("äöüß", 3) == "äö…");
  CHECK(shorten("ab", 1) == "…");
  CHECK(shorten("ab", 0).empty());
  CHECK(display_width("sk-…a1b2") == 8);
}
