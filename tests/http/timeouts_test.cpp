// Time moves only when told to: to just before the limit, then to it.

#include "tests/catch.hpp"
#include "tests/http/conversation.hpp"

using namespace keywheel::http;
using namespace keywheel::http::testing;

namespace {

using state = server_connection::state;

server_limits limits() {
  server_limits result;
  result.header_timeout = 10s;
  result.body_timeout = 20s;
  result.idle_timeout = 100s;
  result.linger = 2s;
  return result;
}

const std::string_view request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

/// Nothing happens for a moment less than `limit`, and next_timeout() says so.
void check_nothing_before(conversation& client, keywheel::duration limit) {
  REQUIRE(client.connection.next_timeout() == client.now + limit);
  const auto events = client.events;
  client.waits(limit - 1ms);
  CHECK(client.events == events);
  CHECK(client.connection.current() == state::open);
  client.waits(1ms);
}

} // namespace

TEST_CASE("a connection on which nothing is asked is closed silently") {
  conversation client{limits()};
  SECTION("fresh") {}
  SECTION("with an empty line") {
    client.says("\r\n\r");
  }
  SECTION("after a request") {
    client.waits(50s).says(request);
    CHECK(client.hears() == ok);
  }
  const auto events = client.events;
  check_nothing_before(client, 100s);
  CHECK(client.connection.current() == state::closed);
  CHECK(client.hears().empty());
  CHECK(client.events == events);
  CHECK_FALSE(client.connection.next_timeout());
  CHECK_FALSE(client.connection.wants_input());
}

TEST_CASE("a header section that trickles in is 408, counted from its first byte") {
  conversation client{limits()};
  client.waits(50s).says("G");
  client.waits(6s).says("ET / HTTP/1.1\r\nHost: a\r\n");
  check_nothing_before(client, 4s);
  CHECK(client.events == "bad 408\n");
  CHECK(client.hears()
        == on_the_wire("408 Request Timeout", "Content-Length: 0\r\nConnection: close\r\n", ""));
  CHECK(client.connection.current() == state::closing);
}

TEST_CASE("408 is framed as an answer of its own, whatever was asked before") {
  conversation client{limits()};
  client.at_bad_request = [&](unsigned status) { client.answer(status, "late"); };
  client.says("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");
  client.hears();
  client.says("GET /").waits(10s);
  CHECK(
      client.hears()
      == on_the_wire("408 Request Timeout", "Content-Length: 4\r\nConnection: close\r\n", "late"));
}

TEST_CASE("the time of a pipelined header section counts from the end of the answer before") {
  conversation client{limits()};
  client.at_request = nullptr;
  client.says(std::string{request} + "GET");
  CHECK_FALSE(client.connection.next_timeout());
  client.waits(1000s);
  CHECK(client.connection.busy());
  client.answer(200, "ok");
  check_nothing_before(client, 10s);
  CHECK(client.events == "GET / 1.1 keep\nend\nbad 408\n");
}

TEST_CASE("a body may take its time but not fall silent") {
  conversation client{limits()};
  std::string framing;
  SECTION("Content-Length") {
    client.says("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n");
    client.waits(19s).says("a").waits(19s).says("b");
  }
  SECTION("chunked") {
    client.says("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
    client.waits(19s).says("1\r\na").waits(19s).says("\r\n1\r\nb");
    client.says("\r\n1"); // framing alone is no progress
  }
  CHECK(client.body == "ab");
  check_nothing_before(client, 20s);
  CHECK(client.events.substr(client.events.find('\n')) == "\nbad 408\n");
  CHECK(client.connection.current() == state::closing);
}

TEST_CASE("an outstanding answer has all the time in the world") {
  conversation client{limits()};
  client.at_request = nullptr;
  client.at_bad_request = nullptr;
  SECTION("good request") {
    client.says(request);
  }
  SECTION("bad request") {
    client.says("bad\r\n\r\n");
  }
  SECTION("begun") {
    client.says(request);
    client.connection.begin({200, {}}, std::nullopt, client.now);
  }
  SECTION("begun before the body was there") {
    client.says("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n");
    client.connection.begin({200, {}}, std::nullopt, client.now);
  }
  CHECK_FALSE(client.connection.next_timeout());
  const auto events = client.events;
  client.waits(1'000'000s);
  CHECK(client.events == events);
  CHECK(client.connection.busy());
  CHECK(client.connection.current() == state::open);
}

TEST_CASE("after the last answer input is discarded for a while, then the connection is closed") {
  conversation client{limits()};
  client.says("GET / HTTP/1.0\r\n\r\n");
  CHECK(client.hears() == ok_and_close);
  CHECK(client.connection.current() == state::closing);
  CHECK(client.connection.wants_input());
  client.says(request).waits(1999ms);
  CHECK(client.events == "GET / 1.0 close\nend\n");
  CHECK(client.connection.current() == state::closing);
  client.waits(1ms);
  CHECK(client.connection.current() == state::closed);
  client.says(request);
  CHECK(client.events == "GET / 1.0 close\nend\n");
}

TEST_CASE("lingering counts from when the last answer was taken") {
  conversation client{limits()};
  client.says("GET / HTTP/1.0\r\n\r\n").waits(2s).waits(2s);
  CHECK(client.connection.current() == state::closing);
  CHECK(client.hears() == ok_and_close);
  client.waits(2s);
  CHECK(client.connection.current() == state::closed);
}
