#include "tests/catch.hpp"
#include "tools/simulator/api_key.hpp"

using namespace keywheel::simulator;
using namespace std::chrono_literals;

namespace {

constexpr time_point start{1h};

using reason = refusal::reason;

std::string why(const std::optional<refusal>& refused) {
  return refused ? std::to_string(static_cast<int>(refused->why)) + " in "
                       + std::to_string(refused->wait / 1ms) + "ms"
                 : "granted";
}

std::string expected(reason what, std::chrono::milliseconds wait) {
  return std::to_string(static_cast<int>(what)) + " in " + std::to_string(wait.count()) + "ms";
}

key_options named(const std::string& name) {
  key_options result;
  result.name = name;
  result.secret = "sk-" + name;
  result.organization = "org";
  result.limits = key_limits{};
  return result;
}

} // namespace

TEST_CASE("a fixed window gives everything back at its end and nothing before") {
  token_bucket bucket{3, start, {window_kind::fixed, 1s}};
  bucket.refill(start + 400ms);
  bucket.take(3);
  CHECK(bucket.until(1) == 600ms);
  CHECK(bucket.until_full() == 600ms);
  bucket.refill(start + 1s - 1ns);
  CHECK_FALSE(bucket.has(1));
  CHECK(bucket.until(1) == 1ns);
  bucket.refill(start + 1s);
  CHECK(bucket.remaining() == 3);
  CHECK(bucket.until_full() == 0ns);
  bucket.take(1);
  bucket.refill(start + 7s + 250ms); // windows keep to the first one's beginning
  bucket.take(3);
  CHECK(bucket.until(1) == 750ms);
}

TEST_CASE("a bucket of another window refills at that window's pace") {
  token_bucket second{10, start, {window_kind::bucket, 1s}};
  second.take(10);
  CHECK(second.until(1) == 100ms);
  CHECK(second.until_full() == 1s);
  second.refill(start + 250ms);
  CHECK(second.remaining() == 2);
  token_bucket day{10'000, start, {window_kind::bucket, 24h}};
  day.take(10'000);
  CHECK(day.until(1) == 8640ms); // OpenAI's text for 10,000 a day says 8.64 s
  day.refill(start + 8640ms - 1us);
  CHECK_FALSE(day.has(1));
  day.refill(start + 8640ms);
  CHECK(day.has(1));
}

TEST_CASE("the largest limit fits the longest window") {
  token_bucket bucket{max_limit, start, {window_kind::bucket, 400 * 24h}};
  CHECK(bucket.remaining() == max_limit);
  bucket.take(max_limit);
  bucket.refill(start + 200 * 24h);
  CHECK(bucket.remaining() == max_limit / 2);
}

TEST_CASE("limits per day hold beside those per minute, and the longer wait is told") {
  budget both{{2, 0, 0, 3, 0}, {window_kind::fixed, 1min, 24h}, start};
  auto ask = [&](time_point now) {
    auto refused = both.check(1, now);
    if (!refused)
      both.take(1);
    return why(refused);
  };
  CHECK(ask(start) == "granted");
  CHECK(ask(start) == "granted");
  CHECK(ask(start + 15s) == expected(reason::requests, 45s));
  CHECK(ask(start + 60s) == "granted");
  CHECK(ask(start + 60s) == expected(reason::requests_per_day, 24h - 1min));
  CHECK(ask(start + 24h - 1ns) == expected(reason::requests_per_day, 0ms));
  CHECK(ask(start + 24h) == "granted");
}

TEST_CASE("keys of one organisation share its limits, and a refusal takes nothing from anyone") {
  limit_windows windows{window_kind::fixed, 1s, 24h};
  organization shared{{"org", {3, 0, 2, 0, 0}}, windows, start};
  auto with_own = named("b");
  with_own.limits = key_limits{1, 0, 0};
  api_key a{named("a"), start, windows, &shared}, b{with_own, start, windows, &shared};
  CHECK(why(b.admit(1, start)) == "granted");
  CHECK(why(b.admit(1, start)) == expected(reason::requests, 1s)); // its own limit
  CHECK(why(a.admit(1, start)) == "granted");
  CHECK(why(a.admit(1, start)) == "granted"); // the third of the organisation
  CHECK(why(a.admit(1, start + 300ms)) == expected(reason::requests, 700ms));
  CHECK(a.shown().requests->limit() == 3);
  CHECK(b.shown().requests->remaining() == 0);
  a.begin();
  b.begin();
  CHECK(why(a.admit(1, start + 1s)) == expected(reason::concurrency, 1s));
  b.end();
  CHECK(why(a.admit(1, start + 1s)) == "granted");
}

TEST_CASE("a key's limits for one model hold for that model only") {
  auto what = named("a");
  what.models = {{"gpt-4o", {1, 0, 0}}};
  api_key key{what, start};
  auto big = key.limits_for("gpt-4o");
  REQUIRE(big != nullptr);
  CHECK(key.limits_for("gpt-4o-mini") == nullptr);
  CHECK(why(key.admit(1, start, big)) == "granted");
  CHECK(why(key.admit(1, start, big)) == expected(reason::requests, 60s));
  CHECK(why(key.admit(1, start)) == "granted");
}

TEST_CASE("a refusal before the time that the last one named is needless, and counted") {
  auto what = named("a");
  what.limits = key_limits{1, 0, 0};
  what.models = {{"m", {1, 0, 0}}};
  api_key key{what, start, {window_kind::fixed, 1s, 24h}};
  auto needless = [&] { return key.counters.refused_while_cooling; };
  key.admit(1, start);
  key.admit(1, start + 100ms);
  CHECK(needless() == 0); // nobody could have known
  key.admit(1, start + 999ms);
  CHECK(needless() == 1);
  CHECK(why(key.admit(1, start + 1s)) == "granted");
  key.admit(1, start + 1s);
  CHECK(needless() == 1); // the named time had come
}

TEST_CASE("new limits are full, and what is in flight stays in flight") {
  budget one{{1, 0, 1}, {}, start};
  one.take(1);
  one.begin();
  one.set_limits({5, 0, 1}, start);
  CHECK(one.requests()->remaining() == 5);
  CHECK(why(one.check(1, start)) == expected(reason::concurrency, 1s));
  one.end();
  CHECK(why(one.check(1, start)) == "granted");
}
