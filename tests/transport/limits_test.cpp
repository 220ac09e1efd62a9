// Patience: each limit in time that only the client believes has passed.

#include "tests/transport/world.hpp"

#include <algorithm>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

using namespace keywheel;
using namespace keywheel::transport;
using namespace keywheel::transport::test;
using namespace std::chrono_literals;
using dialect::failure;

namespace {

/// A transfer to a server that reads and says nothing, or `text`.
struct slow {
  explicit slow(std::string text = {}) {
    all.server.on_request = [this, text](auto& from, const auto&) {
      peer = &from;
      if (!text.empty())
        all.server.send(from, text);
    };
  }

  transfer_id begin(request what) {
    id = all.start(std::move(what));
    all.run([&] { return peer != nullptr; });
    return id;
  }

  request what() const {
    auto result = all.request_to("/", "POST");
    result.body = {"x"};
    result.first_byte_timeout = 300s;
    result.idle_timeout = 100s;
    return result;
  }

  record& seen() { return all.records[id]; }

  world all;
  loopback_server::peer* peer = nullptr;
  transfer_id id = 0;
};

constexpr const char* open_answer = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc";

} // namespace

TEST_CASE("no answer within first_byte_timeout") {
  slow it;
  it.begin(it.what());
  it.all.skip(240s);
  CHECK_FALSE(it.seen().done);
  it.all.skip(61s);
  REQUIRE(it.seen().done);
  CHECK(it.seen().how.failed == failure::timed_out);
  CHECK(it.seen().how.detail == "no answer from " + it.all.server.host() + " within 300 s");
  it.all.run([&] { return it.peer->closed_by_client; });
}

TEST_CASE("half a header section is no answer") {
  slow it{"HTTP/1.1 200 OK\r\nx: y\r\n"};
  it.begin(it.what());
  it.all.skip(200s);
  it.all.server.send(*it.peer, "z: 0\r\n");
  it.all.settle();
  it.all.skip(101s);
  REQUIRE(it.seen().done);
  CHECK(it.seen().how.failed == failure::timed_out);
}

TEST_CASE("silence inside an answer, counted from the last byte") {
  slow it{open_answer};
  it.begin(it.what());
  it.all.run([&] { return it.seen().body == "abc"; });
  for (int i = 0; i < 4; ++i) {
    it.all.skip(60s);
    REQUIRE_FALSE(it.seen().done);
    const auto before = it.seen().body.size();
    it.all.server.send(*it.peer, "d");
    it.all.run([&] { return it.seen().body.size() > before; });
  }
  it.all.skip(101s);
  REQUIRE(it.seen().done);
  CHECK(it.seen().how.failed == failure::timed_out);
  CHECK_FALSE(it.seen().how.complete);
  CHECK(it.seen().how.detail.find("fell silent for 100 s") != std::string::npos);
}

TEST_CASE("a paused transfer is not silent") {
  slow it{open_answer};
  auto take = false;
  it.all.at_data = [&](auto, auto) { return take; };
  it.begin(it.what());
  it.all.run([&] { return it.seen().has_head; });
  it.all.settle();
  it.all.skip(1000s);
  CHECK_FALSE(it.seen().done);
  take = true;
  it.all.subject->resume(it.id);
  it.all.run([&] { return it.seen().body == "abc"; });
  it.all.skip(40s);
  CHECK_FALSE(it.seen().done);
  it.all.skip(61s);
  CHECK(it.seen().how.failed == failure::timed_out);
}

TEST_CASE("a request that is being read is not without an answer") {
  world all;
  const std::string big(30 * 1024 * 1024, 'x');
  auto what = all.request_to("/", "POST");
  what.body = {"a", big};
  what.first_byte_timeout = 300s;
  all.server.on_accept = [](auto& peer) { peer.reading = false; };
  const auto id = all.start(std::move(what));
  all.run([&] { return !all.server.peers.empty(); });
  auto& peer = *all.server.peers[0];
  for (int i = 0; i < 3; ++i) {
    all.skip(200s);
    REQUIRE_FALSE(all.records[id].done);
    const auto before = peer.in.size();
    peer.reading = true;
    all.run([&] { return peer.in.size() >= before + 8 * 1024 * 1024; });
    peer.reading = false;
    all.settle();
  }
  all.skip(301s);
  REQUIRE(all.records[id].done);
  CHECK(all.records[id].how.failed == failure::timed_out);
}

