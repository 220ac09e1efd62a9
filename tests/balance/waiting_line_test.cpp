#include "balance/waiting_line.hpp"
#include "tests/balance/at.hpp"
#include "tests/balance/seeds.hpp"
#include "tests/catch.hpp"

#include <algorithm>
#include <map>
#include <random>

using namespace keywheel;
using namespace keywheel::balance;
using namespace keywheel::balance::test;

namespace {

using calls = std::vector<call_id>;

waiting_call who(call_id id, std::uint64_t client = 0, time_point limit = at(99s),
                 std::vector<key_uid> tried = {}, std::uint64_t tag = 0) {
  return {{id, at(0s), time_point::max(), std::move(tried), client, 0, tag}, limit};
}

calls order(const waiting_line& line) {
  calls result;
  for (const auto& [place, one] : line)
    result.push_back(one.call.call);
  return result;
}

/// Serves the first call; returns its client.
std::uint64_t serve(waiting_line& line) {
  const auto first = line.begin();
  const auto result = first->second.call.client;
  line.reach(first->first.tag);
  line.take(first);
  return result;
}

} // namespace

TEST_CASE("one client alone has a plain queue") {
  waiting_line uut;
  for (const call_id id : {5u, 3u, 9u})
    uut.enter(who(id));
  CHECK(order(uut) == calls{5, 3, 9});
  CHECK(uut.next_tag(0) == 4);
}

TEST_CASE("a call that comes back with its tag has its old place") {
  waiting_line uut;
  const auto tag = uut.next_tag(0);
  uut.reach(tag);
  uut.enter(who(8));
  uut.enter(who(9));
  uut.enter(who(7, 0, at(99s), {1}, tag));
  CHECK(order(uut) == calls{7, 8, 9});
}

TEST_CASE("clients take turns") {
  waiting_line uut;
  for (const call_id id : {1u, 2u, 3u, 4u})
    uut.enter(who(id, 100));
  for (const call_id id : {5u, 6u})
    uut.enter(who(id, 200));
  uut.enter(who(7, 300));
  CHECK(order(uut) == calls{1, 5, 7, 2, 6, 3, 4});
}

TEST_CASE("a client who comes late begins at the turn that the line has come to") {
  waiting_line uut;
  for (call_id id = 1; id <= 9; ++id)
    uut.enter(who(id, 100));
  for (int i = 0; i < 5; ++i)
    serve(uut);
  uut.enter(who(10, 200));
  uut.enter(who(11, 200));
  CHECK(order(uut) == calls{6, 10, 7, 11, 8, 9});
}

TEST_CASE("calls that left cost their client nothing") {
  waiting_line uut;
  uut.enter(who(1, 100));
  for (call_id id = 2; id <= 9; ++id)
    uut.enter(who(id, 200));
  for (call_id id = 3; id <= 9; ++id)
    CHECK(uut.leave(id));
  uut.enter(who(10, 200));
  uut.enter(who(11, 100));
  CHECK(order(uut) == calls{1, 2, 10, 11});
  CHECK(uut.leave(2));
  CHECK(uut.leave(10));
  CHECK(uut.clients() == 1);
  CHECK(uut.next_tag(200) == 1);
}

TEST_CASE(
    "fairness: of two clients who wait, neither is served more than a turn at each end ahead") {
  for (const auto seed : seeds(300)) {
    INFO("KEYWHEEL_SEED=" << seed);
    std::mt19937_64 random{seed};
    waiting_line uut;
    // The most that one was ahead of another over any stretch up to now in which both waited.
    std::map<std::uint64_t, std::map<std::uint64_t, int>> lead;
    std::map<std::uint64_t, call_id> last;
    call_id next = 0;
    const auto clients = 2 + random() % 4;
    for (int step = 0; step < 600; ++step) {
      if (random() % 2 == 0 || uut.empty()) {
        const auto client = random() % clients == 0 ? random() % clients : 0;
        if (uut.held_by(client) == 0)
          for (std::uint64_t other = 0; other < clients; ++other)
            lead[client][other] = lead[other][client] = 0;
        uut.enter(who(++next, client));
        continue;
      }
      const auto first = uut.begin()->second.call.call;
      const auto served = serve(uut);
      REQUIRE(last[served] < first); // first come, first served for each
      last[served] = first;
      for (std::uint64_t other = 0; other < clients; ++other)
        if (other != served && uut.held_by(other) > 0) {
          lead[other][served] = std::max(0, lead[other][served] - 1);
          REQUIRE(++lead[served][other] <= 2);
        }
    }
  }
}

