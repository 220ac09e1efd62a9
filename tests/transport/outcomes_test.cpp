#include "tests/catch.hpp"
#include "transport/outcomes.hpp"

#include <cerrno>

using namespace keywheel;
using namespace keywheel::transport;
using dialect::failure;

namespace {

request to_somewhere() {
  request result;
  result.url = "https://user:secret1@api.example/v1/x?key=secret2#secret3";
  result.headers.add("authorization", "Bearer secret4");
  return result;
}

} // namespace

TEST_CASE("of a URL only host and port are told") {
  CHECK(authority("http://a.example/x?y") == "a.example:80");
  CHECK(authority("https://a.example") == "a.example:443");
  CHECK(authority("https://a.example:8443?key=x") == "a.example:8443");
  CHECK(authority("http://u:p@[::1]/x") == "[::1]:80");
  CHECK(authority("http://[::1]:9/x") == "[::1]:9");
  CHECK(authority("http://u:p@q@h:1/@x") == "h:1");
}

TEST_CASE("a breakdown is told apart by whether the request was sent") {
  const auto what = to_somewhere();
  const CURLcode codes[] = {CURLE_URL_MALFORMAT,
                            CURLE_COULDNT_RESOLVE_HOST,
                            CURLE_COULDNT_RESOLVE_PROXY,
                            CURLE_COULDNT_CONNECT,
                            CURLE_OPERATION_TIMEDOUT,
                            CURLE_PEER_FAILED_VERIFICATION,
                            CURLE_SSL_CONNECT_ERROR,
                            CURLE_PROXY,
                            CURLE_GOT_NOTHING,
                            CURLE_PARTIAL_FILE,
                            CURLE_RECV_ERROR,
                            CURLE_SEND_ERROR,
                            CURLE_OUT_OF_MEMORY,
                            CURLE_WEIRD_SERVER_REPLY,
                            CURLE_WRITE_ERROR};
  for (const auto code : codes)
    for (const auto sent : {false, true})
      for (const auto head : {false, true}) {
        const auto how = broken(what, {code, 0, sent, sent && head, ""});
        CAPTURE(code, sent, head, how.detail);
        CHECK_FALSE(how.complete);
        CHECK(how.failed == (sent ? failure::no_answer : failure::not_sent));
        CHECK_FALSE(how.detail.empty());
        CHECK(how.detail.find("secret") == std::string::npos);
      }
}

TEST_CASE("the words name the host and the reason") {
  auto what = to_somewhere();
  what.connect_timeout = std::chrono::milliseconds{1500};
  CHECK(broken(what, {CURLE_COULDNT_CONNECT, ECONNREFUSED, false, false, ""}).detail
        == "connection refused by api.example:443");
  CHECK(broken(what, {CURLE_OPERATION_TIMEDOUT, 0, false, false, ""}).detail
        == "no connection to api.example:443 within 1500 ms");
  CHECK(broken(what, {CURLE_WRITE_ERROR, 0, true, false, "its header section is too large"}).detail
        == "api.example:443: its header section is too large");
  CHECK(broken(what, {CURLE_PARTIAL_FILE, 0, true, true, ""}).detail
        == "connection closed by api.example:443 in the middle of its answer");
  CHECK(expired(what, false, false).detail == "no answer from api.example:443 within 300 s");
  CHECK(expired(what, false, false).failed == failure::timed_out);
  CHECK(expired(what, true, true).failed == failure::deadline);
}

TEST_CASE("a stream that was refused was not acted on") {
  const auto how = breakdown{CURLE_ABORTED_BY_CALLBACK, 0, false, false, "", true, 0, ""};
  const auto seen = broken(to_somewhere(), how);
  CHECK(seen.failed == failure::not_sent);
  CHECK(seen.detail == "api.example:443 refused the request unread");
}

TEST_CASE("a proxy is named, and its password is not") {
  auto what = to_somewhere();
  auto via = std::make_shared<config::transport_config>();
  via->proxy = config::secret{"http://ada:secret5@proxy.example:3128"};
  what.via = via;
  const std::string proxy = "the proxy proxy.example:3128 on the way to api.example:443";
  CHECK(broken(what, {CURLE_COULDNT_CONNECT, ECONNREFUSED, false, false, "", false, 0, ""}).detail
        == "connection refused by " + proxy);
  CHECK(broken(what, {CURLE_COULDNT_RESOLVE_PROXY, 0, false, false, "", false, 0, ""}).detail
        == "the name of " + proxy + " is not known");
  CHECK(broken(what, {CURLE_RECV_ERROR, 0, false, false, "", false, 407, ""}).detail
        == proxy + " answered with status 407");
}