TEST_CASE("the deadline of the call ends it wherever it stands") {
  const auto text = GENERATE(as<std::string>{}, "", "HTTP/1.1 200 OK\r\n", open_answer);
  slow it{text};
  auto what = it.what();
  what.deadline = it.all.now() + 50s;
  it.begin(std::move(what));
  it.all.settle();
  it.all.skip(20s);
  CHECK_FALSE(it.seen().done);
  it.all.skip(31s);
  REQUIRE(it.seen().done);
  CHECK(it.seen().how.failed == failure::deadline);
}

TEST_CASE("the deadline holds for a paused transfer too") {
  slow it{open_answer};
  it.all.at_data = [](auto, auto) { return false; };
  auto what = it.what();
  what.deadline = it.all.now() + 50s;
  it.begin(std::move(what));
  it.all.run([&] { return it.seen().has_head; });
  it.all.skip(51s);
  CHECK(it.seen().how.failed == failure::deadline);
}

TEST_CASE("past its deadline, a request is not sent") {
  world all;
  auto what = all.request_to("/", "POST");
  what.deadline = all.now() - 1s;
  CHECK(all.finish(all.start(std::move(what))).how.failed == failure::deadline);
  CHECK(all.server.peers.empty());
}

TEST_CASE("limits come true by themselves, in real time") {
  slow it;
  auto what = it.what();
  const auto by_deadline = GENERATE(false, true);
  if (by_deadline)
    what.deadline = it.all.now() + 30ms;
  else
    what.first_byte_timeout = 30ms;
  const auto& seen = it.all.finish(it.begin(std::move(what)));
  CHECK(seen.how.failed == (by_deadline ? failure::deadline : failure::timed_out));
}

TEST_CASE("zero is no limit") {
  slow it;
  auto what = it.what();
  what.first_byte_timeout = 0ms;
  what.idle_timeout = 0ms;
  it.begin(std::move(what));
  it.all.skip(1000h);
  CHECK_FALSE(it.seen().done);
  it.all.server.send(*it.peer, open_answer);
  it.all.run([&] { return it.seen().body == "abc"; });
  it.all.skip(1000h);
  CHECK_FALSE(it.seen().done);
}

TEST_CASE("a listener may do as it likes when several limits are reached at once") {
  slow it;
  std::vector<transfer_id> others;
  for (int i = 0; i < 5; ++i)
    others.push_back(it.all.start(it.what()));
  it.begin(it.what());
  it.all.run([&] { return it.all.server.requests.size() == 6; });
  it.all.at_done = [&](transfer_id) {
    it.all.at_done = nullptr;
    it.all.subject->cancel(others[2]);
    it.all.subject->cancel(others[3]);
    it.all.start(it.what());
  };
  it.all.skip(301s);
  CHECK(it.all.subject->active() == 1);
  const auto ended = std::count_if(it.all.records.begin(), it.all.records.end(),
                                   [](const auto& each) { return each.second.done; });
  CHECK((ended == 4 || ended == 5));
}

TEST_CASE("no connection within connect_timeout") {
  // A listener with a full queue, of which the kernel drops what comes on top.
  world all;
  const loopback_server full{0};
  std::vector<int> fillers;
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(full.port());
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  for (int i = 0; i < 4; ++i) {
    fillers.push_back(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0));
    (void)::connect(fillers.back(), reinterpret_cast<sockaddr*>(&address), sizeof address);
  }
  auto what = all.request_to("/", "POST");
  what.url = full.url();
  what.connect_timeout = 50ms;
  const auto& seen = all.finish(all.start(std::move(what)));
  CHECK(seen.how.failed == failure::not_sent);
  CHECK(seen.how.detail == "no connection to " + full.host() + " within 50 ms");
  for (const auto fd : fillers)
    ::close(fd);
}
