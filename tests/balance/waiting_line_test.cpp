#include "balance/waiting_line.hpp"
#include "tests/balance/at.hpp"
#include "tests/catch.hpp"

using namespace keywheel;
using namespace keywheel::balance;
using namespace keywheel::balance::test;

namespace {

waiting_call who(call_id id, time_point arrived, time_point limit, std::vector<key_uid> tried = {},
                 bool beyond = false) {
  return {{id, arrived, time_point::max(), std::move(tried)}, limit, beyond};
}

std::vector<call_id> order(const waiting_line& line) {
  std::vector<call_id> result;
  for (const auto& [place, one] : line)
    result.push_back(one.call.call);
  return result;
}

} // namespace

TEST_CASE("the line is in the order of arrival, then of call numbers") {
  waiting_line uut;
  uut.enter(who(4, at(2s), at(9s)));
  uut.enter(who(3, at(2s), at(5s)));
  uut.enter(who(9, at(1s), at(7s)));
  CHECK(order(uut) == std::vector<call_id>{9, 3, 4});
  CHECK(uut.first_limit()->second.call.call == 3);
  CHECK(uut.overdue(at(5s) - 1ns).empty());
  CHECK(uut.overdue(at(7s)).size() == 2);
}

TEST_CASE("a call that enters again has one place, the new one") {
  waiting_line uut;
  uut.enter(who(1, at(1s), at(5s), {7}, true));
  uut.enter(who(2, at(2s), at(6s)));
  uut.enter(who(1, at(3s), at(9s)));
  CHECK(order(uut) == std::vector<call_id>{2, 1});
  CHECK(uut.picky() == 0);
  CHECK(uut.beyond() == 0);
  CHECK(uut.first_limit()->second.call.call == 2);
  CHECK(uut.leave(1));
  CHECK_FALSE(uut.leave(1));
  CHECK(uut.leave(2));
  CHECK(uut.empty());
  CHECK(uut.first_limit() == uut.end());
}

TEST_CASE("a forgiven key is tried by nobody, and who has tried no other is not picky") {
  waiting_line uut;
  uut.enter(who(1, at(1s), at(5s), {7}));
  uut.enter(who(2, at(1s), at(5s), {7, 8}));
  uut.enter(who(3, at(1s), at(5s)));
  CHECK(uut.picky() == 2);
  uut.forgive(7);
  CHECK(uut.picky() == 1);
  uut.forgive(8);
  CHECK(uut.picky() == 0);
}

TEST_CASE("who came beyond the bound is counted until he settles in or goes") {
  waiting_line uut;
  uut.enter(who(1, at(1s), at(5s), {}, true));
  uut.enter(who(2, at(1s), at(5s), {}, true));
  CHECK(uut.beyond() == 2);
  uut.settle_in(uut.begin());
  CHECK(uut.beyond() == 1);
  uut.settle_in(uut.begin());
  CHECK(uut.beyond() == 1);
  uut.leave(2);
  CHECK(uut.beyond() == 0);
}
