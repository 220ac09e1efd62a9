#include "observe/api_reader.hpp"
#include "tests/catch.hpp"

using namespace keywheel;
using namespace keywheel::observe;

namespace {

http::request_head make_request(const char* method, const char* target, const char* token) {
  http::request_head result;
  result.method = method;
  result.target = target;
  result.headers.add("Host", "127.0.0.1:4101");
  if (token)
    result.headers.add("Authorization", std::string{"Bearer "} + token);
  if (method == std::string_view{"PATCH"})
    result.headers.add("Content-Type", "application/json");
  return result;
}

struct reader_fixture {
  api_gate gate{{"127.0.0.1", 4101}, config::secret{"right"}};
  api_reader reader{gate};

  /// Status of the answer at once; 0 if the request may go on.
  unsigned begin(const char* method, const char* target, const char* token = "right") {
    const auto answer = reader.head(make_request(method, target, token), {});
    return answer ? answer->head.status : 0;
  }
};

} // namespace

TEST_CASE_METHOD(reader_fixture, "an admitted request becomes a question with its body") {
  REQUIRE(begin("PATCH", "/api/v1/keys/openai/team-a") == 0);
  reader.body("{\"enabled\"");
  reader.body(":true}");
  const auto question = reader.request();
  REQUIRE(question);
  CHECK(question->route.what == api_operation::change_key);
  CHECK(question->route.key_id() == "openai/team-a");
  CHECK(question->body == "{\"enabled\":true}");
  CHECK_FALSE(reader.request());
  REQUIRE(begin("GET", "/api/v1/keys") == 0);
  const auto next = reader.request();
  REQUIRE(next);
  CHECK(next->body.empty());
}

TEST_CASE_METHOD(reader_fixture, "health needs no token and no Host, nothing else goes without") {
  for (const auto* path : {"/healthz", "/readyz"}) {
    http::request_head bare;
    bare.method = "GET";
    bare.target = path;
    bare.headers.add("Host", "10.1.2.3:4101");
    CHECK_FALSE(reader.head(bare, {}));
    CHECK(reader.request());
  }
  CHECK(begin("GET", "/api/v1/keys", nullptr) == 401);
  CHECK(begin("POST", "/api/v1/reload", "wrong") == 401);
  CHECK(begin("POST", "/healthz", nullptr) == 401);
}

TEST_CASE_METHOD(reader_fixture, "without the token nobody learns what exists") {
  for (const auto* path : {"/api/v1/keys", "/api/v1/nothing", "/", "/api/v1/models/a%"}) {
    CAPTURE(path);
    CHECK(begin("GET", path, nullptr) == 401);
    CHECK(begin("DELETE", path, "wrong") == 401);
  }
  CHECK(begin("GET", "/api/v1/nothing") == 404);
  CHECK(begin("DELETE", "/api/v1/keys") == 405);
  CHECK(begin("GET", "/api/v1/models/a%") == 400);
}

TEST_CASE_METHOD(reader_fixture,
                 "a request that was turned away is no question, whatever follows") {
  REQUIRE(begin("GET", "/api/v1/keys", "wrong") == 401);
  reader.body("{}");
  CHECK_FALSE(reader.request());
}

TEST_CASE_METHOD(reader_fixture, "a new token holds from the next request") {
  gate.token = config::secret{"other"};
  CHECK(begin("GET", "/api/v1/keys", "right") == 401);
  CHECK(begin("GET", "/api/v1/keys", "other") == 0);
}
