#include "config/load.hpp"
#include "tests/catch.hpp"
#include "tests/config/world.hpp"

using namespace keywheel::config;

namespace {

load_result read(const std::string& section) {
  return world{}.parse("[log]\n" + section);
}

} // namespace

TEST_CASE("how to log") {
  const auto silent = read("");
  REQUIRE(silent.value);
  CHECK(silent.value->log == log_config{});
  const auto all = read("format = \"json\"\nlevel = \"debug\"\nfile = \"k.log\"\nmax_size = "
                        "\"1MiB\"\nmax_files = 9\nprompts = true\n");
  REQUIRE(all.value);
  CHECK(all.value->log
        == log_config{true, log_level::debug, "/etc/keywheel/k.log", 1024 * 1024, 9, true});
}

TEST_CASE("mistakes about logs are told where they stand") {
  for (const auto* bad :
       {"format = \"xml\"", "level = \"loud\"", "level = 3", "max_size = \"4095B\"",
        "max_files = 0", "max_files = 1001", "prompts = \"yes\"", "colour = true"}) {
    CAPTURE(bad);
    const auto found = read(bad);
    CHECK_FALSE(found.value);
    REQUIRE(found.problems.size() == 1);
    CHECK(found.problems[0].line == 2);
  }
}
