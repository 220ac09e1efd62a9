#include "config/document.hpp"
#include "tests/catch.hpp"

#include <vector>

using namespace keywheel::config;

TEST_CASE("a syntax error is one problem with its place and no part of a value") {
  struct row {
    std::string text;
    std::string problem;
  };
  const std::vector<row> rows{
      {"a = 1\n  b = 2\n  b = 3\n",
       "3:3: Error while parsing key-value pair: cannot redefine existing integer 'b'"},
      {"x = { b = 1, b = 2 }\n",
       "1:18: Error while parsing key-value pair: cannot redefine existing integer 'b'"},
      {"[a]\n[a]\n", "2:1: Error while parsing table header: cannot redefine existing table 'a'"},
      {"[a\n", "1:3: Error while parsing table header: expected ']', saw '\\n'"},
      {"a = sk-secret\n", "1:5: Error while parsing value: could not determine value type"},
      {"a = 123456789012345678901234\n",
       "1:29: Error while parsing decimal integer: '…' is not representable in 64 bits"}};
  for (const auto& [text, expected] : rows) {
    CAPTURE(text);
    const auto result = parse_document(text);
    CHECK_FALSE(result.root);
    CHECK(to_string(result.wrong) == expected);
  }
}

TEST_CASE("a key as long as a secret is shortened in a syntax error") {
  const std::string key(80, 'k');
  const auto result = parse_document(key + " = 1\n" + key + " = 2\n");
  CHECK(to_string(result.wrong)
        == "2:1: Error while parsing key-value pair: cannot redefine existing integer '…'");
}

TEST_CASE("a good text is a tree") {
  const auto result = parse_document("\xEF\xBB\xBF"
                                     "[a]\r\nb = 1\r\n");
  REQUIRE(result.root);
  CHECK(result.root->at_path("a.b").value<int>() == 1);
  CHECK(parse_document("").root);
}
