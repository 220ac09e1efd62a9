#include "balance/window_budget.hpp"
#include "tests/balance/at.hpp"
#include "tests/balance/seeds.hpp"
#include "tests/catch.hpp"

#include <limits>
#include <random>
#include <vector>

using namespace keywheel;
using namespace keywheel::balance;
using namespace keywheel::balance::test;

namespace {

constexpr duration slot = 100ms;

} // namespace

TEST_CASE("a window takes its limit and no more, until it has slid") {
  window_budget uut{10, 60s};
  CHECK(uut.fits(10, at(0s)));
  uut.take(7, at(0s));
  CHECK(uut.remaining(at(0s)) == 3);
  CHECK(uut.fits(3, at(0s)));
  CHECK_FALSE(uut.fits(4, at(0s)));
  CHECK(uut.free_at(3, at(0s)) == at(0s));
  CHECK(uut.free_at(4, at(0s)) == at(60s) + slot);
  CHECK_FALSE(uut.fits(4, at(60s) + slot - 1ns));
  CHECK(uut.fits(10, at(60s) + slot));
}

TEST_CASE("the last moment of a slot counts a whole window") {
  window_budget uut{1, 60s};
  uut.take(1, at(slot) - 1ns);
  CHECK_FALSE(uut.fits(1, at(60s + slot) - 1ns));
  CHECK(uut.fits(1, at(60s + slot)));
}

TEST_CASE("what frees first is waited for first") {
  window_budget uut{10, 60s};
  uut.take(4, at(0s));
  uut.take(4, at(10s));
  CHECK(uut.free_at(2, at(20s)) == at(20s));
  CHECK(uut.free_at(6, at(20s)) == at(60s) + slot);
  CHECK(uut.free_at(7, at(20s)) == at(70s) + slot);
}

TEST_CASE("an amount larger than the limit goes when the window is empty") {
  window_budget uut{10, 60s};
  CHECK(uut.fits(500, at(0s)));
  const auto receipt = uut.take(500, at(0s));
  CHECK(receipt.amount == 10);
  CHECK_FALSE(uut.fits(1, at(0s)));
  uut.settle(receipt, 3, at(1s));
  CHECK(uut.remaining(at(1s)) == 7);
  CHECK_FALSE(uut.fits(500, at(1s)));
  CHECK(uut.free_at(500, at(1s)) == at(60s) + slot);
}

TEST_CASE("settling less frees at once, settling more is recorded when it is known") {
  window_budget uut{10, 60s};
  const auto first = uut.take(10, at(0s));
  uut.settle(first, 4, at(5s));
  CHECK(uut.remaining(at(5s)) == 6);
  const auto second = uut.take(6, at(5s));
  uut.settle(second, 9, at(30s));
  CHECK(uut.remaining(at(30s)) == 0);
  CHECK(uut.free_at(1, at(30s)) == at(60s) + slot);
  CHECK(uut.remaining(at(60s) + slot) == 1);
  CHECK(uut.remaining(at(65s) + slot) == 7);
  CHECK(uut.remaining(at(90s) + slot) == 10);
}

TEST_CASE("settling what has left the window frees nothing twice") {
  window_budget uut{10, 60s};
  const auto receipt = uut.take(10, at(0s));
  uut.take(10, at(70s));
  uut.settle(receipt, 0, at(70s));
  CHECK(uut.remaining(at(70s)) == 0);
}

TEST_CASE("absurd amounts neither overflow nor free anything") {
  window_budget uut{10, 60s};
  CHECK(uut.fits(-5, at(0s)));
  uut.take(-5, at(0s));
  CHECK(uut.remaining(at(0s)) == 10);
  const auto receipt = uut.take(10, at(0s));
  uut.settle(receipt, std::numeric_limits<std::int64_t>::max(), at(0s));
  uut.settle(receipt, std::numeric_limits<std::int64_t>::max(), at(0s));
  CHECK(uut.remaining(at(0s)) == 0);
  CHECK(uut.fits(0, at(0s)));
  uut.settle(uut.take(1, at(0s)), -7, at(0s));
  CHECK(uut.remaining(at(61s)) == 10);
}

