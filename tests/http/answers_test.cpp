// What goes out: the answer of the owner, framed for the request that asked for it.

#include "tests/catch.hpp"
#include "tests/http/conversation.hpp"

using namespace keywheel::http;
using namespace keywheel::http::testing;

namespace {

using state = server_connection::state;

/// A client that has asked and waits for an answer.
struct waiting_client : conversation {
  explicit waiting_client(std::string_view request) {
    at_request = nullptr;
    says(request);
  }

  /// Begins an answer, writes the pieces, ends it.
  std::string gets(const response_head& head, std::optional<std::size_t> length,
                   std::initializer_list<std::string_view> pieces, bool broken = false) {
    connection.begin(head, length, now);
    for (auto piece : pieces)
      connection.write(piece);
    connection.finish(now, broken);
    return hears();
  }
};

const std::string_view get_11 = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
const std::string_view get_11_close = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
const std::string_view head_11 = "HEAD / HTTP/1.1\r\nHost: a\r\n\r\n";
const std::string_view get_10 = "GET / HTTP/1.0\r\n\r\n";
const std::string_view get_10_keep = "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n";
const std::string_view head_10_keep = "HEAD / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n";

struct row {
  std::string_view request;
  unsigned status;
  state after;
  std::optional<std::size_t> length;
  std::string out; ///< after status line and Date
};

const std::string chunked = "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n";
const std::string close_line = "Connection: close\r\n";
const std::string keep_line = "Connection: keep-alive\r\n";

const row rows[] = {
    // Each is given the pieces "abc", "", "de".
    {get_11, 200, state::open, 5, "Content-Length: 5\r\n\r\nabcde"},
    {get_11, 200, state::open, {}, chunked},
    {get_11, 404, state::open, 5, "Content-Length: 5\r\n\r\nabcde"},
    {get_11, 204, state::open, {}, "\r\n"},
    {get_11, 204, state::open, 0, "\r\n"},
    {get_11, 304, state::open, 5, "\r\n"},
    {get_11, 304, state::open, {}, "\r\n"},
    {get_11, 200, state::open, 4, "Content-Length: 4\r\n\r\nabcd"},
    {get_11, 200, state::closing, 6, "Content-Length: 6\r\n\r\nabcde"},
    {get_11_close, 200, state::closing, 5, "Content-Length: 5\r\n" + close_line + "\r\nabcde"},
    {get_11_close,
     200,
     state::closing,
     {},
     "Transfer-Encoding: chunked\r\n" + close_line + chunked.substr(28)},
    {head_11, 200, state::open, 5, "Content-Length: 5\r\n\r\n"},
    {head_11, 200, state::open, {}, "\r\n"},
    {get_10, 200, state::closing, 5, "Content-Length: 5\r\n" + close_line + "\r\nabcde"},
    {get_10, 200, state::closing, {}, close_line + "\r\nabcde"},
    {get_10_keep, 200, state::open, 5, "Content-Length: 5\r\n" + keep_line + "\r\nabcde"},
    {get_10_keep, 200, state::closing, {}, close_line + "\r\nabcde"},
    {get_10_keep, 204, state::open, {}, keep_line + "\r\n"},
    {head_10_keep, 200, state::open, 5, "Content-Length: 5\r\n" + keep_line + "\r\n"},
};

} // namespace

TEST_CASE("answers are framed for the request that asked") {
  for (const auto& [request, status, after, length, out] : rows) {
    CAPTURE(request, status, length.value_or(999));
    waiting_client client{request};
    const auto heard = client.gets({status, {}}, length, {"abc", "", "de"});
    std::string expected = "HTTP/1.1 ";
    expected += std::to_string(status);
    expected += ' ';
    expected += reason_phrase(status);
    expected += "\r\n";
    expected += date_line;
    expected += out;
    CHECK(heard == expected);
    CHECK(client.connection.current() == after);
    CHECK_FALSE(client.connection.busy());
  }
}

