// Backpressure and cancelling.

#include "tests/transport/world.hpp"

using namespace keywheel;
using namespace keywheel::transport;
using namespace keywheel::transport::test;

namespace {

std::string pattern(std::size_t size) {
  std::string result(size, '\0');
  for (std::size_t i = 0; i < size; ++i)
    result[i] = static_cast<char>(i * 31 + i / 251);
  return result;
}

constexpr const char* open_answer = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc";

} // namespace

TEST_CASE("a paused transfer stops the provider, and goes on where it was") {
  world all;
  const auto big = pattern(32 * 1024 * 1024);
  all.server.on_request = [&](auto& peer, const auto&) {
    all.server.send(peer, loopback_server::answer(big));
  };
  auto paused = false;
  std::size_t next_stop = 100'000;
  const auto id = all.post("x");
  auto& seen = all.records[id];
  all.at_data = [&](auto, std::string_view) {
    paused = seen.body.size() >= next_stop;
    return !paused;
  };
  unsigned pauses = 0;
  while (!seen.done) {
    all.run([&] { return paused || seen.done; });
    if (seen.done)
      break;
    ++pauses;
    const auto at = seen.body.size();
    // Nothing is left to be read but what the kernel holds: the server cannot get rid of the rest.
    all.run([&, left = std::size_t{0}, same = 0]() mutable {
      same = left == all.server.peers[0]->out.size() ? same + 1 : 0;
      left = all.server.peers[0]->out.size();
      return same > 3 || all.is_quiet(std::chrono::milliseconds{5});
    });
    CHECK(seen.body.size() == at);
    if (pauses == 1)
      CHECK(all.server.peers[0]->out.size() > big.size() / 4);
    CHECK(all.is_quiet(std::chrono::milliseconds{2}));
    next_stop = at + 8'000'000;
    paused = false;
    all.subject->resume(id);
    all.subject->resume(id);
  }
  CHECK(pauses >= 4);
  CHECK(seen.how.complete);
  CHECK((seen.body == big));
}

