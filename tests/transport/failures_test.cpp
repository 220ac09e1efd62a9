// What a provider does wrong.

#include "tests/transport/world.hpp"

using namespace keywheel;
using namespace keywheel::transport;
using namespace keywheel::transport::test;
using dialect::failure;

namespace {

std::uint16_t unused_port() {
  const loopback_server gone;
  return gone.port();
}

} // namespace

TEST_CASE("connection refused") {
  world all;
  auto what = all.request_to("/", "POST");
  const auto port = std::to_string(unused_port());
  what.url = "http://127.0.0.1:" + port + "/?key=secret";
  const auto& seen = all.finish(all.start(std::move(what)));
  CHECK(seen.how.failed == failure::not_sent);
  CHECK(seen.how.detail == "connection refused by 127.0.0.1:" + port);
}

TEST_CASE("URLs that lead nowhere") {
  world all;
  for (const auto* url : {"", "nonsense://x", "http://", "ftp://127.0.0.1/", "file:///etc/passwd",
                          "http://no-such-name.invalid/"}) {
    CAPTURE(url);
    auto what = all.request_to("/");
    what.url = url;
    const auto& seen = all.finish(all.start(std::move(what)));
    CHECK(seen.how.failed == failure::not_sent);
    CHECK_FALSE(seen.has_head);
  }
}

TEST_CASE("a handshake that fails") {
  world all;
  all.server.on_accept = [&](auto& peer) { all.server.send(peer, "HTTP/1.1 400 Bad\r\n\r\n"); };
  auto what = all.request_to("/", "POST");
  what.url = all.server.url("/", "https");
  const auto& seen = all.finish(all.start(std::move(what)));
  CHECK(seen.how.failed == failure::not_sent);
  CHECK(seen.how.detail.find(all.server.host()) != std::string::npos);
}

TEST_CASE("answers that are no answers") {
  world all;
  const std::string rows[] = {
      "",
      "garbage\r\n\r\n",
      "<html>hello</html>",
      "HTTP/1.1 200 OK\r\n",
      "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n",
      "HTTP/1.1 abc\r\n\r\n",
      "HTTP/1.1 200 OK\r\nno colon here\r\nContent-Length: 0\r\n\r\n",
      "HTTP/1.1 200 OK\r\nx: " + std::string(70'000, 'x') + "\r\nContent-Length: 0\r\n\r\n",
      "HTTP/1.1 200 OK\r\nx: " + std::string(200'000, 'x') + "\r\nContent-Length: 0\r\n\r\n",
      "HTTP/1.1 100 Continue\r\n\r\n",
  };
  for (const auto& row : rows) {
    CAPTURE(row.substr(0, 80));
    all.server.on_request = [&](auto& peer, const auto&) {
      all.server.send(peer, row);
      all.server.close(peer);
    };
    const auto& seen = all.finish(all.post("x"));
    CHECK(seen.how.failed == failure::no_answer);
    CHECK_FALSE(seen.how.complete);
    CHECK_FALSE(seen.has_head);
    CHECK(seen.how.detail.find(all.server.host()) != std::string::npos);
  }
}

TEST_CASE("a header section without an end is not read on") {
  world all;
  loopback_server::peer* stream = nullptr;
  all.server.on_request = [&](auto& peer, const auto&) {
    stream = &peer;
    all.server.send(peer, "HTTP/1.1 200 OK\r\n");
  };
  const auto id = all.post("x");
  std::size_t sent = 0;
  all.run([&] {
    if (stream != nullptr && !stream->gone && stream->out.empty()) {
      sent += 1000;
      all.server.send(*stream, "x: " + std::string(995, 'y') + "\r\n");
    }
    return all.records[id].done;
  });
  CHECK(all.records[id].how.failed == failure::no_answer);
  CHECK(all.records[id].how.detail == all.server.host() + ": its header section is too large");
}

TEST_CASE("an answer that ends early") {
  world all;
  struct row {
    const char* text;
    const char* body;
  };
  const row rows[] = {
      {"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", "abc"},
      {"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n", ""},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n", "abc"},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc", "abc"},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n", "abc"},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nnonsense\r\n", "abc"},
  };
  const auto hard = GENERATE(false, true);
  for (const auto& [text, body] : rows) {
    CAPTURE(text, hard);
    loopback_server::peer* stream = nullptr;
    all.server.on_request = [&, text = text](auto& peer, const auto&) {
      stream = &peer;
      all.server.send(peer, text);
    };
    const auto id = all.post("x");
    auto& seen = all.records[id];
    all.run([&, body = body] { return seen.has_head && seen.body == body; });
    hard ? all.server.reset(*stream) : all.server.close(*stream);
    all.finish(id);
    CHECK_FALSE(seen.how.complete);
    CHECK(seen.how.failed == failure::no_answer);
    CHECK(seen.head.status == 200);
    CHECK(seen.body == body);
  }
}

TEST_CASE("a reset before an answer") {
  world all;
  all.server.on_request = [&](auto& peer, const auto&) { all.server.reset(peer); };
  const auto& seen = all.finish(all.post("x"));
  CHECK(seen.how.failed == failure::no_answer);
  CHECK(seen.how.detail == "connection to " + all.server.host() + " broke off before an answer");
}
