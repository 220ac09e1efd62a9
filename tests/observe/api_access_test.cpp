#include "observe/api_access.hpp"
#include "tests/catch.hpp"

#include <string>
#include <vector>

using namespace keywheel;
using namespace keywheel::observe;

namespace {

using header_list = std::vector<std::pair<std::string, std::string>>;

constexpr auto token = "kwadm-0123456789";

api_gate make_gate(const char* host = "127.0.0.1") {
  return {{host, 4101}, config::secret{token}};
}

http::request_head make_request(const char* method, const header_list& headers) {
  http::request_head result;
  result.method = method;
  result.target = "/api/v1/keys";
  for (const auto& [name, value] : headers)
    result.headers.add(name, value);
  return result;
}

/// The code of the refusal; empty if the request may pass.
std::string verdict(const api_gate& gate, const char* method, const header_list& headers,
                    std::optional<std::size_t> length = {}) {
  const auto error = turn_away(gate, make_request(method, headers), length);
  return error ? std::to_string(error->status) + " " + error->code : "";
}

const std::pair<std::string, std::string> good_host{"Host", "127.0.0.1:4101"};
const std::pair<std::string, std::string> good_token{"Authorization",
                                                     std::string{"Bearer "} + token};

} // namespace

TEST_CASE("a Host that does not name this server is refused, so DNS rebinding leads nowhere") {
  struct row {
    const char* listen;
    const char* host;
    bool good;
  };
  const row rows[] = {
      {"127.0.0.1", "127.0.0.1:4101", true},
      {"127.0.0.1", "localhost:4101", true},
      {"127.0.0.1", "LocalHost:4101", true},
      {"127.0.0.1", "[::1]:4101", true},
      {"127.0.0.1", "localhost", true},
      {"127.0.0.1", "127.0.0.1", true},
      {"127.0.0.1", "[::1]", true},
      {"10.0.0.5", "10.0.0.5:4101", true},
      {"10.0.0.5", "10.0.0.5", true},
      {"10.0.0.5", "localhost:4101", true},
      {"fd00::5", "[fd00::5]:4101", true},
      {"fd00::5", "[FD00::5]", true},
      {"0.0.0.0", "10.0.0.5:4101", true},
      {"0.0.0.0", "[fd00::5]:4101", true},
      {"::", "10.0.0.5", true},
      {"127.0.0.1", "evil.example:4101", false},
      {"127.0.0.1", "evil.example", false},
      {"127.0.0.1", "127.0.0.1.evil.example:4101", false},
      {"127.0.0.1", "localhost.evil.example:4101", false},
      {"127.0.0.1", "localhost.:4101", false},
      {"127.0.0.1", "evil.example@127.0.0.1:4101", false},
      {"127.0.0.1", "127.0.0.1:4100", false},
      {"127.0.0.1", "127.0.0.1:04101", false},
      {"127.0.0.1", "127.0.0.1:4101x", false},
      {"127.0.0.1", "127.0.0.1:", false},
      {"127.0.0.1", "10.0.0.5:4101", false},
      {"127.0.0.1", "[::1", false},
      {"127.0.0.1", "::1", false},
      {"127.0.0.1", "", false},
      {"127.0.0.1", ":4101", false},
      {"fd00::5", "fd00::5", false},
      {"0.0.0.0", "evil.example:4101", false},
      {"0.0.0.0", "10.0.0.5.evil.example", false},
      {"0.0.0.0", "[evil.example]:4101", false},
      {"::", "10.0.0.5:80", false},
  };
  for (const auto& row : rows) {
    CAPTURE(row.listen, row.host);
    CHECK(names_us({row.listen, 4101}, row.host) == row.good);
    CHECK(verdict(make_gate(row.listen), "GET", {{"host", row.host}, good_token})
          == (row.good ? "" : "403 bad_host"));
  }
  CHECK(verdict(make_gate(), "GET", {good_token}) == "403 bad_host");
  CHECK(verdict(make_gate(), "GET", {good_host, {"Host", "evil.example"}, good_token})
        == "403 bad_host");
}