TEST_CASE("the line knows whose wait is over first") {
  waiting_line uut;
  uut.enter(who(4, 0, at(9s)));
  uut.enter(who(3, 0, at(5s)));
  uut.enter(who(9, 1, at(7s)));
  CHECK(uut.first_limit()->second.call.call == 3);
  CHECK(uut.overdue(at(5s) - 1ns).empty());
  const auto overdue = uut.overdue(at(7s));
  REQUIRE(overdue.size() == 2);
  CHECK(overdue[0]->second.call.call == 3);
  CHECK(overdue[1]->second.call.call == 9);
}

TEST_CASE("a call that enters again has one place, the new one") {
  waiting_line uut;
  uut.enter(who(1, 0, at(5s), {7}));
  uut.enter(who(2, 0, at(6s)));
  uut.enter(who(1, 0, at(9s)));
  CHECK(order(uut) == calls{2, 1});
  CHECK(uut.picky() == 0);
  CHECK(uut.held_by(0) == 2);
  CHECK(uut.first_limit()->second.call.call == 2);
  CHECK(uut.leave(1));
  CHECK_FALSE(uut.leave(1));
  CHECK(uut.leave(2));
  CHECK(uut.empty());
  CHECK(uut.clients() == 0);
  CHECK(uut.first_limit() == uut.end());
  CHECK(uut.last_of_greediest() == uut.end());
}

TEST_CASE("a forgiven key is tried by nobody, and who has tried no other is not picky") {
  waiting_line uut;
  uut.enter(who(1, 0, at(5s), {7}));
  uut.enter(who(2, 0, at(5s), {7, 8}));
  uut.enter(who(3));
  CHECK(uut.picky() == 2);
  uut.forgive(7);
  CHECK(uut.picky() == 1);
  uut.forgive_all();
  CHECK(uut.picky() == 0);
  CHECK(std::next(uut.begin())->second.call.tried.empty());
}

TEST_CASE("who holds most of the line gives way, with the last call") {
  waiting_line uut;
  uut.enter(who(1, 100));
  uut.enter(who(2, 200));
  uut.enter(who(3, 200));
  uut.enter(who(4, 100));
  uut.enter(who(5, 200));
  CHECK(uut.held_by(200) == 3);
  CHECK(uut.last_of_greediest()->second.call.call == 5);
  uut.leave(5);
  // As many each: the last of all.
  CHECK(uut.last_of_greediest()->second.call.call == order(uut).back());
}

TEST_CASE("a line knows which keys those who wait are bound to") {
  waiting_line line;
  auto one = who(1);
  one.call.bound = {{7, 8}};
  auto two = who(2, 0, at(99s), {8});
  two.call.bound = {{8}};
  line.enter(one);
  line.enter(two);
  line.enter(who(3));
  CHECK(line.bound() == 2);
  CHECK(line.picky() == 2);
  CHECK(line.wanted() == std::unordered_map<key_uid, std::size_t>{{7, 1}, {8, 2}});

  line.forgive_all(); // they go to any of their own again, and to no other
  CHECK(line.picky() == 2);

  CHECK(line.bind(1, {9}));
  CHECK_FALSE(line.bind(3, {9}));
  CHECK_FALSE(line.bind(4, {9}));
  CHECK(line.wanted() == std::unordered_map<key_uid, std::size_t>{{8, 1}, {9, 1}});
  CHECK(line.leave(1));
  CHECK(line.leave(2));
  CHECK(line.wanted().empty());
  CHECK(line.bound() == 0);
  CHECK(line.picky() == 0);
  CHECK(line.size() == 1);
}

TEST_CASE("a bound call whose tries are forgiven is still bound") {
  waiting_line line;
  auto one = who(1, 0, at(99s), {7});
  one.call.bound = {{7, 8}};
  line.enter(one);
  line.forgive(7);
  CHECK(line.begin()->second.call.tried.empty());
  CHECK(line.picky() == 1);
  CHECK(line.leave(1));
  CHECK(line.picky() == 0);
}