TEST_CASE("every piece refused once, chunked or not, is offered again") {
  world all;
  const auto chunked = GENERATE(false, true);
  const auto body = pattern(200'000);
  all.server.on_request = [&](auto& peer, const auto&) {
    if (!chunked)
      return all.server.send(peer, loopback_server::answer(body));
    std::string text = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    for (std::size_t at = 0; at < body.size(); at += 100)
      text += "64\r\n" + body.substr(at, 100) + "\r\n";
    all.server.send(peer, text + "0\r\n\r\n");
  };
  auto refuse = false;
  unsigned refusals = 0;
  transfer_id stuck = 0;
  all.at_data = [&](transfer_id id, std::string_view) {
    refuse = !refuse;
    if (refuse) {
      stuck = id;
      ++refusals;
    }
    return !refuse;
  };
  const auto id = all.get();
  all.run([&] {
    if (stuck != 0)
      all.subject->resume(std::exchange(stuck, 0));
    return all.records[id].done;
  });
  CHECK(all.records[id].how.complete);
  CHECK((all.records[id].body == body));
  CHECK(refusals > 5);
}

TEST_CASE("resume from inside on_data counts") {
  world all;
  unsigned refusals = 0;
  all.at_data = [&](transfer_id id, std::string_view) {
    if (++refusals > 3)
      return true;
    all.subject->resume(id);
    return false;
  };
  const auto& seen = all.finish(all.post("hello"));
  CHECK(seen.body == "hello");
  CHECK(refusals == 4);
}

TEST_CASE("an answer that curl finds in start() is told in run()") {
  struct row {
    std::string early; ///< there when another transfer is started
    std::string late;
    std::string body;
  };
  const row rows[] = {{loopback_server::answer("abc"), "", "abc"},
                      {"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nabc", "def", "abcdef"},
                      {"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n", "def", "def"},
                      {loopback_server::answer(""), "", ""},
                      {"HTTP/1.1 204 No Content\r\n\r\n", "", ""}};
  for (const auto& [early, late, body] : rows) {
    CAPTURE(early, late);
    world all;
    loopback_server::peer* first = nullptr;
    all.server.on_request = [&](auto& peer, const auto&) { first = &peer; };
    auto what = all.request_to("/", "POST");
    // curl looks after a transfer once more when this is over, and so it does in start().
    what.connect_timeout = std::chrono::milliseconds{10};
    const auto over = clock::now() + std::chrono::milliseconds{15};
    const auto id = all.start(std::move(what));
    all.run([&] { return first != nullptr; });
    all.server.send(*first, early);
    while (clock::now() < over) {
      // The client must not run meanwhile.
    }
    all.server.on_request = nullptr;
    const auto second = all.post("second");
    all.server.send(*first, late);
    CHECK(all.finish(id).how.complete);
    CHECK(all.records[id].body == body);
    CHECK(all.finish(second).body == "second");
  }
}

TEST_CASE("unknown, ended and running transfers are not impressed") {
  world all;
  all.subject->resume(99);
  all.subject->cancel(99);
  const auto id = all.post("x");
  all.subject->resume(id);
  all.finish(id);
  all.subject->resume(id);
  all.subject->cancel(id);
  CHECK(all.is_quiet(std::chrono::milliseconds{5}));
}

TEST_CASE("cancelled from outside, a transfer leaves its provider") {
  world all;
  const auto text = GENERATE(as<std::string>{}, "", open_answer);
  all.server.on_request = [&](auto& peer, const auto&) { all.server.send(peer, text); };
  const auto id = all.post("x");
  all.run([&] { return !all.server.requests.empty(); });
  all.run([&] { return text.empty() || all.records[id].body == "abc"; });
  all.subject->cancel(id);
  CHECK(all.subject->active() == 0);
  all.run([&] { return all.server.peers[0]->closed_by_client; });
  CHECK_FALSE(all.records[id].done);
}

TEST_CASE("cancelled while paused, and right after start") {
  world all;
  all.server.on_request = [&](auto& peer, const auto&) { all.server.send(peer, open_answer); };
  all.at_data = [](auto, auto) { return false; };
  const auto id = all.post("x");
  all.run([&] { return all.records[id].has_head; });
  all.subject->cancel(id);
  all.run([&] { return all.server.peers[0]->closed_by_client; });
  const auto second = all.post("y");
  all.subject->cancel(second);
  CHECK(all.subject->active() == 0);
  all.settle();
  CHECK_FALSE(all.records[second].has_head);
}

TEST_CASE("cancelled from inside each callback") {
  world all;
  const auto where = GENERATE(0, 1, 2, 3);
  CAPTURE(where);
  all.server.on_request = [&](auto& peer, const auto&) {
    all.server.send(peer, where == 3 ? loopback_server::answer("abc") : open_answer);
  };
  const auto other = all.post("the other");
  all.run([&] { return all.server.requests.size() == 1 && all.records[other].has_head; });
  transfer_id id = 0;
  unsigned calls = 0;
  all.at_head = [&](transfer_id of) {
    if (of == id && where == 0) {
      ++calls;
      all.subject->cancel(id);
      all.subject->cancel(other);
    }
  };
  all.at_data = [&](transfer_id of, std::string_view) {
    if (of == id && (where == 1 || where == 2)) {
      ++calls;
      all.subject->cancel(id);
      all.subject->cancel(other);
    }
    return where != 2;
  };
  all.at_done = [&](transfer_id of) {
    if (of == id && where == 3) {
      ++calls;
      all.subject->cancel(id);
      all.subject->cancel(other);
    }
  };
  id = all.post("this one");
  all.run([&] { return all.subject->active() == 0; });
  CHECK(calls == 1);
  CHECK(all.records[id].done == (where == 3));
  if (where < 3) {
    all.run([&] { return all.server.peers[0]->gone && all.server.peers[1]->gone; });
    CHECK(all.server.peers[1]->closed_by_client);
  }
}

TEST_CASE("transfers started from inside each callback") {
  world all;
  const auto where = GENERATE(0, 1, 2);
  transfer_id second = 0;
  const auto more = [&] {
    if (second == 0)
      second = all.post("second");
  };
  all.at_head = [&](transfer_id) { where == 0 ? more() : void(); };
  all.at_data = [&](transfer_id, std::string_view) {
    where == 1 ? more() : void();
    return true;
  };
  all.at_done = [&](transfer_id) { where == 2 ? more() : void(); };
  const auto first = all.post("first");
  all.finish_all();
  CHECK(all.records[first].body == "first");
  CHECK(all.records[second].body == "second");
  CHECK(all.server.peers.size() <= (where == 2 ? 1 : 2));
}

TEST_CASE("started and cancelled in one callback, nothing is sent") {
  world all;
  all.at_done = [&](transfer_id) {
    all.at_done = nullptr;
    all.subject->cancel(all.post("never"));
  };
  all.finish(all.post("first"));
  CHECK(all.subject->active() == 0);
  CHECK(all.is_quiet(std::chrono::milliseconds{5}));
  all.server.act();
  CHECK(all.server.requests.size() == 1);
}
