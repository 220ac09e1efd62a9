#include "dialect/parameters.hpp"
#include "tests/catch.hpp"

using namespace keywheel::dialect;

namespace {

std::string value_of(std::string_view text, std::string_view name) {
  const auto read = read_parameters(text);
  REQUIRE(read);
  const auto* found = read->find(name);
  REQUIRE(found != nullptr);
  return found->value;
}

} // namespace

TEST_CASE("a value stands before its parameters") {
  const auto read = read_parameters(" form-data ; name=\"model\" ;FileName=\"a;b.wav\"; ");
  REQUIRE(read);
  CHECK(read->value == "form-data");
  REQUIRE(read->parameters.size() == 2);
  CHECK(read->parameters[0].name == "name");
  CHECK(read->parameters[0].value == "model");
  CHECK(read->find("filename")->value == "a;b.wav");
  CHECK(read->find("boundary") == nullptr);
  CHECK(read_parameters("")->value.empty());
  CHECK(read_parameters("text/plain")->parameters.empty());
}

TEST_CASE("values are written with quotes and without") {
  CHECK(value_of("x; a=b", "A") == "b");
  CHECK(value_of("x; a = b ; c=d", "a") == "b");
  CHECK(value_of("x; a=b=c", "a") == "b=c");
  CHECK(value_of("x; a=two words", "a") == "two words");
  CHECK(value_of("x; a=\"\"", "a").empty());
  CHECK(value_of("x; a=\"b;c=d\"; e=f", "a") == "b;c=d");
  CHECK(value_of(R"(x; a="say \"hi\"")", "a") == "say \"hi\"");
  CHECK(value_of(R"(x; a="C:\dir\\f")", "a") == "C:\\dir\\f");
}

TEST_CASE("what has no parameters where some are announced is refused") {
  for (const std::string_view text :
       {"x; a", "x; =b", "x; a=", "x; a=\"b", "x; a=\"b\"c", "x; a=b\"c", "x; a b=c", "x;; a=b",
        "x; a=1; A=2", R"(x; a="b\")"}) {
    CAPTURE(text);
    CHECK_FALSE(read_parameters(text));
  }
}
