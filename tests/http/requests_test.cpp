// What comes in: bytes on the left, what the owner is told on the right. Every row is also fed one
// byte at a time and cut in two at every point, with the same outcome.

#include "tests/catch.hpp"
#include "tests/http/conversation.hpp"

#include <vector>

using namespace keywheel::http;
using namespace keywheel::http::testing;

namespace {

struct row {
  std::string_view in;
  std::string_view events;
};

using namespace std::string_view_literals;

const row good[] = {
    // -- request lines --
    {"GET / HTTP/1.1\r\nHost: a\r\n\r\n", "GET / 1.1 keep\nend\n"},
    {"GET /v1/models?limit=2 HTTP/1.1\r\nHost: a:4100\r\n\r\n",
     "GET /v1/models?limit=2 1.1 keep\nend\n"},
    {"PROPFIND /%C3%A4 HTTP/1.1\r\nHost: [::1]:80\r\n\r\n", "PROPFIND /%C3%A4 1.1 keep\nend\n"},
    {"GET / HTTP/1.1\r\nHost:\r\n\r\n", "GET / 1.1 keep\nend\n"},
    {"\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n\r\n", "GET / 1.1 keep\nend\n"},
    {"OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", "OPTIONS * 1.1 keep\nend\n"},
    {"GET http://b/x?y HTTP/1.1\r\nHost: a\r\n\r\n", "GET /x?y 1.1 keep\nend\n"},
    {"GET HTTPS://b:1 HTTP/1.1\r\nHost: a\r\n\r\n", "GET / 1.1 keep\nend\n"},
    {"GET http://b?y HTTP/1.1\r\nHost: a\r\n\r\n", "GET /?y 1.1 keep\nend\n"},
    {"OPTIONS http://b HTTP/1.1\r\nHost: a\r\n\r\n", "OPTIONS * 1.1 keep\nend\n"},
    // -- persistence --
    {"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", "GET / 1.1 close\nend\n"},
    {"GET / HTTP/1.1\r\nHost: a\r\nConnection: x, CLOSE\r\n\r\n", "GET / 1.1 close\nend\n"},
    {"GET / HTTP/1.1\r\nHost: a\r\nConnection: keep-alive\r\n\r\n", "GET / 1.1 keep\nend\n"},
    {"GET / HTTP/1.0\r\n\r\n", "GET / 1.0 close\nend\n"},
    {"GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", "GET / 1.0 keep\nend\n"},
    {"GET / HTTP/1.0\r\nConnection: keep-alive, close\r\n\r\n", "GET / 1.0 close\nend\n"},
    {"GET / HTTP/1.0\r\nProxy-Connection: keep-alive\r\n\r\n", "GET / 1.0 close\nend\n"},
    // -- bodies --
    {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello",
     "POST / 1.1 keep length=5\nbody hello\nend\n"},
    {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n", "POST / 1.1 keep length=0\nend\n"},
    {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length:\t005 \r\n\r\nhello",
     "POST / 1.1 keep length=5\nbody hello\nend\n"},
    {"POST / HTTP/1.0\r\nContent-Length: 2\r\n\r\n\r\n",
     "POST / 1.0 close length=2\nbody \r\n\nend\n"},
    {"POST / HTTP/1.1\r\nHost: a\r\n\r\n", "POST / 1.1 keep\nend\n"},
    {"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi",
     "GET / 1.1 keep length=2\nbody hi\nend\n"},
    {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
     "POST / 1.1 keep\nend\n"},
    {"POST / HTTP/1.1\r\nHost: a\r\ntransfer-encoding: Chunked\r\n\r\n5\r\nhello\r\n0006\r\n "
     "world\r\n0\r\n\r\n",
     "POST / 1.1 keep\nbody hello world\nend\n"},
    {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: "
     "chunked\r\n\r\nA\r\n0123456789\r\n00\r\n\r\n",
     "POST / 1.1 keep\nbody 0123456789\nend\n"},
    {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: "
     "chunked\r\n\r\n2;a=b;c=\"d;\\\"e\";f\r\nhi\r\n0;z\r\n\r\n",
     "POST / 1.1 keep\nbody hi\nend\n"},
    {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nX-Sum: "
     "1\r\nHost: b\r\n\r\n",
     "POST / 1.1 keep\nbody hi\nend\n"},
    // -- one after the other, in one stream --
    {"GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\n",
     "GET /1 1.1 keep\nend\nGET /2 1.1 keep\nend\n"},
    {"POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\none\r\nPOST /2 HTTP/1.1\r\nHost: "
     "a\r\n"
     "Transfer-Encoding: chunked\r\n\r\n3\r\ntwo\r\n0\r\n\r\nGET /3 HTTP/1.0\r\n\r\nGET /4 "
     "HTTP/1.1\r\n\r\n",
     "POST /1 1.1 keep length=3\nbody one\nend\nPOST /2 1.1 keep\nbody two\nend\nGET /3 1.0 "
     "close\nend\n"},
};

const row bad[] = {
    // -- request lines --
    {"\x16\x03\x01\x02"sv, "bad 400\n"}, // TLS
    {" GET / HTTP/1.1\r\nHost: a\r\n\r\n", "bad 400\n"},
    {"GET  / HTTP/1.1\r\nHost: a\r\n\r\n", "bad 400\n"},
    {"GET /a b HTTP/1.1\r\nHost: a\r\n\r\n", "bad 400\n"},
    {"GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n", "bad 400\n"},
    {"G(T / HTTP/1.1\r\nHost: a\r\n\r\n", "bad 400\n"},
    {"GET /\r\n\r\n", "bad 400\n"},
    {"GET / HTTP/1.1 \r\nHost: a\r\n\r\n", "bad 400\n"},
    {"GET / http/1.1\r\nHost: a\r\n\r\n", "bad 400\n"},
    {"GET / HTTP/1\r\nHost: a\r\n\r\n", "bad 400\n"},
    {"GET / HTTP/1.12\r\nHost: a\r\n\r\n", "bad 400\n"},
    {"GET / HTTP/1.2\r\nHost: a\r\n\r\n", "bad 505\n"},
    {"GET / HTTP/0.9\r\nHost: a\r\n\r\n", "bad 505\n"},
    {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "bad 505\n"},
    {"GET /#x HTTP/1.1\r\nHost: a\r\n\r\n", "bad 400\n"},
    {"GET /\xc3\xa4 HTTP/1.1\r\nHost: a\r\n\r\n", "bad 400\n"},
    {"GET /\x01 HTTP/1.1\r\nHost: a\r\n\r\n", "bad 400\n"},
    {"GET x HTTP/1.1\r\nHost: a\r\n\r\n", "bad 400\n"},
    {"GET * HTTP/1.1\r\nHost: a\r\n\r\n", "bad 400\n"},
    {"GET a:80 HTTP/1.1\r\nHost: a\r\n\r\n", "bad 400\n"},
    {"CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n", "bad 501\n"},
    {"GET ftp://a/ HTTP/1.1\r\nHost: a\r\n\r\n", "bad 400\n"},
    {"GET http:///x HTTP/1.1\r\nHost: a\r\n\r\n", "bad 400\n"},
    {"GET http://u:p@a/ HTTP/1.1\r\nHost: a\r\n\r\n", "bad 400\n"},
    // -- fields --
    {"GET / HTTP/1.1\r\n\r\n", "bad 400\n"},
    {"GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", "bad 400\n"},
    {"GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n", "bad 400\n"},
    {"GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", "bad 400\n"},
    {"GET / HTTP/1.1\r\nHost: a, b\r\n\r\n", "bad 400\n"},
    {"GET / HTTP/1.1\r\nHost: u@a\r\n\r\n", "bad 400\n"},
    {"GET / HTTP/1.1\r\nHost : a\r\n\r\n", "bad 400\n"},
    {"GET / HTTP/1.1\r\nHost: a\r\n: b\r\n\r\n", "bad 400\n"},
    {"GET / HTTP/1.1\r\nHost: a\r\nX\r\n\r\n", "bad 400\n"},
    {"GET / HTTP/1.1\r\nHost: a\r\nX Y: b\r\n\r\n", "bad 400\n"},
    {"GET / HTTP/1.1\r\nHost: a\r\nX: \x01\r\n\r\n", "bad 400\n"},
    {"GET / HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n"sv, "bad 400\n"},
    {"GET / HTTP/1.1\r\nHost: a\r\nX: \x7f\r\n\r\n", "bad 400\n"},
    {"GET / HTTP/1.1\r\nHost: a\r\nX: b\r\n c\r\n\r\n", "bad 400\n"}, // obs-fold
    {"GET / HTTP/1.1\r\nHost: a\r\n\tX: b\r\n\r\n", "bad 400\n"},
    {"GET / HTTP/1.1\r\n X: b\r\nHost: a\r\n\r\n", "bad 400\n"},
    {"GET / HTTP/1.1\r\nHost: a\r\nConnection: a b\r\n\r\n", "bad 400\n"},
    {"POST / HTTP/1.1\r\nHost: a\r\nExpect: magic\r\nContent-Length: 1\r\n\r\n", "bad 417\n"},
    {"POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue, x\r\nContent-Length: 1\r\n\r\n",
     "bad 417\n"},
    // -- chunks --
    {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n\r\n",
     "POST / 1.1 keep\nbad 400\n"},
    {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n",
     "POST / 1.1 keep\nbad 400\n"},
    {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n",
     "POST / 1.1 keep\nbad 400\n"},
    {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0x1\r\nA\r\n0\r\n\r\n",
     "POST / 1.1 keep\nbad 400\n"},
    {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1 \r\n",
     "POST / 1.1 keep\nbad 400\n"},
    {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1;\r\n",
     "POST / 1.1 keep\nbad 400\n"},
    {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n",
     "POST / 1.1 keep\nbad 400\n"},
    {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n10000000000000000\r\n",
     "POST / 1.1 keep\nbad 400\n"},
    {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nbad trailer\r\n\r\n",
     "POST / 1.1 keep\nbad 400\n"},
};

// Requests whose end two parsers in a chain would see in different places.
const row smuggled[] = {
    {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: "
     "chunked\r\n\r\n0\r\n\r\n",
     "bad 400\n"},
    {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: "
     "3\r\n\r\n0\r\n\r\n",
     "bad 400\n"},
    {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n",
     "bad 400\n"},
    {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc",
     "bad 501\n"},
    {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
     "bad 501\n"},
    {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n",
     "bad 501\n"},
    {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n",
     "bad 501\n"},
    {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: identity\r\n\r\n", "bad 501\n"},
    {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n", "bad 501\n"},
    {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked;q=1\r\n\r\n", "bad 501\n"},
    {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: \"chunked\"\r\n\r\n", "bad 501\n"},
    {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding:\r\n\r\n", "bad 501\n"},
    {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: \x0b"
     "chunked\r\n\r\n",
     "bad 400\n"},
    {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding : chunked\r\n\r\n", "bad 400\n"},
    {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding:\r\n chunked\r\n\r\n", "bad 400\n"},
    {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: "
     "chunked\r\n\r\n",
     "bad 400\n"},
    {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: identity\r\nTransfer-Encoding: "
     "chunked\r\n\r\n",
     "bad 501\n"},
    {"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "bad 400\n"},
    {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc",
     "bad 400\n"},
    {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\nabc",
     "bad 400\n"},
    {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3, 4\r\n\r\nabc", "bad 400\n"},
    {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3, 3\r\n\r\nabc", "bad 400\n"},
    {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +3\r\n\r\nabc", "bad 400\n"},
    {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -3\r\n\r\nabc", "bad 400\n"},
    {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0x3\r\n\r\nabc", "bad 400\n"},
    {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3 3\r\n\r\nabc", "bad 400\n"},
    {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length:\r\n\r\nabc", "bad 400\n"},
    {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\nabc", "bad 400\n"},
    {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length\r\n: 3\r\n\r\nabc", "bad 400\n"},
    // bare LF and bare CR
    {"GET / HTTP/1.1\nHost: a\n\n", "bad 400\n"},
    {"\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", "bad 400\n"},
    {"GET / HTTP/1.1\r\nHost: a\nContent-Length: 3\r\n\r\nabc", "bad 400\n"},
    {"GET / HTTP/1.1\r\nHost: a\r\n\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\n", "bad 400\n"},
    {"GET / HTTP/1.1\r\nHost: a\rContent-Length: 3\r\n\r\nabc", "bad 400\n"},
    {"GET / HTTP/1.1\rHost: a\r\n\r\n", "bad 400\n"},
    {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\nhi\r\n0\r\n\r\n",
     "POST / 1.1 keep\nbad 400\n"},
    {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\n0\r\n\r\n",
     "POST / 1.1 keep\nbad 400\n"},
    {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2;\nx\r\nhi\r\n0\r\n\r\n",
     "POST / 1.1 keep\nbad 400\n"},
    {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: "
     "chunked\r\n\r\n2;a=\"\n\"\r\nhi\r\n0\r\n\r\n",
     "POST / 1.1 keep\nbad 400\n"},
    {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\n\n",
     "POST / 1.1 keep\nbad 400\n"},
    {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nX: "
     "y\n\r\n\r\n",
     "POST / 1.1 keep\nbad 400\n"},
    {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nGET /2 "
     "HTTP/1.1\r\nHost: a\r\n\r\n",
     "POST / 1.1 keep\nbad 400\n"},
};

template <std::size_t N>
void check_however_cut(const row (&rows)[N]) {
  for (const auto& [in, events] : rows) {
    CAPTURE(in);
    conversation whole;
    whole.says(in);
    CHECK(whole.events == events);
    const auto heard = whole.hears();
    CHECK_FALSE(heard.empty());
    const auto state = whole.connection.current();
    conversation trickled;
    trickled.says_byte_by_byte(in);
    CHECK(trickled.events == events);
    CHECK(trickled.hears() == heard);
    CHECK(trickled.connection.current() == state);
    for (std::size_t split = 1; split < in.size(); ++split) {
      CAPTURE(split);
      conversation cut;
      cut.says_in_two(in, split);
      REQUIRE(cut.events == events);
      REQUIRE(cut.hears() == heard);
      REQUIRE(cut.connection.current() == state);
    }
  }
}

} // namespace

TEST_CASE("good requests, however they are cut") {
  check_however_cut(good);
}

TEST_CASE("bad requests are refused, however they are cut") {
  check_however_cut(bad);
}

TEST_CASE("requests that could hide another are refused, however they are cut") {
  check_however_cut(smuggled);
}

TEST_CASE("every refused request ends the connection") {
  for (const auto& in : smuggled) {
    CAPTURE(in.in);
    conversation client;
    client.says(in.in).says("GET /hidden HTTP/1.1\r\nHost: a\r\n\r\n");
    CHECK(client.events == in.events);
    CHECK(client.hears().find("Connection: close\r\n") != std::string::npos);
    CHECK(client.connection.current() == server_connection::state::closing);
  }
}

TEST_CASE("fields arrive in order, repeated ones included, white space around values removed") {
  conversation client;
  client.says("GET / HTTP/1.1\r\nHost: a\r\nX-B:  1 2\t\r\nx-a:\r\nX-B: caf\xc3\xa9\r\n\r\n");
  std::string seen;
  for (auto [name, value] : client.last_head.headers)
    seen += std::string{name} + '=' + std::string{value} + ';';
  CHECK(seen == "Host=a;X-B=1 2;x-a=;X-B=caf\xc3\xa9;");
}

TEST_CASE("trailers do not become fields") {
  conversation client;
  client.says(
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX-Late: 1\r\n\r\n");
  CHECK_FALSE(client.last_head.headers.contains("x-late"));
}

TEST_CASE("the authority of an absolute-form target stands for Host") {
  conversation client;
  client.says("GET http://b:81/ HTTP/1.1\r\nHost: a\r\n\r\n");
  CHECK(client.last_head.headers.find("host") == "b:81");
  conversation old;
  old.says("GET http://b:81/ HTTP/1.0\r\n\r\n");
  CHECK(old.last_head.headers.find("host") == "b:81");
}
