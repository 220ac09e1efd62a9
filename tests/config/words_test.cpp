#include "config/words.hpp"
#include "tests/catch.hpp"

using namespace keywheel::config;

TEST_CASE("a misspelling is recognised, another word is not") {
  const std::vector<std::string> known{"enabled", "weight", "models", "rpm", "tpm"};
  CHECK(closest("enabeld", known) == "enabled");
  CHECK(closest("enable", known) == "enabled");
  CHECK(closest("Weight", known) == "weight");
  CHECK(closest("model", known) == "models");
  CHECK(closest("rmp", known) == "rpm");
  CHECK(closest("timeout", known).empty());
  CHECK(closest("x", known).empty());
  CHECK(closest("", known).empty());
  CHECK(closest(std::string(100'000, 'e'), known).empty());
  CHECK(did_you_mean("enabeld", known) == " (did you mean \"enabled\"?)");
  CHECK(did_you_mean("timeout", known).empty());
}

TEST_CASE("names that may be something else are not repeated") {
  CHECK(quoted_name("team-a") == "\"team-a\"");
  CHECK(quoted_name("é") == "\"é\"");
  CHECK(quoted_name(std::string(65, 'x')).find('x') == std::string::npos);
  CHECK(quoted_name("a\nb").find("a\nb") == std::string::npos);
}

TEST_CASE("keys and strings are written as TOML") {
  CHECK(toml_key("gpt-4o_x") == "gpt-4o_x");
  CHECK(toml_key("gpt-4.1") == "\"gpt-4.1\"");
  CHECK(toml_key("") == "\"\"");
  CHECK(toml_key("a\"b") == "\"a\\\"b\"");
  CHECK(toml_string("a\\b\"c\n\t\x01\x7f é") == R"("a\\b\"c\n\t\u0001\u007F é")");
}

TEST_CASE("an unknown word is told with those that are known") {
  const std::vector<std::string> known{"red", "green", "blue"};
  CHECK(unknown_word("gren", known)
        == R"("gren" is unknown (did you mean "green"?); there are red, green and blue)");
  CHECK(unknown_word("x", {"a", "b"}) == R"("x" is unknown; there are a and b)");
}
