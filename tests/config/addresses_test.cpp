#include "config/addresses.hpp"
#include "tests/catch.hpp"

using namespace keywheel::config;

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

TEST_CASE("a proxy has one of four schemes, a host and perhaps more") {
  const std::string scheme = "must begin with http://, https://, socks5:// or socks5h://";
  const std::string host = "must name a host, and a port from 1 to 65535 if any";
  const std::string blank = "must not contain blanks, control or non-ASCII characters";
  const std::string end = "must end behind the host and port; write /, ? and # in a password as "
                          "%2F, %3F and %23";
  const std::string at = "must not contain a bare @ in a password; write it as %40";
  const std::string user = "must name a user before the @";
  struct row {
    std::string text;
    std::string flaw;
  };
  const std::vector<row> rows{{"http://proxy.example:3128", ""},
                              {"http://proxy.example", ""},
                              {"https://127.0.0.1:1/", ""},
                              {"socks5://[::1]:65535", ""},
                              {"SOCKS5H://ada:ge%40heim@proxy", ""},
                              {"http://ada@proxy", ""},
                              {"http://ada:@proxy:80", ""},
                              {"", scheme},
                              {"proxy:3128", scheme},
                              {"socks4://proxy", scheme},
                              {"ftp://proxy", scheme},
                              {"http:/proxy", scheme},
                              {"http://", host},
                              {"http:///", host},
                              {"http://ada:geheim@", host},
                              {"http://proxy:0", host},
                              {"http://proxy:65536", host},
                              {"http://proxy:80x", host},
                              {"http://[::g]:80", host},
                              {"http://@proxy", user},
                              {"http://:geheim@proxy", user},
                              {"http://ada:ge@heim@proxy", at},
                              {"http://ada:ge/heim@proxy", end},
                              {"http://proxy/path", end},
                              {"http://proxy//", end},
                              {"http://proxy?x", end},
                              {"http://proxy#x", end},
                              {"http://ada:ge heim@proxy", blank},
                              {"http://proxy\n", blank},
                              {"http://pröxy", blank}};
  for (const auto& [text, flaw] : rows) {
    CAPTURE(text);
    CHECK(flaw_of_proxy(text) == flaw);
  }
}

TEST_CASE("a proxy is shown without user and password") {
  struct row {
    std::string url;
    std::string shown;
  };
  const std::vector<row> rows{
      {"", ""},
      {"http://proxy.example:3128", "http://proxy.example:3128"},
      {"http://ada:geheim@proxy.example:3128", "http://…@proxy.example:3128"},
      {"socks5h://ada@[::1]:1080/", "socks5h://…@[::1]:1080/"},
  };
  for (const auto& [url, shown] : rows) {
    CHECK(flaw_of_proxy(url.empty() ? "http://h" : url).empty());
    CHECK(masked_proxy(secret{url}) == shown);
  }
}
