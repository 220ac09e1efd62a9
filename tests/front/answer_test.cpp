#include "front/answer.hpp"
#include "tests/catch.hpp"

using namespace keywheel;

TEST_CASE("an answer says which key served and after how many attempts") {
  http::response_head head;
  CHECK(front::mark(head, "openai/a", 2, "req_1") == "req_1");
  CHECK(head.headers.find("x-keywheel-key") == "openai/a");
  CHECK(head.headers.find("x-keywheel-attempts") == "2");
  CHECK(head.headers.find("x-request-id") == "req_1");
}

TEST_CASE("the provider's own request id is the one that its support asks for") {
  http::response_head head;
  head.headers.add("X-Request-Id", "req_theirs");
  CHECK(front::mark(head, "openai/a", 1, "req_1") == "req_theirs");
  CHECK(head.headers.size() == 3);
}
