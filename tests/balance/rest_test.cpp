#include "balance/rest.hpp"
#include "tests/balance/verdicts.hpp"
#include "tests/catch.hpp"

#include <set>

using namespace keywheel;
using namespace keywheel::balance;
using namespace keywheel::balance::test;

using dialect::reason;
using dialect::scope;
using std::chrono::milliseconds;

TEST_CASE("how long a rate limit rests: stated, or as configured") {
  struct row {
    std::optional<milliseconds> hint;
    bool use_hints;
    milliseconds rate_limit;
    milliseconds max;
    milliseconds expected;
  };
  const auto absurd = milliseconds::max();
  const auto [hint, use_hints, rate_limit, max, expected] = GENERATE_COPY(values<row>({
      {7s, true, 60s, 1h, 7s},
      {7s, false, 60s, 1h, 60s},
      {{}, true, 60s, 1h, 60s},
      {{}, true, 45s, 1h, 45s},
      {2h, true, 60s, 1h, 1h},
      {{}, true, 2h, 1h, 1h},
      {0s, true, 60s, 1h, 250ms},
      {-5s, true, 60s, 1h, 250ms},
      {1ms, true, 60s, 1h, 250ms},
      {251ms, true, 60s, 1h, 251ms},
      {0s, true, 60s, 100ms, 100ms},
      {{}, true, 0s, 1h, 0s},
      {absurd, true, 60s, 1h, 1h},
      {absurd, true, 60s, absurd, std::chrono::duration_cast<milliseconds>(duration::max())},
  }));
  CHECK(rest_of(rate_limited(hint), 1, {rate_limit, use_hints, max}) == expected);
}

TEST_CASE("each reason climbs its own ladder to its cap") {
  struct row {
    reason why;
    std::uint32_t strikes;
    duration expected;
  };
  const auto [why, strikes, expected] = GENERATE(values<row>({
      {reason::rate_limit, 0, 60s},   {reason::rate_limit, 1, 60s},
      {reason::rate_limit, 2, 120s},  {reason::rate_limit, 6, 1920s},
      {reason::rate_limit, 7, 1h},    {reason::rate_limit, 4'000'000'000, 1h},
      {reason::quota, 1, 1h},         {reason::quota, 9, 1h},
      {reason::billing, 1, 10min},    {reason::billing, 2, 20min},
      {reason::billing, 6, 320min},   {reason::billing, 7, 6h},
      {reason::credential, 1, 30s},   {reason::credential, 2, 10min},
      {reason::credential, 3, 20min}, {reason::credential, 9, 1280min},
      {reason::credential, 10, 24h},  {reason::permission, 1, 1h},
      {reason::permission, 5, 1h},    {reason::overload, 1, 1s},
      {reason::overload, 5, 16s},     {reason::overload, 6, 30s},
      {reason::server_error, 1, 10s}, {reason::unreachable, 2, 20s},
      {reason::no_answer, 5, 160s},   {reason::timed_out, 6, 5min},
      {reason::none, 1, 0s},          {reason::bad_request, 1, 0s},
      {reason::too_large, 1, 0s},     {reason::blocked, 1, 0s},
      {reason::deadline, 1, 0s},
  }));
  CAPTURE(static_cast<int>(why), strikes);
  CHECK(rest_of(refused(why, scope::key), strikes, defaults) == expected);
  CHECK(rests(why) == (expected > 0s));
}

TEST_CASE("a hint counts for what passes by itself, not for a credential or a failure") {
  const config::cooldown_config settings{60s, true, 1h};
  for (const auto why : {reason::rate_limit, reason::quota, reason::billing, reason::overload}) {
    CHECK(uses_hint(refused(why, scope::key, 5s), settings));
    CHECK(rest_of(refused(why, scope::key, 5s), 9, settings) == 5s);
    CHECK_FALSE(uses_hint(refused(why, scope::key), settings));
  }
  for (const auto why : {reason::credential, reason::server_error}) {
    CHECK_FALSE(uses_hint(refused(why, scope::key, 5s), settings));
    CHECK(rest_of(refused(why, scope::key, 5s), 1, settings) == (is_soft(why) ? 10s : 30s));
  }
}

TEST_CASE("max is about hints and rate limits, not about credentials and money") {
  const config::cooldown_config brief{60s, true, 5s};
  CHECK(rest_of(refused(reason::credential, scope::key), 1, brief) == 30s);
  CHECK(rest_of(refused(reason::billing, scope::key), 1, brief) == 10min);
  CHECK(rest_of(refused(reason::billing, scope::key, 1h), 1, brief) == 5s);
}

TEST_CASE("jitter adds up to a tenth and at most a second, the same for the same seed") {
  jitter uut{7};
  jitter twin{7};
  jitter other{8};
  std::set<duration::rep> seen;
  unsigned equal = 0;
  for (int i = 0; i < 1000; ++i) {
    const auto added = uut.over(60s);
    CHECK((added >= 0s && added < 1s));
    CHECK(added == twin.over(60s));
    equal += added == other.over(60s) ? 1U : 0U;
    seen.insert(added.count() / 100'000'000);
    const auto less = uut.over(2s);
    CHECK((less >= 0s && less < 200ms));
    CHECK(less == twin.over(2s));
  }
  CHECK(seen.size() == 10);
  CHECK(equal < 5);
  CHECK(uut.over(0s) == 0s);
  CHECK(jitter{0}.over(1h) == 0s);
}
