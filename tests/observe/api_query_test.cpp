#include "observe/api_query.hpp"
#include "tests/catch.hpp"

using namespace keywheel::observe;

namespace {

/// The value of `only`; "-" if it is not there, "!" if the query is refused.
std::string read(const char* query) {
  const auto found = read_parameter(query, "only");
  if (const auto* error = std::get_if<api_error>(&found)) {
    CHECK(error->status == 400);
    CHECK(error->code == "bad_request");
    CHECK_FALSE(error->message.empty());
    return "!";
  }
  return std::get<std::optional<std::string>>(found).value_or("-");
}

} // namespace

TEST_CASE("a query with one parameter is read, and nothing else in it is overlooked") {
  CHECK(read("") == "-");
  CHECK(read("&") == "-");
  CHECK(read("only=key") == "key");
  CHECK(read("&only=key&") == "key");
  CHECK(read("only=key%2Cconfig") == "key,config");
  CHECK(read("only=a=b") == "a=b");
  CHECK(read("only=") == "");
  CHECK(read("only") == "");
  CHECK(read("Only=key") == "!");
  CHECK(read("only=a&only=a") == "!");
  CHECK(read("only=a&x") == "!");
  CHECK(read("onl=a") == "!");
  CHECK(read("only=%") == "!");
  CHECK(read("only=%4") == "!");
}