TEST_CASE("a page of another origin is refused, with or without the token") {
  struct row {
    const char* origin;
    bool good;
  };
  const row rows[] = {
      {"http://127.0.0.1:4101", true},
      {"http://localhost:4101", true},
      {"http://[::1]:4101", true},
      {"http://localhost", true},
      {"null", false},
      {"", false},
      {"http://", false},
      {"https://127.0.0.1:4101", false},
      {"http://127.0.0.1:4102", false},
      {"http://evil.example", false},
      {"http://evil.example:4101", false},
      {"http://127.0.0.1:4101.evil.example", false},
      {"http://127.0.0.1:4101/", false},
      {"file://", false},
  };
  for (const auto& row : rows) {
    CAPTURE(row.origin);
    CHECK(verdict(make_gate(), "GET", {good_host, {"Origin", row.origin}, good_token})
          == (row.good ? "" : "403 bad_origin"));
  }
  CHECK(verdict(make_gate(), "GET",
                {good_host,
                 {"Origin", "http://localhost:4101"},
                 {"Origin", "http://evil.example"},
                 good_token})
        == "403 bad_origin");
  CHECK(verdict(make_gate(), "GET", {good_host, {"Origin", "http://evil.example"}})
        == "403 bad_origin");
}

TEST_CASE("without the right token nothing is answered") {
  struct row {
    const char* value;
    bool good;
  };
  const row rows[] = {
      {"Bearer kwadm-0123456789", true},
      {"bearer kwadm-0123456789", true},
      {"BEARER   kwadm-0123456789 ", true},
      {"", false},
      {"Bearer", false},
      {"Bearer ", false},
      {"Bearer kwadm-012345678", false},
      {"Bearer kwadm-01234567890", false},
      {"Bearer kwadm-0123456780", false},
      {"Bearer KWADM-0123456789", false},
      {"Bearer kwadm-0123456789, x", false},
      {"Basic kwadm-0123456789", false},
      {"Token kwadm-0123456789", false},
      {"kwadm-0123456789", false},
  };
  for (const auto& row : rows) {
    CAPTURE(row.value);
    CHECK(verdict(make_gate(), "GET", {good_host, {"Authorization", row.value}})
          == (row.good ? "" : "401 not_authorized"));
  }
  CHECK(verdict(make_gate(), "GET", {good_host}) == "401 not_authorized");
  CHECK(verdict(make_gate(), "GET", {good_host, good_token, good_token}) == "401 not_authorized");
  CHECK(verdict(make_gate(), "GET", {good_host, {"X-Api-Key", token}}) == "401 not_authorized");
}

TEST_CASE("a gate without a token lets nobody pass") {
  const api_gate gate{{"127.0.0.1", 4101}, {}};
  for (const auto* value : {"Bearer", "Bearer ", "Bearer  ", "Bearer x", ""}) {
    CAPTURE(value);
    CHECK(verdict(gate, "GET", {good_host, {"Authorization", value}}) == "401 not_authorized");
  }
}

TEST_CASE("every refused token gets the same answer") {
  const auto missing = turn_away(make_gate(), make_request("GET", {good_host}), {});
  const auto wrong = turn_away(
      make_gate(), make_request("GET", {good_host, {"Authorization", "Bearer wrong"}}), {});
  REQUIRE(missing);
  REQUIRE(wrong);
  CHECK(missing->message == wrong->message);
}

TEST_CASE("bodies that a page can send without asking are refused") {
  struct row {
    const char* method;
    const char* type; ///< null: no such field
    std::optional<std::size_t> length;
    bool good;
  };
  const row rows[] = {
      {"PATCH", "application/json", 10, true},
      {"PATCH", "Application/JSON; charset=utf-8", 10, true},
      {"PATCH", "application/json ;charset=utf-8", 10, true},
      {"POST", "application/json", {}, true},
      {"POST", nullptr, {}, true},
      {"POST", nullptr, 0, true},
      {"GET", "text/plain", 10, true},
      {"PATCH", nullptr, 10, false},
      {"POST", nullptr, 1, false},
      {"POST", "text/plain", 10, false},
      {"POST", "text/plain", 0, false},
      {"POST", "application/x-www-form-urlencoded", 0, false},
      {"POST", "application/x-www-form-urlencoded", 10, false},
      {"POST", "multipart/form-data; boundary=application/json", 10, false},
      {"PATCH", "text/plain; application/json", 10, false},
      {"PATCH", "application/jsonp", 10, false},
      {"PATCH", "", 10, false},
  };
  for (const auto& row : rows) {
    CAPTURE(row.method, row.type ? row.type : "(none)");
    header_list headers{good_host, good_token};
    if (row.type)
      headers.emplace_back("Content-Type", row.type);
    CHECK(verdict(make_gate(), row.method, headers, row.length)
          == (row.good ? "" : "415 unsupported_media_type"));
  }
  CHECK(verdict(make_gate(), "POST", {good_host, good_token, {"Transfer-Encoding", "chunked"}})
        == "415 unsupported_media_type");
  CHECK(verdict(make_gate(), "POST",
                {good_host,
                 good_token,
                 {"Content-Type", "application/json"},
                 {"Content-Type", "text/plain"}},
                4)
        == "415 unsupported_media_type");
}
