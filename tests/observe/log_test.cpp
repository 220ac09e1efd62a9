#include "observe/log.hpp"
#include "tests/catch.hpp"

#include <spdlog/spdlog.h>

using namespace keywheel::observe;

TEST_CASE("a silent logger says nothing and is known to nobody") {
  const auto log = silent();
  REQUIRE(log);
  CHECK_FALSE(log->should_log(spdlog::level::critical));
  log->critical("unheard");
  CHECK(spdlog::get(log->name()) == nullptr);
}

TEST_CASE("text for a log stays in its line") {
  const std::pair<std::string, const char*> rows[] = {
      {"", ""},
      {"plain text", "plain text"},
      {"a\nb\r\nc", R"(a\nb\x0d\nc)"},
      {"\x1b[2J", R"(\x1b[2J)"},
      {"tab\tbell\a", R"(tab\x09bell\x07)"},
      {std::string{"a\0b", 3}, R"(a\x00b)"},
      {"say \"x\\n\"", R"(say \"x\\n\")"},
      {"\x7f", R"(\x7f)"},
      {"\xc2\x9b"
       "31m",
       R"(\xc2\x9b31m)"}, // the one-byte escape sequence of some terminals
      {"\xff", R"(\xff)"},
  };
  for (const auto& [text, expected] : rows) {
    CAPTURE(expected);
    CHECK(one_line(text) == expected);
  }
}

TEST_CASE("long text for a log is cut") {
  CHECK(one_line(std::string(256, 'x')) == std::string(256, 'x'));
  CHECK(one_line(std::string(257, 'x')) == std::string(256, 'x') + "...");
  CHECK(one_line("abcdef", 3) == "abc...");
}
