// Connections: kept, reused, lost.

#include "tests/transport/world.hpp"

#include <algorithm>
#include <sys/socket.h>

using namespace keywheel;
using namespace keywheel::transport;
using namespace keywheel::transport::test;

namespace {

/// Answers the first request of a connection and drops it at the second, unanswered.
void drop_second(world& all) {
  all.server.on_request = [&all](auto& peer, const auto& got) {
    if (peer.number == 0 && peer.requests == 2)
      all.server.close(peer);
    else
      all.server.send(peer, loopback_server::answer(got.body));
  };
}

} // namespace

TEST_CASE("a kept-alive connection is used again") {
  world all;
  for (int i = 0; i < 20; ++i)
    CHECK(all.finish(all.post("x")).how.complete);
  CHECK(all.server.peers.size() == 1);
}

TEST_CASE("a connection that the provider closed while idle is not used again") {
  world all;
  all.finish(all.post("x"));
  all.server.close(*all.server.peers[0]);
  auto what = all.request_to("/", "POST");
  const std::string first(100'000, 'a'), second(100'000, 'b');
  what.body = {first, second};
  const auto& seen = all.finish(all.start(std::move(what)));
  CHECK(seen.how.complete);
  CHECK((seen.body == first + second));
  CHECK(all.server.peers.size() == 2);
}

TEST_CASE("a closed idle connection costs one look") {
  world all;
  all.finish(all.get());
  all.server.close(*all.server.peers[0]);
  all.settle();
  CHECK(all.is_quiet(std::chrono::milliseconds{20}));
}

TEST_CASE("Connection: close is heeded") {
  world all;
  all.server.on_request = [&](auto& peer, const auto&) {
    all.server.send(peer, "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 1\r\n\r\nx");
  };
  CHECK(all.finish(all.get()).how.complete);
  CHECK(all.finish(all.get()).how.complete);
  CHECK(all.server.peers.size() == 2);
}

TEST_CASE("a request that may have been read is not sent twice") {
  world all;
  drop_second(all);
  all.finish(all.post("first"));
  const auto& seen = all.finish(all.post("second"));
  CHECK(seen.how.failed == dialect::failure::no_answer);
  CHECK_FALSE(seen.has_head);
  CHECK(all.server.requests.size() == 2);
}

TEST_CASE("unless it is harmless, or its caller allows it") {
  world all;
  drop_second(all);
  all.finish(all.post("first"));
  const auto replayable = GENERATE(true, false);
  auto what = all.request_to("/", replayable ? "POST" : "GET");
  what.replayable = replayable;
  const std::string big(200'000, 'x');
  if (replayable)
    what.body = {"a", big};
  const auto& seen = all.finish(all.start(std::move(what)));
  CHECK(seen.how.complete);
  CHECK(all.server.requests.size() == 3);
  CHECK((all.server.requests[2].body == all.server.requests[1].body));
  CHECK(all.server.peers.size() == 2);
}

TEST_CASE("a request that was certainly not read in full is sent again") {
  world all;
  all.server.receive_little();
  all.finish(all.post("first"));
  auto& old = *all.server.peers[0];
  old.reading = false;
  const std::string body(30'000, 'x');
  const auto id = all.post(body);
  ::shutdown(old.fd, SHUT_WR);
  CHECK(all.finish(id).how.complete);
  CHECK(all.server.requests.size() == 2);
  CHECK(all.server.requests[1].body.size() == body.size());
  CHECK(all.server.peers.size() == 2);
}

TEST_CASE("two hundred transfers at a time, twice, over two hundred connections") {
  world all;
  std::vector<loopback_server::peer*> waiting;
  all.server.on_request = [&](auto& peer, const auto&) { waiting.push_back(&peer); };
  for (int round = 0; round < 2; ++round) {
    for (int i = 0; i < 200; ++i)
      all.post("x");
    CHECK(all.subject->active() == 200);
    all.run([&] { return waiting.size() == 200; });
    for (auto* each : std::exchange(waiting, {}))
      all.server.send(*each, loopback_server::answer(std::to_string(each->number)));
    all.finish_all();
  }
  CHECK(all.server.peers.size() == 200);
  CHECK(all.records.size() == 400);
  for (const auto& [id, seen] : all.records) {
    CHECK(seen.how.complete);
    CHECK_FALSE(seen.body.empty());
  }
}

TEST_CASE("no more idle connections are kept than wished for") {
  client::options with;
  with.max_idle_connections = 4;
  world all{with};
  std::vector<loopback_server::peer*> waiting;
  all.server.on_request = [&](auto& peer, const auto&) { waiting.push_back(&peer); };
  for (int i = 0; i < 20; ++i)
    all.get();
  all.run([&] { return waiting.size() == 20; });
  for (auto* each : waiting)
    all.server.send(*each, loopback_server::answer("x"));
  all.finish_all();
  const auto open = [&] {
    return std::count_if(all.server.peers.begin(), all.server.peers.end(),
                         [](const auto& each) { return !each->gone; });
  };
  all.run([&] { return open() <= 4; });
  CHECK(open() >= 1);
}

TEST_CASE("connections beyond those of the first lane do not outlive their use for long") {
  world all;
  std::vector<loopback_server::peer*> waiting;
  all.server.on_request = [&](auto& peer, const auto&) { waiting.push_back(&peer); };
  for (int i = 0; i < 70; ++i)
    all.get();
  all.run([&] { return waiting.size() == 70; });
  for (auto* each : waiting)
    all.server.send(*each, loopback_server::answer("x"));
  all.finish_all();
  const auto open = [&] {
    return std::count_if(all.server.peers.begin(), all.server.peers.end(),
                         [](const auto& each) { return !each->gone; });
  };
  all.skip(std::chrono::seconds{60});
  all.settle();
  CHECK(open() == 70);
  all.skip(std::chrono::seconds{61});
  all.run([&] { return open() <= 32; });
  CHECK(open() == 32);
}

TEST_CASE("nothing happens when there is nothing to do") {
  world all;
  CHECK(all.is_quiet(std::chrono::milliseconds{20}));
  for (int i = 0; i < 70; ++i)
    all.get();
  all.finish_all();
  CHECK(all.subject->active() == 0);
  CHECK(all.is_quiet(std::chrono::milliseconds{50}));
}

TEST_CASE("a client may go while transfers are under way") {
  world all;
  all.server.on_request = [&](auto& peer, const auto&) {
    all.server.send(peer, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nx");
  };
  for (int i = 0; i < 40; ++i)
    all.post("x");
  all.run([&] { return all.server.requests.size() == 40; });
  all.post("not even connected");
  all.subject.reset();
  all.server.act();
  for (const auto& each : all.server.peers)
    CHECK(each->closed_by_client);
  for (const auto& [id, seen] : all.records)
    CHECK_FALSE(seen.done);
}
