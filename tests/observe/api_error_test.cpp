#include "observe/api_error.hpp"
#include "tests/catch.hpp"
#include "tests/observe/sample.hpp"

using namespace keywheel;
using namespace keywheel::observe;
using namespace keywheel::observe::testing;

namespace {

const std::vector<config::problem> two_problems{{"k.toml", 12, 3, "unknown field \"x\""},
                                                {"k.toml", 0, 0, "no key"}};

constexpr auto two_problems_json = R"({"error":{"code":"invalid",
  "message":"unknown field \"x\"","line":12,"column":3,"problems":[
   {"file":"k.toml","line":12,"column":3,"message":"unknown field \"x\""},
   {"file":"k.toml","message":"no key"}]}})";

} // namespace

TEST_CASE("an error is an object with code and message") {
  const auto answer = error_response({404, "not_found", "there is no key \"a/b\"", 0, 0, {}, {}});
  CHECK(answer.head.status == 404);
  CHECK(canonical(answer.body)
        == canonical(R"({"error":{"code":"not_found","message":"there is no key \"a/b\""}})"));
  CHECK(answer.head.headers.find("content-type") == "application/json");
  CHECK(answer.head.headers.find("cache-control") == "no-store");
  CHECK_FALSE(answer.head.headers.contains("www-authenticate"));
  CHECK_FALSE(answer.head.headers.contains("allow"));
}

TEST_CASE("401 asks for a bearer token and 405 names the methods") {
  CHECK(error_response({401, "not_authorized", "m", 0, 0, {}, {}})
            .head.headers.find("WWW-Authenticate")
        == "Bearer realm=\"keywheel\"");
  CHECK(error_response({405, "method_not_allowed", "m", 0, 0, {}, "GET, HEAD"})
            .head.headers.find("Allow")
        == "GET, HEAD");
}

TEST_CASE("a configuration that would not load is 422 with its first line and all problems") {
  const auto of_reload = reload_error(two_problems);
  CHECK(of_reload.status == 422);
  CHECK(canonical(error_response(of_reload).body) == canonical(two_problems_json));
  const auto of_edit = edit_error(config::edit_failure::none, "", two_problems);
  CHECK(of_edit.status == 422);
  CHECK(canonical(error_response(of_edit).body) == canonical(two_problems_json));
}

TEST_CASE("why an edit was refused decides its status and code") {
  using why = config::edit_failure;
  struct row {
    why kind;
    unsigned status;
    const char* code;
  };
  const row rows[] = {{why::not_found, 404, "not_found"},
                      {why::exists, 409, "exists"},
                      {why::file_changed, 409, "file_changed"},
                      {why::unwritable, 409, "unwritable"},
                      {why::unsuitable, 409, "cannot_edit"}};
  for (const auto& row : rows) {
    const auto error = edit_error(row.kind, "why", {});
    CHECK(error.status == row.status);
    CHECK(error.code == row.code);
    CHECK(error.message == "why");
  }
}

TEST_CASE("another generation is 412, and names the one in force") {
  const auto error = generation_mismatch(7);
  CHECK(error.status == 412);
  CHECK(error.code == "generation_mismatch");
  CHECK(error.message == "the configuration has changed since: generation 7 is in force");
}

TEST_CASE("what cannot be a request keeps its status") {
  const std::pair<unsigned, const char*> rows[] = {{400, "bad_request"},
                                                   {408, "request_timeout"},
                                                   {413, "body_too_large"},
                                                   {417, "bad_request"},
                                                   {431, "header_too_large"}};
  for (const auto& [status, code] : rows) {
    const auto error = framing_error(status, "why");
    CHECK(error.status == status);
    CHECK(error.code == code);
    CHECK(error.message == "why");
  }
  CHECK(unavailable("request_timeout").status == 503);
  CHECK(unavailable("request_timeout").message == "the gateway did not answer: request_timeout");
}
