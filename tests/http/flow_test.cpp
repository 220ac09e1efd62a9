// Who speaks when: pipelining, 100 Continue, answers that come early, draining.

#include "tests/catch.hpp"
#include "tests/http/conversation.hpp"

using namespace keywheel::http;
using namespace keywheel::http::testing;

namespace {

using state = server_connection::state;

const std::string go_on = "HTTP/1.1 100 Continue\r\n\r\n";

std::string get(std::string_view target) {
  return "GET " + std::string{target} + " HTTP/1.1\r\nHost: a\r\n\r\n";
}

std::string post(std::string_view fields, std::string_view body) {
  return "POST / HTTP/1.1\r\nHost: a\r\n" + std::string{fields} + "\r\n" + std::string{body};
}

} // namespace

TEST_CASE("a pipelined request waits until the one before is answered") {
  conversation client;
  client.at_request = nullptr;
  client.says(get("/1") + get("/2") + get("/3"));
  CHECK(client.events == "GET /1 1.1 keep\nend\n");
  CHECK(client.connection.busy());
  client.connection.begin({200, {}}, 2, client.now);
  client.connection.write("ok");
  CHECK(client.events == "GET /1 1.1 keep\nend\n");
  client.connection.finish(client.now);
  CHECK(client.events == "GET /1 1.1 keep\nend\nGET /2 1.1 keep\nend\n");
  CHECK(client.connection.busy());
  client.answer(200, "ok");
  client.answer(200, "ok");
  CHECK(client.hears() == ok + ok + ok);
  CHECK_FALSE(client.connection.busy());
}

TEST_CASE("what follows a request that asked to close is not a request") {
  conversation client;
  client.says("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n" + get("/2"));
  CHECK(client.hears() == ok_and_close);
  CHECK(client.events == "GET / 1.1 close\nend\n");
}

TEST_CASE("ten thousand pipelined requests are answered without deep recursion") {
  conversation client;
  constexpr std::size_t count = 10'000;
  std::string all;
  for (std::size_t i = 0; i < count; ++i)
    all += i % 2 == 0 ? get("/") : post("Content-Length: 1\r\n", "x");
  bool expired = false;
  SECTION("answered when whole") {}
  SECTION("answered at their head") {
    client.at_head = [&] { client.answer(200, "ok"); };
  }
  SECTION("fed while an answer is outstanding, which then ends") {
    client.at_request = nullptr;
    client.says(get("/"));
    client.at_request = [&] { client.answer(200, "ok"); };
    expired = true;
  }
  client.says(all);
  if (expired) {
    CHECK(client.hears().empty());
    client.answer(200, "ok");
    CHECK(client.hears().size() == (count + 1) * ok.size());
  } else {
    CHECK(client.hears().size() == count * ok.size());
  }
  CHECK(client.connection.current() == state::open);
  CHECK_FALSE(client.connection.busy());
}

TEST_CASE("100 Continue is said when the client waits for it") {
  conversation client;
  const std::string expect = "Expect: 100-Continue\r\nContent-Length: 2\r\n";
  SECTION("Content-Length") {
    client.says(post(expect, ""));
    CHECK(client.hears() == go_on);
    client.says("hi");
    CHECK(client.hears() == ok);
  }
  SECTION("chunked") {
    client.says(post("Expect: 100-continue\r\nTransfer-Encoding: chunked\r\n", ""));
    CHECK(client.hears() == go_on);
    client.says("2\r\nhi\r\n0\r\n\r\n");
    CHECK(client.hears() == ok);
  }
  SECTION("not when the body has begun to arrive") {
    client.says(post(expect, "h"));
    CHECK(client.hears().empty());
    client.says("i");
    CHECK(client.hears() == ok);
  }
  SECTION("not when there is no body") {
    client.says(post("Expect: 100-continue\r\nContent-Length: 0\r\n", ""));
    client.says(post("Expect: 100-continue\r\n", ""));
    CHECK(client.hears() == ok + ok);
  }
  SECTION("not to HTTP/1.0") {
    client.says("POST / HTTP/1.0\r\n" + expect + "\r\n");
    CHECK(client.hears().empty());
    client.says("hi");
    CHECK(client.hears() == ok_and_close);
  }
  SECTION("not when the owner has answered: the body never comes") {
    client.at_head = [&] { client.answer(401); };
    client.says(post(expect, ""));
    CHECK(client.hears()
          == on_the_wire("401 Unauthorized", "Content-Length: 0\r\nConnection: close\r\n", ""));
    CHECK(client.connection.current() == state::closing);
  }
  SECTION("after the answers to the requests before it") {
    client.says(get("/") + post(expect, ""));
    CHECK(client.hears() == ok + go_on);
  }
}

