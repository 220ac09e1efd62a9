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
  for (const auto* path : {"/api/v1/keys", "/api/v1/nothing", "/assets", "/api/v1/models/a%"}) {
    CAPTURE(path);
    CHECK(begin("GET", path, nullptr) == 401);
    CHECK(begin("DELETE", path, "wrong") == 401);
  }
  CHECK(begin("GET", "/api/v1/nothing") == 404);
  CHECK(begin("DELETE", "/api/v1/config") == 405);
  CHECK(begin("GET", "/api/v1/models/a%") == 400);
}

TEST_CASE_METHOD(reader_fixture, "the dashboard's files need no token, but Host and Origin") {
  for (const auto* path : {"/", "/assets/app.js", "/assets/nothing.js"}) {
    CAPTURE(path);
    CHECK(begin("GET", path, nullptr) == 0);
    CHECK(begin("GET", path, "wrong") == 0);
    auto request = make_request("GET", path, nullptr);
    request.headers.add("If-None-Match", "\"0123\"");
    REQUIRE_FALSE(reader.head(request, {}));
    CHECK(reader.request()->if_none_match == "\"0123\"");
    request.headers.add("Origin", "https://elsewhere.example");
    CHECK(reader.head(request, {})->head.status == 403);
    http::request_head rebound;
    rebound.method = "GET";
    rebound.target = path;
    rebound.headers.add("Host", "rebound.example");
    CHECK(reader.head(rebound, {})->head.status == 403);
  }
  CHECK(begin("POST", "/", nullptr) == 401);
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

namespace {

/// Asks for a change with one more header field. Status of the answer at once; 0: it may go on.
unsigned begin_with(api_reader& reader, const char* name, const char* given) {
  auto request = make_request("PATCH", "/api/v1/keys/o/t", "right");
  request.headers.add(name, given);
  const auto answer = reader.head(request, {});
  return answer ? answer->head.status : 0;
}

} // namespace

TEST_CASE_METHOD(reader_fixture, "If-Match names the generation that a change is made for") {
  REQUIRE(begin_with(reader, "If-Match", "\"12\"") == 0);
  CHECK(reader.request()->if_generation == 12);
  REQUIRE(begin_with(reader, "If-Match", "*") == 0);
  CHECK(reader.request()->if_generation == 0);
  REQUIRE(begin("PATCH", "/api/v1/keys/o/t") == 0);
  CHECK(reader.request()->if_generation == 0);
  for (const auto* bad : {"12", "\"\"", "\"0\"", "\"x\"", "\"1\", \"2\"", "W/\"1\"", "\"-1\"",
                          "\"18446744073709551616\"", "\""})
    CHECK(begin_with(reader, "If-Match", bad) == 400);
}

TEST_CASE_METHOD(reader_fixture, "a caller may say who he is, in plain characters") {
  REQUIRE(begin_with(reader, "X-Keywheel-User", "ada@example.com") == 0);
  CHECK(reader.request()->user == "ada@example.com");
  REQUIRE(begin("PATCH", "/api/v1/keys/o/t") == 0);
  CHECK(reader.request()->user == "");
  CHECK(begin_with(reader, "X-Keywheel-User", "") == 400);
  CHECK(begin_with(reader, "X-Keywheel-User", "\xC3\xA9") == 400);
  CHECK(begin_with(reader, "X-Keywheel-User", std::string(64, 'x').c_str()) == 0);
  CHECK(begin_with(reader, "X-Keywheel-User", std::string(65, 'x').c_str()) == 400);
}
