#include "balance/learned_limits.hpp"
#include "tests/balance/seeds.hpp"
#include "tests/balance/verdicts.hpp"
#include "tests/catch.hpp"

#include <algorithm>
#include <random>
#include <vector>

using namespace keywheel;
using namespace keywheel::balance;
using namespace keywheel::balance::test;

namespace {

using dimension = dialect::limit_reading::dimension;

constexpr auto unlimited = availability::unlimited;

/// One that has just been told `remaining` of 60 requests a minute, evenly refilled.
learned_limits told(std::int64_t remaining) {
  learned_limits result;
  const auto mark = result.admitted("m", {}, at(0s));
  result.read("m", mark, reading(dimension::requests, 60, remaining, (60 - remaining) * 1000ms),
              at(0s));
  return result;
}

} // namespace

TEST_CASE("nothing is known before the first reading") {
  learned_limits uut;
  CHECK(uut.free_slots("m", {}, at(0s)) == unlimited);
  CHECK_FALSE(uut.read("m", {}, reading(dimension::requests, 60, 0, 60s), at(0s)));
  const auto mark = uut.admitted("m", {}, at(0s));
  CHECK_FALSE(uut.read("m", mark, silent, at(0s)));
  CHECK(uut.free_at("m", {}, at(0s)) == at(0s));
  CHECK(uut.list(dialect::scope::key_model, at(0s)).empty());
}

TEST_CASE("a used-up bucket rests until one request fits, not until it is full") {
  const auto uut = told(0);
  CHECK(uut.free_at("m", {}, at(0s)) == at(1s));
  CHECK(uut.free_slots("m", {}, at(1s) - 1ms) == 0);
  CHECK(uut.free_slots("m", {}, at(1s)) == 1);
  CHECK(uut.free_slots("m", {}, at(5s)) == 5);
  CHECK(uut.free_slots("m", {}, at(1h)) == 60);
  CHECK(uut.free_slots("n", {}, at(0s)) == unlimited);
  CHECK(uut.next_fit(at(0s)) == at(1s));
  CHECK_FALSE(uut.next_fit(at(1s)));
}

TEST_CASE("a used-up limit is shown under the header that said so") {
  const auto all = told(0).list(dialect::scope::key_model, at(0s));
  REQUIRE(all.size() == 1);
  CHECK(all[0].scope == dialect::scope::key_model);
  CHECK(all[0].model == "m");
  CHECK(all[0].why == dialect::reason::rate_limit);
  CHECK(all[0].source == "x-ratelimit-remaining");
  CHECK(all[0].until == at(1s));
  CHECK(told(1).list(dialect::scope::key_model, at(0s)).empty());
}

TEST_CASE("own admissions use up what is left") {
  auto uut = told(2);
  CHECK(uut.free_slots("m", {}, at(0s)) == 2);
  uut.admitted("m", {}, at(0s));
  uut.admitted("m", {}, at(0s));
  CHECK(uut.free_at("m", {}, at(0s)) == at(1s));
  uut.admitted("m", {}, at(1s));
  CHECK(uut.free_at("m", {}, at(1s)) == at(2s));
}

TEST_CASE("a reading has not counted what was admitted after its request") {
  learned_limits uut;
  const auto first = uut.admitted("m", {}, at(0s));
  uut.admitted("m", {}, at(0s));
  uut.admitted("m", {}, at(0s));
  uut.read("m", first, reading(dimension::requests, 60, 5, 55s), at(0s));
  CHECK(uut.free_slots("m", {}, at(0s)) == 3);
}

TEST_CASE("an answer to an earlier request may only lower the level") {
  learned_limits uut;
  const auto first = uut.admitted("m", {}, at(0s));
  const auto second = uut.admitted("m", {}, at(0s));
  uut.read("m", second, reading(dimension::requests, 60, 10, 50s), at(0s));
  CHECK_FALSE(uut.read("m", first, reading(dimension::requests, 60, 40, 20s), at(0s)));
  CHECK(uut.free_slots("m", {}, at(0s)) == 10);
  CHECK(uut.read("m", first, reading(dimension::requests, 60, 5, 55s), at(0s)));
  CHECK(uut.free_slots("m", {}, at(0s)) == 4);
}

