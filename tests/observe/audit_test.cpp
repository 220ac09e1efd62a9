#include "observe/audit.hpp"
#include "tests/catch.hpp"

using namespace keywheel;
using namespace keywheel::observe;

TEST_CASE("an accepted change is one line of JSON") {
  audit_entry entry;
  entry.time = std::chrono::sys_days{std::chrono::year{2024} / 5 / 1} + std::chrono::hours{12};
  entry.who = "admin@127.0.0.1 (ada)";
  entry.what = "change_key";
  entry.target = "openai/te\nam";
  entry.fields = {"enabled", "rpm"};
  entry.generation = 7;
  CHECK(
      audit_json(entry)
      == R"x({"time":"2024-05-01T12:00:00.000Z","who":"admin@127.0.0.1 (ada)","what":"change_key",)x"
         R"("target":"openai/te\nam","fields":["enabled","rpm"],"generation":7})");
}

TEST_CASE("the list is made of the lines that are whole") {
  CHECK(audit_list_json({}) == R"({"entries":[]})");
  CHECK(audit_list_json({R"({"a":1})", R"({"b":)", "", "7", R"({"c":2})"})
        == R"({"entries":[{"a":1},{"c":2}]})");
}

TEST_CASE("a caller is known by his address, and by the name that he gives") {
  CHECK(who_asks("127.0.0.1", "") == "admin@127.0.0.1");
  CHECK(who_asks("::1", "ada") == "admin@::1 (ada)");
}
