#include "state/audit_file.hpp"
#include "tests/catch.hpp"
#include "tests/scratch.hpp"

#include <sys/stat.h>

using namespace keywheel::state;

namespace {

using lines = std::vector<std::string>;

} // namespace

TEST_CASE("lines are appended to a file for its owner alone, and read newest first") {
  const scratch folder;
  const auto path = audit_path(folder.path("state"));
  CHECK(path == folder.path("state/audit.log"));
  CHECK(newest_lines(path, 10) == lines{});
  for (const auto* line : {"one", "two", "three"})
    CHECK(append_line(path, line).empty());
  CHECK(folder.read("state/audit.log") == "one\ntwo\nthree\n");
  CHECK(newest_lines(path, 10) == lines{"three", "two", "one"});
  CHECK(newest_lines(path, 2) == lines{"three", "two"});
  CHECK(newest_lines(path, 0) == lines{});
  struct stat found {};
  REQUIRE(::stat(path.c_str(), &found) == 0);
  CHECK((found.st_mode & 07777U) == 0600);
}

TEST_CASE("of a file that grew large its end is read, in whole lines") {
  const scratch folder;
  std::string text;
  const auto line = std::string(1023, 'x');
  for (int i = 0; i < 3000; ++i)
    text += line + "\n";
  folder.write("log", text + "last\n");
  const auto found = newest_lines(folder.path("log"), 100'000);
  CHECK(found.size() == 1024); // the last MiB cuts one line, and "last" takes its place
  CHECK(found.front() == "last");
  CHECK(found.back() == line);
}

TEST_CASE("a line that cannot be written is told") {
  const scratch folder;
  folder.write("file", "");
  CHECK(append_line(folder.path("file/audit.log"), "x") == folder.path("file") + ": File exists");
}
