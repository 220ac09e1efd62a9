#include "tests/catch.hpp"
#include "tools/simulator/duration.hpp"
#include "tools/simulator/simulator.hpp"
#include "tools/simulator/text.hpp"
#include "tools/simulator/token_bucket.hpp"

using namespace keywheel::simulator;
using namespace std::chrono_literals;

namespace {

std::string go(std::chrono::nanoseconds span) {
  std::string result;
  append_go_duration(result, span);
  return result;
}

} // namespace

TEST_CASE("a bucket is full at first and refills evenly") {
  time_point start{1h};
  token_bucket bucket{3, start};
  CHECK(bucket.until_full() == 0ns);
  for (int i = 0; i < 3; ++i) {
    REQUIRE(bucket.has(1));
    bucket.take(1);
  }
  CHECK_FALSE(bucket.has(1));
  CHECK(bucket.until(1) == 20s);
  CHECK(bucket.until_full() == 60s);
  bucket.refill(start + 20s - 1ns);
  CHECK_FALSE(bucket.has(1));
  CHECK(bucket.until(1) == 1ns);
  bucket.refill(start + 20s);
  CHECK(bucket.has(1));
  CHECK_FALSE(bucket.has(2));
  bucket.refill(start + 24h);
  CHECK(bucket.remaining() == 3);
}

TEST_CASE("a bucket lets exactly its rate through, whatever the steps") {
  const auto seed = GENERATE(range(1u, 50u));
  CAPTURE(seed);
  random_source random{seed};
  auto limit = static_cast<std::int64_t>(1 + random.next() % 100'000);
  time_point now{};
  token_bucket bucket{limit, now};
  std::int64_t taken = 0;
  while (now < time_point{10min}) {
    bucket.refill(now);
    auto count = bucket.remaining();
    bucket.take(count);
    taken += count;
    now += std::chrono::nanoseconds{1 + random.next() % 1'000'000'000};
  }
  bucket.refill(now);
  taken += bucket.remaining();
  auto minutes = std::chrono::duration<double, std::ratio<60>>{now.time_since_epoch()}.count();
  auto flowed = minutes * static_cast<double>(limit);
  auto expected = static_cast<double>(limit) + flowed;
  CHECK(static_cast<double>(taken) <= expected + 1e-3);
  // A fast enough caller loses nothing to rounding.
  CHECK(static_cast<double>(taken) > expected - 1.001);
}

TEST_CASE("the largest limit does not overflow") {
  token_bucket bucket{max_limit, time_point{}};
  bucket.take(max_limit);
  CHECK(bucket.until_full() == 60s);
  bucket.refill(time_point{} + 24h * 365);
  CHECK(bucket.remaining() == max_limit);
}

TEST_CASE("a bucket without a limit never refuses") {
  token_bucket bucket{0, time_point{}};
  CHECK_FALSE(bucket.limited());
  bucket.take(1'000'000);
  CHECK(bucket.has(max_limit));
}

TEST_CASE("durations are printed as Go prints them, rounded up to milliseconds") {
  CHECK(go(0ns) == "0s");
  CHECK(go(1ns) == "1ms");
  CHECK(go(6ms) == "6ms");
  CHECK(go(494ms) == "494ms");
  CHECK(go(999'000'001ns) == "1s");
  CHECK(go(1822ms) == "1.822s");
  CHECK(go(8640ms) == "8.64s");
  CHECK(go(60'052ms) == "1m0.052s");
  CHECK(go(86'400ms) == "1m26.4s");
  CHECK(go(6min) == "6m0s");
  CHECK(go(1h + 5ms) == "1h0m0.005s");
}

TEST_CASE("durations are parsed with their unit only") {
  CHECK(parse_duration("20ms") == 20ms);
  CHECK(parse_duration("1.5s") == 1500ms);
  CHECK(parse_duration("250us") == 250us);
  CHECK(parse_duration("2m") == 2min);
  CHECK(parse_duration("1h") == 1h);
  CHECK(parse_duration("0s") == 0s);
  for (auto bad : {"", "5", "s", "-1s", "1 s", "1d", "infs", "nans", "1e3s", "99999h", "1s "})
    CHECK_FALSE(parse_duration(bad));
}