TEST_CASE("a broken answer has no proper end and is the last") {
  SECTION("chunked: the last chunk is missing") {
    waiting_client client{get_11};
    const auto heard = client.gets({200, {}}, std::nullopt, {"abc"}, true);
    CHECK(heard == on_the_wire("200 OK", "Transfer-Encoding: chunked\r\n", "3\r\nabc\r\n"));
    CHECK(client.connection.current() == state::closing);
  }
  SECTION("Content-Length: bytes are missing") {
    waiting_client client{get_11};
    const auto heard = client.gets({200, {}}, 4, {"abc"}, true);
    CHECK(heard == on_the_wire("200 OK", "Content-Length: 4\r\n", "abc"));
    CHECK(client.connection.current() == state::closing);
  }
  SECTION("pipelined requests behind it are dropped") {
    waiting_client client{std::string{get_11} + std::string{get_11}};
    client.gets({200, {}}, std::nullopt, {"abc"}, true);
    client.says(get_11);
    CHECK(client.events == "GET / 1.1 keep\nend\n");
    CHECK(client.hears().empty());
  }
}

TEST_CASE("fields of an answer") {
  waiting_client client{get_11};
  response_head head{200, {}};
  SECTION("are written in order, framing fields excepted") {
    head.headers.add("B", "1");
    head.headers.add("Content-Length", "77");
    head.headers.add("transfer-encoding", "gzip");
    head.headers.add("Connection", "upgrade");
    head.headers.add("a", "");
    head.headers.add("B", "2");
    CHECK(client.gets(head, 0, {})
          == "HTTP/1.1 200 OK\r\nB: 1\r\na: \r\nB: 2\r\n" + date_line
                 + "Content-Length: 0\r\n\r\n");
  }
  SECTION("a Date that is there stays") {
    head.headers.add("date", "Mon, 01 Jan 2024 00:00:00 GMT");
    CHECK(client.gets(head, 0, {})
          == "HTTP/1.1 200 OK\r\ndate: Mon, 01 Jan 2024 00:00:00 GMT\r\nContent-Length: 0\r\n\r\n");
  }
  SECTION("what would split the answer is left out") {
    head.headers.add("X", "a\r\nSet-Cookie: b");
    head.headers.add("Y", "a\nb");
    head.headers.add("Z", std::string_view{"a\0b", 3});
    head.headers.add("W: 1\r\nV", "a");
    head.headers.add("", "a");
    head.headers.add("U", "fine");
    CHECK(client.gets(head, 0, {})
          == "HTTP/1.1 200 OK\r\nU: fine\r\n" + date_line + "Content-Length: 0\r\n\r\n");
  }
}

TEST_CASE("a status that does not exist becomes 502") {
  for (unsigned status : {0u, 99u, 1000u, 4000000000u}) {
    waiting_client client{get_11};
    CHECK(client.gets({status, {}}, 0, {})
          == on_the_wire("502 Bad Gateway", "Content-Length: 0\r\n", ""));
  }
}

TEST_CASE("an answer may be written bit by bit") {
  waiting_client client{get_11};
  client.connection.begin({200, {}}, std::nullopt, client.now);
  CHECK(client.hears() == on_the_wire("200 OK", "Transfer-Encoding: chunked\r\n", ""));
  client.connection.write("data: 1\n\n");
  CHECK(client.hears() == "9\r\ndata: 1\n\n\r\n");
  client.connection.write(std::string(300, 'x'));
  CHECK(client.hears() == "12c\r\n" + std::string(300, 'x') + "\r\n");
  CHECK(client.connection.busy());
  client.connection.finish(client.now);
  CHECK(client.hears() == "0\r\n\r\n");
  CHECK_FALSE(client.connection.busy());
}

TEST_CASE("an answer that nobody awaits does nothing") {
  conversation client;
  client.answer(200, "too early");
  client.connection.write("x");
  client.connection.finish(client.now);
  CHECK(client.hears().empty());
  client.says(get_11);
  CHECK(client.hears() == ok);
  client.answer(200, "too late");
  CHECK(client.hears().empty());
  CHECK(client.connection.current() == state::open);
}
