#include "tests/catch.hpp"
#include "tests/http/conversation.hpp"

using namespace keywheel::http;
using namespace keywheel::http::testing;

namespace {

server_limits small() {
  server_limits limits;
  limits.max_header = 100;
  limits.max_body = 10;
  return limits;
}

/// A request whose header section has exactly `size` bytes.
std::string request_of(std::size_t size) {
  const std::string start = "GET / HTTP/1.1\r\nHost: a\r\nX: ";
  return start + std::string(size - start.size() - 4, 'x') + "\r\n\r\n";
}

/// A request whose request line has exactly `size` bytes, CRLF included.
std::string line_of(std::size_t size) {
  return "GET /" + std::string(size - 16, 'x') + " HTTP/1.1\r\n";
}

std::string status_of(const std::string& answer) {
  return answer.substr(9, 3);
}

void check_however_cut(std::string_view in, std::string_view events) {
  CAPTURE(in);
  for (std::size_t split = 0; split < in.size(); ++split) {
    CAPTURE(split);
    conversation client{small()};
    client.says_in_two(in, split);
    REQUIRE(client.events == events);
  }
  conversation client{small()};
  client.says_byte_by_byte(in);
  CHECK(client.events == events);
}

const std::string chunked_head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";

} // namespace

TEST_CASE("a header section up to the limit is taken, beyond it is 431") {
  check_however_cut(request_of(100), "GET / 1.1 keep\nend\n");
  check_however_cut(request_of(101), "bad 431\n");
  check_however_cut(request_of(200), "bad 431\n");
}

TEST_CASE("a request line beyond the limit is 414") {
  check_however_cut(line_of(101) + "Host: a\r\n\r\n", "bad 414\n");
  check_however_cut(line_of(95) + "Host: a\r\n\r\n", "bad 431\n");
}

TEST_CASE("the limit counts anew for each request") {
  conversation client{small()};
  client.says(request_of(100) + request_of(100) + request_of(100));
  CHECK(client.hears() == ok + ok + ok);
}

TEST_CASE("a section that never ends is refused at the limit, not held") {
  conversation client{small()};
  client.says("GET / HTTP/1.1\r\nX: " + std::string(79, 'x'));
  CHECK(client.events.empty());
  client.says("xxx");
  CHECK(client.events == "bad 431\n");
}

TEST_CASE("more than 256 fields are 431") {
  std::string request = "GET / HTTP/1.1\r\nHost: a\r\n";
  for (int i = 0; i < 255; ++i)
    request += "a: b\r\n";
  conversation fits;
  fits.says(request + "\r\n");
  CHECK(fits.last_head.headers.size() == 256);
  conversation beyond;
  beyond.says(request + "a: b\r\n\r\n");
  CHECK(beyond.events == "bad 431\n");
}

TEST_CASE("more than 64 connection options are 431") {
  std::string options = "a";
  for (int i = 1; i < 64; ++i)
    options += ",a";
  const std::string start = "GET / HTTP/1.1\r\nHost: a\r\nConnection: ";
  conversation fits;
  fits.says(start + options + "\r\n\r\n");
  CHECK(fits.events == "GET / 1.1 keep\nend\n");
  conversation beyond;
  beyond.says(start + options + ",a\r\n\r\n");
  CHECK(beyond.events == "bad 431\n");
}

TEST_CASE("a declared body beyond the limit is 413 before it is read") {
  const std::string start =
      "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: ";
  conversation fits{small()};
  fits.says(start + "10\r\n\r\n").says("0123456789");
  CHECK(fits.events == "POST / 1.1 keep length=10\nbody 0123456789\nend\n");
  conversation beyond{small()};
  beyond.says(start + "11\r\n\r\n");
  CHECK(beyond.events == "bad 413\n");
  CHECK(status_of(beyond.hears()) == "413");
  CHECK(beyond.connection.current() == server_connection::state::closing);
  beyond.says("0123456789a");
  CHECK(beyond.events == "bad 413\n");
}

TEST_CASE("a chunked body is 413 as soon as it goes beyond the limit") {
  check_however_cut(chunked_head + "5\r\n01234\r\n5\r\n56789\r\n0\r\n\r\n",
                    "POST / 1.1 keep\nbody 0123456789\nend\n");
  check_however_cut(chunked_head + "5\r\n01234\r\n6\r\n", "POST / 1.1 keep\nbad 413\n");
  check_however_cut(chunked_head + "b\r\n", "POST / 1.1 keep\nbad 413\n");
  check_however_cut(chunked_head + "ffffffffffffffff\r\n", "POST / 1.1 keep\nbad 413\n");
}

TEST_CASE("chunk headers and trailers have an end") {
  const std::string many(101, 'x');
  check_however_cut(chunked_head + "1;" + many, "POST / 1.1 keep\nbad 431\n");
  check_however_cut(chunked_head + "0\r\nX: " + many, "POST / 1.1 keep\nbad 431\n");
}

TEST_CASE("pipelined input is kept up to a bound while an answer is outstanding") {
  conversation client;
  client.at_request = nullptr;
  const std::string request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
  client.says(request);
  CHECK(client.connection.wants_input());
  std::size_t sent = 0;
  while (client.connection.wants_input()) {
    client.says(request);
    ++sent;
    REQUIRE(sent < 10'000);
  }
  CHECK(sent * request.size() >= 65536);
  CHECK(sent * request.size() < 66560);
  client.hears();
  SECTION("draining: what is kept will not be answered, so there is no reason to stop reading") {
    client.connection.stop_keeping_alive();
    CHECK(client.connection.wants_input());
    return;
  }
  client.at_request = [&] { client.answer(200, "ok"); };
  client.answer(200, "ok");
  CHECK(client.connection.wants_input());
  CHECK(client.hears().size() == (sent + 1) * ok.size());
}
