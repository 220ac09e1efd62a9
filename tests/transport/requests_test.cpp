// What goes out on the wire.

#include "tests/transport/world.hpp"

#include <cstdlib>
#include <random>

using namespace keywheel;
using namespace keywheel::transport;
using namespace keywheel::transport::test;

namespace {

std::string noise(std::size_t size, unsigned seed) {
  std::mt19937 random{seed};
  std::string result(size, '\0');
  for (auto& each : result)
    each = static_cast<char>(random());
  return result;
}

/// Sets an environment variable for the time of a test.
class variable {
public:
  variable(const char* name, const char* value) : name_(name) {
    if (const auto* old = std::getenv(name); old != nullptr)
      old_ = old;
    ::setenv(name, value, 1);
  }
  ~variable() { old_.empty() ? ::unsetenv(name_) : ::setenv(name_, old_.c_str(), 1); }
  variable(const variable&) = delete;
  variable& operator=(const variable&) = delete;

private:
  const char* name_;
  std::string old_;
};

} // namespace

TEST_CASE("a GET says only what its caller says") {
  world all;
  auto what = all.request_to("/v1/../models?a=b%20c");
  what.headers.add("Authorization", "Bearer sk-1");
  what.headers.add("x-empty", "");
  all.finish(all.start(std::move(what)));
  REQUIRE(all.server.requests.size() == 1);
  CHECK(all.server.requests[0].head
        == "GET /v1/../models?a=b%20c HTTP/1.1\r\nHost: " + all.server.host()
               + "\r\nAuthorization: Bearer sk-1\r\nx-empty:\r\n\r\n");
}

TEST_CASE("methods") {
  world all;
  struct row {
    const char* method;
    const char* body;
    std::string length;
  };
  const row rows[] = {{"POST", "abc", "3"}, {"GET", "", ""},       {"HEAD", "", ""},
                      {"POST", "", "0"},    {"DELETE", "", ""},    {"DELETE", "abc", "3"},
                      {"GET", "", ""},      {"PUT", "abc", "3"},   {"PATCH", "", "0"},
                      {"HEAD", "", ""},     {"POST", "abcd", "4"}, {"OPTIONS", "", ""},
                      {"HEAD", "", ""},     {"GET", "abc", "3"},   {"GET", "", ""}};
  for (const auto& [method, body, length] : rows) {
    CAPTURE(method, body);
    auto what = all.request_to("/x", method);
    if (*body != '\0')
      what.body = {body};
    const auto& seen = all.finish(all.start(std::move(what)));
    CHECK(seen.how.complete);
    CHECK(seen.head.status == 200);
    const auto& got = all.server.requests.back();
    const auto lines = length.empty() ? "" : "Content-Length: " + length + "\r\n";
    CHECK(got.head
          == std::string{method} + " /x HTTP/1.1\r\nHost: " + all.server.host() + "\r\n" + lines
                 + "\r\n");
    CHECK(got.body == body);
  }
  CHECK(all.server.peers.size() == 1);
}

TEST_CASE("a body of segments arrives in one piece, whatever its size") {
  world all;
  const auto size =
      GENERATE(std::size_t{1}, std::size_t{700}, std::size_t{64 * 1024 - 1}, std::size_t{64 * 1024},
               std::size_t{1024 * 1024 + 1}, std::size_t{20 * 1024 * 1024});
  const auto text = noise(size, 7);
  const std::string_view view{text};
  const auto third = size / 3;
  auto what = all.request_to("/x", "POST");
  what.body = {view.substr(0, third), {}, view.substr(third, 1), view.substr(third).substr(1), {}};
  all.server.on_request = [&](auto& peer, const auto& got) {
    all.server.send(peer, loopback_server::answer(std::to_string(got.body.size())));
  };
  const auto& seen = all.finish(all.start(std::move(what)));
  CHECK(seen.how.complete);
  CHECK(seen.body == std::to_string(size));
  CHECK(all.server.requests.back().body == text);
  CHECK(all.server.requests.back().head.find("Expect") == std::string::npos);
  CHECK(all.server.requests.back().head.find("Content-Type") == std::string::npos);
}

TEST_CASE("the user agent is the client's where the request has none") {
  client::options with;
  with.user_agent = "keywheel/test";
  world all{with};
  all.finish(all.get());
  CHECK(all.server.requests[0].head.find("User-Agent: keywheel/test\r\n") != std::string::npos);
  auto what = all.request_to("/");
  what.headers.add("user-agent", "mine");
  all.finish(all.start(std::move(what)));
  CHECK(all.server.requests[1].head.find("user-agent: mine\r\n") != std::string::npos);
  CHECK(all.server.requests[1].head.find("keywheel") == std::string::npos);
}

TEST_CASE("loopback hosts are never reached through a proxy") {
  const auto no_proxy = GENERATE(as<std::string>{}, "", "elsewhere.example");
  const variable proxy{"http_proxy", "http://127.0.0.1:1"};
  const variable everything{"all_proxy", "http://127.0.0.1:1"};
  const variable exceptions{"no_proxy", no_proxy.c_str()};
  world all;
  CHECK(all.finish(all.get()).how.complete);
  auto by_name = all.request_to("/");
  by_name.url = "http://localhost:" + std::to_string(all.server.port()) + "/";
  CHECK(all.finish(all.start(std::move(by_name))).how.complete);
  auto outside = all.request_to("/");
  outside.url = "http://provider.invalid/";
  CHECK(all.finish(all.start(std::move(outside))).how.detail.find("refused") != std::string::npos);
}

TEST_CASE("what would say something else on the wire is not sent") {
  world all;
  const auto method = GENERATE(as<std::string>{}, "GET", "", "GET / HTTP/1.1\r\nx:");
  auto what = all.request_to("/", method);
  if (method == "GET")
    what.headers.add("a", "b\r\nauthorization: c");
  const auto& seen = all.finish(all.start(std::move(what)));
  CHECK(seen.how.failed == dialect::failure::not_sent);
  CHECK(all.server.peers.empty());
}