TEST_CASE("a fresh reading wins over our own book-keeping, both ways") {
  auto uut = told(50);
  auto mark = uut.admitted("m", {}, at(0s));
  uut.read("m", mark, reading(dimension::requests, 60, 3, 57s), at(0s)); // others use it too
  CHECK(uut.free_slots("m", {}, at(0s)) == 3);
  mark = uut.admitted("m", {}, at(0s));
  uut.read("m", mark, reading(dimension::requests, 60, 40, 20s), at(0s));
  CHECK(uut.free_slots("m", {}, at(0s)) == 40);
}

TEST_CASE("tokens fit when so many are there; more than the limit when it is full") {
  learned_limits uut;
  const auto mark = uut.admitted("m", {100}, at(0s));
  uut.read("m", mark, reading(dimension::tokens, 6000, 0, 60s), at(0s));
  CHECK(uut.free_at("m", {1000}, at(0s)) == at(10s));
  CHECK(uut.free_slots("m", {1000}, at(25s)) == 2);
  CHECK(uut.free_at("m", {9000}, at(0s)) == at(60s));
  CHECK(uut.free_at("m", {}, at(0s)) == at(10ms));
}

TEST_CASE("input and output tokens rest only while a reading says that they are used up") {
  const auto which = GENERATE(dimension::input_tokens, dimension::output_tokens);
  learned_limits uut;
  auto mark = uut.admitted("m", {100}, at(0s));
  uut.read("m", mark, reading(which, 6000, 10, 59'900ms), at(0s));
  CHECK(uut.free_slots("m", {5000}, at(0s)) == unlimited);
  mark = uut.admitted("m", {100}, at(0s));
  uut.read("m", mark, reading(which, 6000, 0, 60s), at(0s));
  CHECK(uut.free_slots("m", {5000}, at(0s)) == 0);
  CHECK(uut.free_at("m", {5000}, at(0s)) == at(10ms));
}

TEST_CASE("a window that does not refill rests until its reset") {
  learned_limits uut;
  const auto mark = uut.admitted("m", {}, at(0s));
  uut.read("m", mark, reading(dimension::requests, 60, 1, 20s, false), at(0s));
  CHECK(uut.free_slots("m", {}, at(0s)) == 1);
  uut.admitted("m", {}, at(0s));
  CHECK(uut.free_at("m", {}, at(0s)) == at(20s));
  CHECK(uut.free_slots("m", {}, at(20s) - 1ns) == 0);
  CHECK(uut.free_slots("m", {}, at(20s)) == 60);
  for (int i = 0; i < 60; ++i)
    uut.admitted("m", {}, at(20s));
  CHECK(uut.free_at("m", {}, at(20s)) == at(80s)); // a window is taken to be a minute
}

TEST_CASE("a reading that says too little rests nobody") {
  learned_limits uut;
  const auto mark = uut.admitted("m", {}, at(0s));
  CHECK_FALSE(uut.read("m", mark, reading(dimension::requests, 60, 0, {}, false), at(0s)));
  CHECK_FALSE(uut.read("m", mark, reading(dimension::requests, 0, 7, 10s), at(0s)));
  CHECK(uut.free_slots("m", {}, at(0s)) == unlimited);
  CHECK(uut.read("m", mark, reading(dimension::requests, 0, 0, 10s), at(0s)));
  CHECK(uut.free_at("m", {}, at(0s)) == at(10s));
}

TEST_CASE("a full bucket without a reset is taken to be one of a minute") {
  learned_limits uut;
  const auto mark = uut.admitted("m", {}, at(0s));
  uut.read("m", mark, reading(dimension::requests, 60, 60, 0s), at(0s));
  CHECK(uut.free_slots("m", {}, at(0s)) == 60);
  for (int i = 0; i < 60; ++i)
    uut.admitted("m", {}, at(0s));
  CHECK(uut.free_at("m", {}, at(0s)) == at(1s));
}

TEST_CASE("the rate is read from the longest time, not from a rounded moment") {
  auto uut = told(0); // one a second
  const auto mark = uut.admitted("m", {}, at(60s));
  uut.read("m", mark, reading(dimension::requests, 60, 59, 10ms), at(60s));
  for (int i = 0; i < 59; ++i)
    uut.admitted("m", {}, at(60s));
  CHECK(uut.free_at("m", {}, at(60s)) == at(61s));
}

TEST_CASE("a limit is forgotten when it is idle and full") {
  auto uut = told(0);
  uut.admitted("n", {}, at(10min));
  CHECK(uut.free_slots("m", {}, at(10min)) == 60);
  uut.admitted("o", {}, at(10min) + 1s);
  CHECK(uut.free_slots("m", {}, at(10min) + 1s) == unlimited);
}

namespace {

/// A provider's bucket of `limit` requests a minute.
struct provider {
  double limit;
  double level = limit;
  time_point as_of = at(0s);

  bool take(time_point now) {
    level =
        std::min(limit, level + limit / 60 * std::chrono::duration<double>{now - as_of}.count());
    as_of = now;
    if (level < 1)
      return false;
    level -= 1;
    return true;
  }

  dialect::limit_readings tell() const {
    const auto reset =
        std::chrono::milliseconds{static_cast<std::int64_t>((limit - level) * 60'000 / limit)};
    return reading(dimension::requests, static_cast<std::int64_t>(limit),
                   static_cast<std::int64_t>(level), reset);
  }
};

struct answer {
  time_point when;
  learned_limits::mark mark;
  dialect::limit_readings says;
};

} // namespace

TEST_CASE("once known, a bucket is used to 99 % and refuses almost nobody") {
  for (const auto seed : seeds(10)) {
    CAPTURE(seed);
    std::mt19937_64 random{seed};
    provider there{static_cast<double>(30 + random() % 600)};
    learned_limits uut;
    std::vector<answer> under_way;
    std::uint64_t answered = 0;
    std::uint64_t refusals = 0;
    bool known = false;
    const auto step = 10ms;
    for (auto now = at(0s); now < at(20min); now += step) {
      std::erase_if(under_way, [&](const answer& one) {
        if (one.when > now)
          return false;
        uut.read("m", one.mark, one.says, now);
        return known = true;
      });
      // Offered: as much as is let through, but one at a time until something is known.
      const std::size_t most = known ? 50 : 1;
      while (under_way.size() < most && uut.free_slots("m", {}, now) > 0) {
        const auto mark = uut.admitted("m", {}, now);
        (there.take(now) ? answered : refusals) += 1;
        const auto takes = std::chrono::milliseconds{100 + random() % 900};
        under_way.push_back({now + takes, mark, there.tell()});
      }
    }
    const auto allowed = there.limit * 21; // the burst, and 20 minutes of refill
    CAPTURE(there.limit, answered, refusals);
    CHECK(static_cast<double>(answered) >= 0.99 * allowed - 50);
    CHECK(refusals <= 20);
  }
}

TEST_CASE("no reading rests anybody for longer than it may: then a request asks again") {
  learned_limits uut;
  const auto mark = uut.admitted("m", {}, at(0s));
  uut.read("m", mark, reading(dimension::requests, 60, 0, 12h), at(0s), 1h);
  CHECK(uut.free_at("m", {}, at(0s)) <= at(1h));
  uut.read("m", mark, reading(dimension::requests, 60, 0, 12h, false), at(0s), 1h);
  CHECK(uut.free_at("m", {}, at(0s)) == at(1h));
  CHECK(uut.free_slots("m", {}, at(1h - 1ms)) == 0);
  CHECK(uut.free_slots("m", {}, at(1h)) == 1);
  CHECK(uut.free_at("m", {}, at(1h)) == at(1h));
}