TEST_CASE("a lowered limit holds for what was taken before") {
  window_budget uut{10, 60s};
  uut.take(8, at(0s));
  uut.set_limit(5);
  CHECK(uut.remaining(at(1s)) == 0);
  CHECK(uut.free_at(1, at(1s)) == at(60s) + slot);
  uut.set_limit(9);
  CHECK(uut.remaining(at(1s)) == 1);
}

TEST_CASE("a day survives a restart, and leaves when it would have left") {
  const wall_time noon{std::chrono::hours{500'000}};
  window_budget uut{100, 24h};
  uut.take(60, at(0s));
  uut.take(30, at(10h));
  const auto kept = uut.keep(at(10h), noon);
  REQUIRE(kept.size() == 2);
  window_budget next{100, 24h};
  next.restore(kept, at(500h), noon + 2h);
  CHECK(next.remaining(at(500h)) == 10);
  // 60 were taken 12 h before; a slot of a day is 144 s, and may be counted at both ends.
  CHECK(next.remaining(at(512h) - 1ns) == 10);
  CHECK(next.remaining(at(512h) + 288s) == 70);
  CHECK(next.remaining(at(522h) - 1ns) == 70);
  CHECK(next.remaining(at(522h) + 288s) == 100);
}

TEST_CASE("kept amounts of a wrong clock or a damaged file do no harm") {
  const wall_time noon{std::chrono::hours{500'000}};
  window_budget uut{100, 24h};
  uut.restore({{wall_time::max(), 40}, {wall_time::min(), 40}, {noon - 25h, 40}, {noon, -40}},
              at(0s), noon);
  CHECK(uut.remaining(at(0s)) == 60);
  CHECK(uut.remaining(at(24h) + 144s) == 100);
}

TEST_CASE("a question about a later time changes nothing") {
  window_budget uut{10, 60s};
  uut.take(10, at(0s));
  CHECK(uut.remaining(at(1h)) == 10);
  CHECK(uut.fits(10, at(1h)));
  CHECK(uut.free_at(1, at(1h)) == at(1h));
  CHECK(uut.remaining(at(1s)) == 0);
}

TEST_CASE("no window ever holds more than the limit, and no more than a slot is lost") {
  for (const auto seed : seeds(40)) {
    CAPTURE(seed);
    std::mt19937_64 random{seed};
    const auto limit = static_cast<std::int64_t>(1 + random() % 200);
    window_budget uut{limit, 60s};
    struct use {
      time_point when;
      std::int64_t amount;
      window_budget::receipt receipt;
      bool settled = false;
    };
    std::vector<use> uses;
    auto now = at(0s);
    const auto held = [&](duration width) {
      std::int64_t sum = 0;
      for (auto one = uses.rbegin(); one != uses.rend() && now - one->when < width; ++one)
        sum += one->amount;
      return sum;
    };
    for (int step = 0; step < 1500; ++step) {
      now += std::chrono::milliseconds{random() % 3 == 0 ? random() % 4000 : random() % 30};
      const auto wanted = static_cast<std::int64_t>(1 + random() % 60);
      const auto amount = std::min(wanted, limit);
      const bool fits = uut.fits(wanted, now);
      REQUIRE(fits == (uut.free_at(wanted, now) == now));
      if (fits) {
        REQUIRE(held(60s) + amount <= limit);
        uses.push_back({now, amount, uut.take(wanted, now)});
      } else {
        REQUIRE(held(60s + slot) + amount > limit);
        REQUIRE(uut.free_at(wanted, now) <= now + 60s + slot);
      }
      if (!uses.empty() && random() % 2 == 0) {
        auto& one = uses[uses.size() - 1 - random() % std::min<std::size_t>(uses.size(), 20)];
        if (!one.settled) {
          one.settled = true;
          one.amount =
              static_cast<std::int64_t>(random() % (static_cast<std::uint64_t>(one.amount) + 1));
          uut.settle(one.receipt, one.amount, now);
        }
      }
      REQUIRE(uut.remaining(now) <= limit - held(60s));
      REQUIRE(uut.remaining(now) >= limit - held(60s + slot));
    }
  }
}
