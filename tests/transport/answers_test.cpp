// What comes back, as it comes.

#include "tests/transport/world.hpp"

using namespace keywheel;
using namespace keywheel::transport;
using namespace keywheel::transport::test;

namespace {

void answer_with(world& all, std::string text) {
  all.server.on_request = [&all, text = std::move(text)](auto& peer, const auto&) {
    all.server.send(peer, text);
  };
}

} // namespace

TEST_CASE("status, headers and every byte of the body are handed over") {
  world all;
  std::string body;
  for (int i = 0; i < 256 * 300; ++i)
    body.push_back(static_cast<char>(i));
  answer_with(all, "HTTP/1.1 418 Teapot\r\nSet-Cookie: a\r\nx-b:c\r\nset-cookie: d\r\n"
                   "Content-Encoding: gzip\r\nContent-Length: "
                       + std::to_string(body.size()) + "\r\n\r\n" + body);
  const auto& seen = all.finish(all.get());
  CHECK(seen.how.complete);
  CHECK(seen.how.failed == dialect::failure::none);
  CHECK(seen.head.status == 418);
  REQUIRE(seen.head.headers.size() == 5);
  CHECK(seen.head.headers[0].value == "a");
  CHECK(seen.head.headers[2].value == "d");
  CHECK((seen.body == body));
}

TEST_CASE("chunked answers are unwrapped, trailers ignored") {
  world all;
  answer_with(all, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                   "3\r\nabc\r\n4;ext=1\r\nd\r\ne\r\n0\r\nx-trailer: 1\r\n\r\n");
  const auto& seen = all.finish(all.get());
  CHECK(seen.how.complete);
  CHECK(seen.body == "abcd\r\ne");
  CHECK_FALSE(seen.head.headers.contains("x-trailer"));
  all.finish(all.get());
  CHECK(all.server.peers.size() == 1);
}

TEST_CASE("an answer without a length lasts until the connection ends") {
  world all;
  all.server.on_request = [&](auto& peer, const auto&) {
    all.server.send(peer, "HTTP/1.0 200 OK\r\n\r\nabc");
    all.server.close(peer);
  };
  const auto& seen = all.finish(all.get());
  CHECK(seen.how.complete);
  CHECK(seen.body == "abc");
}

TEST_CASE("answers without a body") {
  world all;
  const auto text =
      GENERATE(as<std::string>{}, "HTTP/1.1 204 No Content\r\n\r\n",
               "HTTP/1.1 304 Not Modified\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  answer_with(all, text);
  CHECK(all.finish(all.get()).how.complete);
  const auto& second = all.finish(all.post("x"));
  CHECK(second.how.complete);
  CHECK(second.has_head);
  CHECK(second.body.empty());
  CHECK(all.server.peers.size() == 1);
}

TEST_CASE("the length in an answer to HEAD announces nothing") {
  world all;
  answer_with(all, "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
  const auto& seen = all.finish(all.start(all.request_to("/", "HEAD")));
  CHECK(seen.how.complete);
  CHECK(seen.head.headers.find("content-length") == "1000");
}

TEST_CASE("interim answers are not told") {
  world all;
  answer_with(all, "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"
                   "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\ny");
  const auto& seen = all.finish(all.post("x"));
  CHECK(seen.head.status == 200);
  CHECK(seen.head.headers.size() == 1);
  CHECK(seen.body == "y");
}

TEST_CASE("redirects are answers like any other") {
  world all;
  answer_with(all, "HTTP/1.1 302 Found\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n");
  CHECK(all.finish(all.get()).head.status == 302);
  CHECK(all.server.requests.size() == 1);
}

TEST_CASE("events are handed over as they arrive") {
  world all;
  loopback_server::peer* stream = nullptr;
  all.server.on_request = [&](auto& peer, const auto&) {
    stream = &peer;
    all.server.send(peer, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
                          "Transfer-Encoding: chunked\r\n\r\n");
  };
  const auto id = all.post("x");
  auto& seen = all.records[id];
  all.run([&] { return seen.has_head; });
  std::string expected;
  for (int i = 0; i < 50; ++i) {
    const auto event = "data: {\"n\":" + std::to_string(i) + "}\n\n";
    expected += event;
    char size[8];
    std::snprintf(size, sizeof size, "%zx", event.size());
    all.server.send(*stream, std::string{size} + "\r\n" + event + "\r\n");
    all.run([&] { return seen.body.size() >= expected.size(); });
    REQUIRE(seen.body == expected);
    REQUIRE_FALSE(seen.done);
  }
  all.server.send(*stream, "0\r\n\r\n");
  CHECK(all.finish(id).how.complete);
  CHECK(seen.pieces == 50);
}

TEST_CASE("an answer that is there before the request is sent in full") {
  world all;
  const std::string big(8 * 1024 * 1024, 'x');
  all.server.on_accept = [&](auto& peer) {
    peer.reading = false;
    all.server.send(peer, loopback_server::answer("no", 413));
  };
  const auto& seen = all.finish(all.post(big));
  CHECK(seen.head.status == 413);
  CHECK(seen.body == "no");
  CHECK(seen.how.complete);
}