TEST_CASE("an answer that comes before the body is the last, and the body is not told") {
  conversation client;
  client.at_head = [&] { client.answer(404); };
  client.says(post("Content-Length: 9\r\n", "half"));
  CHECK(client.hears()
        == on_the_wire("404 Not Found", "Content-Length: 0\r\nConnection: close\r\n", ""));
  CHECK(client.connection.current() == state::closing);
  CHECK(client.connection.wants_input());
  client.says("other" + get("/2"));
  CHECK(client.body.empty());
  CHECK(client.events == "POST / 1.1 keep length=9\n");
}

TEST_CASE("an answer that comes before the request is whole keeps the connection if the rest is in "
          "hand") {
  conversation client;
  const std::string not_found = on_the_wire("404 Not Found", "Content-Length: 0\r\n", "");
  client.at_head = [&] {
    if (client.last_head.method == "POST")
      client.answer(404);
  };
  SECTION("Content-Length") {
    client.says(post("Content-Length: 4\r\n", "body") + get("/2"));
  }
  SECTION("chunked") {
    client.says(post("Transfer-Encoding: chunked\r\n", "4\r\nbody\r\n0\r\nX: y\r\n\r\n")
                + get("/2"));
  }
  SECTION("no body") {
    client.says(post("", "") + get("/2"));
  }
  SECTION("from inside a piece of the body") {
    client.at_head = nullptr;
    client.at_body = [&] { client.answer(404); };
    client.says(post("Transfer-Encoding: chunked\r\n", "2\r\nbo\r\n2\r\ndy\r\n0\r\n\r\n")
                + get("/2"));
    CHECK(client.body.empty()); // get("/2") began anew
  }
  CHECK(client.hears() == not_found + ok);
  CHECK(client.body.empty());
  CHECK(client.events.ends_with("\nGET /2 1.1 keep\nend\n"));
  CHECK(client.events.find("end\nGET") == std::string::npos);
}

TEST_CASE("an early answer closes where the rest in hand is no proper body") {
  conversation client;
  client.at_head = [&] { client.answer(404); };
  client.says(post("Transfer-Encoding: chunked\r\n", "x\r\n\r\n") + get("/2"));
  CHECK(client.hears()
        == on_the_wire("404 Not Found", "Content-Length: 0\r\nConnection: close\r\n", ""));
  CHECK(client.events == "POST / 1.1 keep\n");
}

