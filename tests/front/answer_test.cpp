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

TEST_CASE("an upload goes on through us") {
  const auto turned = [](std::string_view url, std::string_view home) {
    http::response_head head;
    head.headers.add("before", "1");
    head.headers.add("X-Goog-Upload-URL", url);
    head.headers.add("after", "2");
    front::bring_home(head, home);
    CHECK(head.headers.find("before") == "1");
    CHECK(head.headers.find("after") == "2");
    return std::string{head.headers.find("x-goog-upload-url").value_or("none")};
  };
  const std::string url = "https://g.example/upload/v1beta/files?key=AIza&upload_id=u&x=y";
  CHECK(turned(url, "http://127.0.0.1:4100")
        == "http://127.0.0.1:4100/upload/v1beta/files?upload_id=u&x=y");
  CHECK(turned(url, "") == "none");
  CHECK(turned("https://g.example", "http://h") == "none");
  CHECK(turned("nonsense", "http://h") == "none");
  CHECK(turned("", "http://h") == "none");

  http::response_head head;
  head.headers.add("location", "https://g.example/x?key=AIza");
  front::bring_home(head, "http://h");
  CHECK(head.headers.find("location") == "https://g.example/x?key=AIza");
}
