#include "tests/catch.hpp"
#include "tests/cli/process_runner.hpp"
#include "tests/cli/web_stub.hpp"

using runner::run;

namespace {

runner::environment asking(const web_stub& stub, const std::string& token = "s3cret") {
  runner::environment result{{"KEYWHEEL_ADMIN_URL", stub.url()}, {"HOME", "/nonexistent"}};
  if (!token.empty())
    result["KEYWHEEL_ADMIN_TOKEN"] = token;
  return result;
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

} // namespace

TEST_CASE("keys asks with the token and shows a table") {
  web_stub stub{"200 OK", R"({"keys":[{"id":"p/a","state":"available","masked":"sk-…a1b2"}]})"};
  auto result = run({"keys"}, asking(stub));
  CHECK(result.status == 0);
  CHECK(result.err.empty());
  CHECK(contains(result.out, "p/a"));
  CHECK(stub.request().starts_with("GET /api/v1/keys HTTP/1.1\r\n"));
  CHECK(contains(stub.request(), "Authorization: Bearer s3cret\r\n"));
}

TEST_CASE("with --json a command prints the answer as it is") {
  web_stub stub{"200 OK", R"({"models":[], "extra":1})"};
  auto result = run({"models", "--json"}, asking(stub));
  CHECK(result.status == 0);
  CHECK(result.out == "{\"models\":[], \"extra\":1}\n");
  CHECK(stub.request().starts_with("GET /api/v1/models HTTP/1.1\r\n"));
}

TEST_CASE("key enable and disable change one field of one key") {
  struct row {
    std::string deed;
    std::string body;
    std::string said;
  };
  for (const auto& [deed, body, said] :
       {row{"enable", R"({"enabled":true})", "openai/team a enabled: generation 7\n"},
        row{"disable", R"({"enabled":false})", "openai/team a disabled: generation 7\n"}}) {
    web_stub stub{"200 OK", R"({"generation":7})"};
    auto result = run({"key", deed, "openai/team a"}, asking(stub));
    CHECK(result.status == 0);
    CHECK(result.out == said);
    CHECK(stub.request().starts_with("PATCH /api/v1/keys/openai/team%20a HTTP/1.1\r\n"));
    CHECK(contains(stub.request(), "Content-Type: application/json\r\n"));
    CHECK(stub.request().ends_with("\r\n\r\n" + body));
  }
}

TEST_CASE("key reset posts") {
  web_stub stub{"200 OK", "{}"};
  auto result = run({"key", "reset", "openai/a"}, asking(stub));
  CHECK(result.status == 0);
  CHECK(result.out == "openai/a reset\n");
  CHECK(stub.request().starts_with("POST /api/v1/keys/openai/a/reset HTTP/1.1\r\n"));
  CHECK(contains(stub.request(), "Content-Length: 0\r\n"));
  CHECK_FALSE(contains(stub.request(), "Content-Type"));
}

TEST_CASE("reload tells the generation") {
  web_stub stub{"200 OK", R"({"generation":3})"};
  auto result = run({"reload"}, asking(stub));
  CHECK(result.status == 0);
  CHECK(result.out == "reloaded: generation 3\n");
  CHECK(stub.request().starts_with("POST /api/v1/reload HTTP/1.1\r\n"));
}

TEST_CASE("a gateway that refuses makes exit code 4 and its message") {
  web_stub stub{"422 Unprocessable Content",
                R"({"error":{"code":"bad_config","message":"unknown field","line":7}})"};
  auto result = run({"reload"}, asking(stub));
  CHECK(result.status == 4);
  CHECK(result.out.empty());
  CHECK(result.err == "keywheel: refused: line 7: unknown field\n");
}

TEST_CASE("a refusal is JSON too where JSON is wanted") {
  web_stub stub{"404 Not Found", R"({"error":{"code":"not_found","message":"no such key"}})"};
  auto result = run({"key", "reset", "p/q", "--json"}, asking(stub));
  CHECK(result.status == 4);
  CHECK(contains(result.out, R"("code":"not_found")"));
}

TEST_CASE("a missing token is told with the places that were looked at") {
  web_stub stub{"401 Unauthorized", R"({"error":{"code":"not_authorized","message":"no"}})"};
  auto result = run({"keys"}, asking(stub, ""));
  CHECK(result.status == 4);
  CHECK(result.err
        == "keywheel: no admin token found; looked at KEYWHEEL_ADMIN_TOKEN and "
           "/nonexistent/.local/state/keywheel/admin-token\n");
  CHECK_FALSE(contains(stub.request(), "Authorization"));
}

TEST_CASE("a gateway in trouble makes exit code 1") {
  web_stub stub{"500 Internal Server Error", "{}"};
  CHECK(run({"keys"}, asking(stub)).status == 1);
}

TEST_CASE("an answer that is not understood makes exit code 1") {
  web_stub stub{"200 OK", "<html>"};
  auto result = run({"keys"}, asking(stub));
  CHECK(result.status == 1);
  CHECK(result.out.empty());
  CHECK(contains(result.err, "not understood"));
}

TEST_CASE("a redirect is not followed: the token would go with it") {
  web_stub stub{"302 Found\r\nLocation: http://127.0.0.1:1/", ""};
  CHECK(run({"keys"}, asking(stub)).status == 1);
}

TEST_CASE("no gateway there makes exit code 3, whatever proxy is configured") {
  std::string url;
  {
    listening_socket gone;
    url = "http://127.0.0.1:" + std::to_string(gone.port());
  }
  web_stub proxy{"200 OK", R"({"keys":[]})"};
  auto result = run(
      {"keys"},
      {{"KEYWHEEL_ADMIN_URL", url}, {"KEYWHEEL_ADMIN_TOKEN", "x"}, {"http_proxy", proxy.url()}});
  CHECK(result.status == 3);
  CHECK(result.out.empty());
  CHECK(contains(result.err, "no gateway at " + url));
}
