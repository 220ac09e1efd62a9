#include "dialect/failure.hpp"
#include "tests/catch.hpp"

using namespace keywheel;
using namespace keywheel::dialect;

TEST_CASE("a credential in a text is overwritten wherever it stands") {
  std::string text = "key sk-12345 of sk-12345!";
  hide("sk-12345", text);
  CHECK(text == "key ******** of ********!");
}

TEST_CASE("what is too short for a credential stays") {
  std::string text = "a key of seven: sk-1234";
  hide("sk-1234", text);
  CHECK(text == "a key of seven: sk-1234");
  http::fields headers;
  headers.add("x-echo", "sk-1234");
  hide("sk-1234", headers);
  CHECK(headers.find("x-echo") == "sk-1234");
}

TEST_CASE("a credential in a header field is overwritten, and the others stay as they are") {
  http::fields headers;
  headers.add("x-first", "1");
  headers.add("x-echo", "Bearer sk-12345");
  headers.add("x-last", "2");
  hide("sk-12345", headers);
  REQUIRE(headers.size() == 3);
  CHECK(headers[0].name == "x-first");
  CHECK(headers[0].value == "1");
  CHECK(headers[1].name == "x-echo");
  CHECK(headers[1].value == "Bearer ********");
  CHECK(headers[2].value == "2");
}