TEST_CASE("an answer may begin at the head and end much later") {
  conversation client;
  client.at_head = [&] { client.connection.begin({200, {}}, std::nullopt, client.now); };
  SECTION("body in hand") {
    client.says(get("/1") + get("/2"));
    CHECK(client.events == "GET /1 1.1 keep\n");
    client.connection.write("x");
    CHECK(client.events == "GET /1 1.1 keep\n");
    client.connection.finish(client.now);
    CHECK(client.events == "GET /1 1.1 keep\nGET /2 1.1 keep\n");
  }
  SECTION("body not in hand: it is discarded while the answer goes on") {
    client.says(post("Content-Length: 1000000\r\n", ""));
    client.says(std::string(200'000, 'x'));
    CHECK(client.connection.wants_input());
    CHECK(client.connection.busy());
    client.connection.finish(client.now);
    CHECK(client.body.empty());
    CHECK(client.connection.current() == state::closing);
  }
}

TEST_CASE("a body is told piece by piece as it arrives") {
  conversation client;
  int pieces = 0;
  client.at_body = [&] { ++pieces; };
  client.says(post("Content-Length: 6\r\n", "ab"));
  CHECK(client.body == "ab");
  client.says("cd");
  CHECK(client.body == "abcd");
  CHECK(pieces == 2);
  client.says("ef");
  CHECK(client.events == "POST / 1.1 keep length=6\nbody abcdef\nend\n");
}

TEST_CASE("a body that turns out bad is refused even when the owner waits for its end") {
  conversation client;
  client.says(post("Transfer-Encoding: chunked\r\n", "2\r\nhi\r\n"));
  client.says("nonsense\r\n");
  CHECK(client.events == "POST / 1.1 keep\nbad 400\n");
  CHECK(client.hears()
        == on_the_wire("400 Bad Request", "Content-Length: 0\r\nConnection: close\r\n", ""));
}

TEST_CASE("a bad request may be answered later") {
  conversation client;
  client.at_bad_request = nullptr;
  client.says("bad\r\n\r\n");
  CHECK(client.connection.busy());
  CHECK(client.connection.current() == state::open);
  client.says(get("/"));
  client.answer(400, "no");
  CHECK(client.hears()
        == on_the_wire("400 Bad Request", "Content-Length: 2\r\nConnection: close\r\n", "no"));
  CHECK(client.events == "bad 400\n");
  CHECK(client.connection.current() == state::closing);
}

TEST_CASE("the answer to a bad HEAD request has no body") {
  conversation client;
  client.at_bad_request = [&](unsigned status) { client.answer(status, "no"); };
  client.says("HEAD / HTTP/1.1\r\n\r\n");
  CHECK(client.hears()
        == on_the_wire("400 Bad Request", "Content-Length: 2\r\nConnection: close\r\n", ""));
}

TEST_CASE("draining closes an idle connection at once") {
  conversation client;
  SECTION("fresh") {}
  SECTION("after a request") {
    client.says(get("/")).hears();
  }
  client.connection.stop_keeping_alive();
  CHECK(client.connection.current() == state::closed);
}

TEST_CASE("draining lets an answer out that nobody has taken yet") {
  conversation client;
  client.says(get("/"));
  client.connection.stop_keeping_alive();
  CHECK(client.connection.current() == state::closing);
  CHECK(client.hears() == ok);
}

TEST_CASE("draining makes the answer under way the last") {
  conversation client;
  client.at_request = nullptr;
  SECTION("not begun: it says so") {
    client.says(get("/1") + get("/2"));
    client.connection.stop_keeping_alive();
    CHECK(client.connection.current() == state::open);
    client.answer(200, "ok");
    CHECK(client.hears() == ok_and_close);
  }
  SECTION("begun") {
    client.says(get("/1") + get("/2"));
    client.connection.begin({200, {}}, 2, client.now);
    client.connection.stop_keeping_alive();
    client.connection.write("ok");
    client.connection.finish(client.now);
    CHECK(client.hears() == ok);
  }
  SECTION("told from inside on_request") {
    client.at_request = [&] {
      client.connection.stop_keeping_alive();
      client.answer(200, "ok");
    };
    client.says(get("/1") + get("/2"));
    CHECK(client.hears() == ok_and_close);
  }
  SECTION("told from inside on_request, after the answer") {
    client.at_request = [&] {
      client.answer(200, "ok");
      client.connection.stop_keeping_alive();
    };
    client.says(get("/1") + get("/2"));
    CHECK(client.hears() == ok);
  }
  CHECK(client.events == "GET /1 1.1 keep\nend\n");
  CHECK(client.connection.current() == state::closing);
}

TEST_CASE("draining lets a request that has begun to arrive come to its answer") {
  conversation client;
  client.says("GET /1 HT");
  client.connection.stop_keeping_alive();
  CHECK(client.connection.current() == state::open);
  client.says("TP/1.1\r\nHost: a\r\n\r\n");
  CHECK(client.hears() == ok_and_close);
  CHECK(client.connection.current() == state::closing);
}
