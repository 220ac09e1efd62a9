#include "dialect/dialect.hpp"
#include "tests/catch.hpp"

using namespace keywheel::dialect;

TEST_CASE("each dialect has its word and its place for the credential") {
  struct row {
    kind which;
    std::string_view word;
    std::string_view header;
    std::string_view prefix;
  };
  for (const row& each : {row{kind::openai, "openai", "authorization", "Bearer "},
                          row{kind::anthropic, "anthropic", "x-api-key", ""},
                          row{kind::gemini, "gemini", "x-goog-api-key", ""},
                          row{kind::azure, "azure", "api-key", ""}}) {
    CAPTURE(each.word);
    CHECK(to_string(each.which) == each.word);
    CHECK(kind_from_string(each.word) == each.which);
    CHECK(place_of_credential(each.which).header == each.header);
    CHECK(place_of_credential(each.which).prefix == each.prefix);
  }
  CHECK_FALSE(kind_from_string("OpenAI").has_value());
  CHECK_FALSE(kind_from_string("").has_value());
}
