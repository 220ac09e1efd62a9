#include "balance/types.hpp"
#include "tests/balance/at.hpp"
#include "tests/catch.hpp"

using namespace keywheel;
using namespace keywheel::balance;
using namespace keywheel::balance::test;
using state = availability::state;

TEST_CASE("a rest that is over is none, and its slots are what was said of them") {
  const availability rests{state::cooling, at(10s), 3, 0, dialect::reason::rate_limit};
  CHECK(seen_at(rests, at(10s) - 1ns) == rests);
  CHECK(seen_at(rests, at(10s)) == availability{state::available, {}, 3});
  CHECK(seen_at({state::cooling, at(10s), 0}, at(10s)).is == state::busy);
  CHECK(seen_at({state::rejected, at(10s), 3}, at(10s)) == availability{state::available, {}, 1});
  CHECK(seen_at({state::available, {}, 0}, at(0s)).is == state::busy);
}

TEST_CASE("a call takes one slot, and the last one makes a key busy") {
  CHECK(less_one({state::available, {}, 2}) == availability{state::available, {}, 1});
  CHECK(less_one({state::available, {}, 1}) == availability{state::busy, {}, 0});
  CHECK(less_one({state::busy, {}, 0}) == availability{state::busy, {}, 0});
  CHECK(less_one({}) == availability{});
}

TEST_CASE("a dispatcher is told what it must know, and spared what does no harm") {
  const auto slots = [](std::uint32_t n) { return availability{state::available, {}, n}; };
  CHECK_FALSE(worth_telling(slots(20), slots(20)));
  CHECK_FALSE(worth_telling(slots(8), slots(60))); // enough are left
  CHECK(worth_telling(slots(7), slots(60)));
  CHECK(worth_telling(slots(20), slots(19))); // fewer than it believes
  CHECK(worth_telling(slots(0), slots(1)));
  CHECK(worth_telling(availability{}, availability{state::busy, {}, 0}));
  const availability rests{state::cooling, time_point{} + std::chrono::seconds{5}, 1};
  auto longer = rests;
  longer.until += std::chrono::seconds{1};
  CHECK(worth_telling(rests, longer));
  auto other = rests;
  other.why = dialect::reason::quota;
  CHECK(worth_telling(rests, other));
  auto loaded = slots(20);
  loaded.in_flight = 3;
  CHECK(worth_telling(slots(20), loaded));
}
