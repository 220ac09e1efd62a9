#include "config/units.hpp"
#include "tests/catch.hpp"

#include <optional>
#include <string>
#include <vector>

using namespace keywheel::config;
using namespace std::chrono_literals;

TEST_CASE("durations carry their unit") {
  struct row {
    std::string text;
    std::optional<milliseconds> time;
  };
  const std::vector<row> rows{{"250ms", 250ms},
                              {"60s", 60s},
                              {"5m", 5min},
                              {"1h", 1h},
                              {"1d", 24h},
                              {"1m30s", 90s},
                              {"1d2h3m4s5ms", 26h + 3min + 4s + 5ms},
                              {"0s", 0s},
                              {"007s", 7s},
                              {"90s", 90s},
                              {"365d", 24h * 365},
                              {"366d", std::nullopt},
                              {"364d25h", std::nullopt},
                              {"", std::nullopt},
                              {"60", std::nullopt},
                              {"s", std::nullopt},
                              {"60 s", std::nullopt},
                              {" 60s", std::nullopt},
                              {"60s ", std::nullopt},
                              {"-1s", std::nullopt},
                              {"+1s", std::nullopt},
                              {"1.5s", std::nullopt},
                              {"60S", std::nullopt},
                              {"60sec", std::nullopt},
                              {"30s1m", std::nullopt},
                              {"1m1m", std::nullopt},
                              {"1m30", std::nullopt},
                              {"1w", std::nullopt},
                              {"99999999999999999999s", std::nullopt},
                              {"9223372036854775807d", std::nullopt}};
  for (const auto& [text, time] : rows) {
    CAPTURE(text);
    CHECK(parse_duration(text) == time);
  }
}

TEST_CASE("durations are written as they are read") {
  CHECK(duration_text(0s) == "0s");
  CHECK(duration_text(250ms) == "250ms");
  CHECK(duration_text(90s) == "1m30s");
  CHECK(duration_text(24h * 365) == "365d");
  for (const auto time : {1ms, 999ms, 1001ms, 3600000ms, 86399999ms, 31536000000ms})
    CHECK(parse_duration(duration_text(time)) == time);
}

TEST_CASE("sizes carry their unit") {
  struct row {
    std::string text;
    std::optional<std::size_t> size;
  };
  const std::vector<row> rows{{"64MiB", 67'108'864},
                              {"10MB", 10'000'000},
                              {"512KiB", 524'288},
                              {"100B", 100},
                              {"1KB", 1000},
                              {"2GB", 2'000'000'000},
                              {"4GiB", 4'294'967'296},
                              {"0B", 0},
                              {"1048575GiB", 1'125'898'833'100'800},
                              {"1048576GiB", std::nullopt},
                              {"", std::nullopt},
                              {"64", std::nullopt},
                              {"MiB", std::nullopt},
                              {"64 MiB", std::nullopt},
                              {"64mib", std::nullopt},
                              {"64M", std::nullopt},
                              {"-1B", std::nullopt},
                              {"1.5MiB", std::nullopt},
                              {"1MiB1B", std::nullopt},
                              {"18446744073709551616B", std::nullopt}};
  for (const auto& [text, size] : rows) {
    CAPTURE(text);
    CHECK(parse_size(text) == size);
  }
}

TEST_CASE("endpoints are an address and a port") {
  struct row {
    std::string text;
    std::optional<endpoint> where;
  };
  const std::vector<row> rows{{"127.0.0.1:4100", endpoint{"127.0.0.1", 4100}},
                              {"[::1]:4100", endpoint{"::1", 4100}},
                              {"localhost:4100", endpoint{"localhost", 4100}},
                              {"0.0.0.0:0", endpoint{"0.0.0.0", 0}},
                              {"[fe80::1]:65535", endpoint{"fe80::1", 65535}},
                              {"", std::nullopt},
                              {"4100", std::nullopt},
                              {":4100", std::nullopt},
                              {"127.0.0.1", std::nullopt},
                              {"127.0.0.1:", std::nullopt},
                              {"127.0.0.1:65536", std::nullopt},
                              {"127.0.0.1:-1", std::nullopt},
                              {"127.0.0.1:80x", std::nullopt},
                              {"127.0.0:80", std::nullopt},
                              {"256.0.0.1:80", std::nullopt},
                              {"::1:4100", std::nullopt},
                              {"[]:4100", std::nullopt},
                              {"[127.0.0.1]:4100", std::nullopt},
                              {"example.org:4100", std::nullopt},
                              {"http://127.0.0.1:4100", std::nullopt}};
  for (const auto& [text, where] : rows) {
    CAPTURE(text);
    CHECK(parse_endpoint(text) == where);
  }
}

TEST_CASE("base URLs are http or https with a host and without secrets") {
  struct row {
    std::string text;
    std::string url; ///< empty: refused
    std::string why;
  };
  const std::string scheme = "must begin with http:// or https://";
  const std::string host = "must name a host, and a port from 1 to 65535 if any";
  const std::string blank = "must not contain blanks, control or non-ASCII characters";
  const std::string query = "must not contain a query or fragment (? or #)";
  const std::string user = "must not contain a user or password; give the credential as api_key";
  const std::vector<row> rows{{"https://api.openai.com/v1", "https://api.openai.com/v1", ""},
                              {"https://api.openai.com/v1/", "https://api.openai.com/v1", ""},
                              {"http://127.0.0.1:8080///", "http://127.0.0.1:8080", ""},
                              {"http://localhost", "http://localhost", ""},
                              {"HTTPS://Host.example/a//b/", "HTTPS://Host.example/a//b", ""},
                              {"http://[::1]:80/x", "http://[::1]:80/x", ""},
                              {"http://my_host-1:65535", "http://my_host-1:65535", ""},
                              {"", "", scheme},
                              {"api.openai.com/v1", "", scheme},
                              {"ftp://host/", "", scheme},
                              {"http:/host", "", scheme},
                              {"http://", "", host},
                              {"https:///v1", "", host},
                              {"http://:80/", "", host},
                              {"http://host:/", "", host},
                              {"http://host:0/", "", host},
                              {"http://host:65536/", "", host},
                              {"http://host:8x/", "", host},
                              {"http://[::1/", "", host},
                              {"http://[::g]/", "", host},
                              {"http://ho*st/", "", host},
                              {"http://user:pw@host/", "", user},
                              {"http://user@host/", "", user},
                              {"http://host/v1?key=abc", "", query},
                              {"http://host/v1#top", "", query},
                              {"http://ho st/", "", blank},
                              {"http://host/v1\n", "", blank},
                              {"http://hö.example/", "", blank}};
  for (const auto& [text, url, expected] : rows) {
    CAPTURE(text);
    std::string why;
    CHECK(parse_base_url(text, why).value_or("") == url);
    CHECK(why == expected);
  }
}
