#include "balance/cooldowns.hpp"
#include "tests/balance/verdicts.hpp"
#include "tests/catch.hpp"

using namespace keywheel;
using namespace keywheel::balance;
using namespace keywheel::balance::test;

namespace {

using dialect::reason;
using dialect::scope;
using gate = cooldowns::standing::gate;
using standing = cooldowns::standing;

/// One that rests `m` until 10 s, with strike 1.
cooldowns resting(scope where = scope::key_model) {
  cooldowns result{0};
  result.failed(1, rate_limited(10s, where), "m", defaults, at(0s));
  return result;
}

std::uint32_t strikes_of(const cooldowns& uut, time_point now = at(0s)) {
  return uut.list(now, true).at(0).strikes;
}

} // namespace

TEST_CASE("where a verdict lands") {
  struct row {
    reason why;
    scope where;
    bool per_model;
  };
  const auto [why, where, per_model] = GENERATE(values<row>({
      {reason::rate_limit, scope::key_model, true},
      {reason::rate_limit, scope::key, false},
      {reason::rate_limit, scope::quota_group, true},
      {reason::quota, scope::quota_group, true},
      {reason::billing, scope::quota_group, false},
      {reason::credential, scope::quota_group, false},
      {reason::overload, scope::provider_model, true},
      {reason::server_error, scope::provider_model, true},
  }));
  const auto result = landing(refused(why, where), "m");
  CHECK(result.first == where);
  CHECK(result.second == (per_model ? "m" : ""));
  CHECK(landing(refused(reason::timed_out, scope::key), "m").first == scope::key_model);
}

TEST_CASE("until the deadline nobody passes, after it one probe") {
  auto uut = resting();
  CHECK(uut.about("n", at(0s)) == standing{});
  CHECK(uut.about("m", at(10s) - 1ns)
        == standing{gate::shut, at(10s), false, dialect::reason::rate_limit});
  CHECK(uut.about("m", at(10s)).is == gate::probe);
  CHECK(uut.admitted(2, "m", at(10s)));
  CHECK(uut.about("m", at(10s)).is == gate::busy);
  CHECK_FALSE(uut.admitted(3, "n", at(10s)));
}

TEST_CASE("a success of the probe clears, of others nothing") {
  auto uut = resting();
  CHECK_FALSE(uut.succeeded(9)); // admitted before the rest began
  CHECK(uut.about("m", at(1s)).is == gate::shut);
  uut.admitted(2, "m", at(10s));
  CHECK_FALSE(uut.succeeded(9));
  CHECK(uut.about("m", at(10s)).is == gate::busy);
  CHECK(uut.succeeded(2));
  CHECK(uut.about("m", at(10s)).is == gate::open);
  CHECK(uut.empty());
}

TEST_CASE("a failed probe climbs the ladder, an abandoned one leaves its place") {
  cooldowns uut{0};
  uut.failed(1, unauthorized(), "m", defaults, at(0s));
  CHECK(uut.about("n", at(0s)) == standing{gate::shut, at(30s), true, dialect::reason::credential});
  uut.admitted(2, "m", at(30s));
  CHECK(uut.abandoned(2));
  CHECK_FALSE(uut.abandoned(2));
  CHECK(uut.about("m", at(31s)).is == gate::probe);
  uut.admitted(3, "n", at(31s));
  CHECK(uut.failed(3, unauthorized(), "n", defaults, at(40s)));
  CHECK(uut.about("m", at(40s)).until == at(40s + 10min));
  CHECK(strikes_of(uut) == 2);
}

TEST_CASE("refusals of calls that were under way are one strike together") {
  auto uut = resting();
  CHECK(uut.failed(2, rate_limited(10s), "m", defaults, at(3s)));
  CHECK_FALSE(uut.failed(3, rate_limited(1s), "m", defaults, at(4s)));
  CHECK(uut.about("m", at(4s)).until == at(13s));
  CHECK(strikes_of(uut) == 1);
}

TEST_CASE("a straggler's refusal outlasts a probe that is under way") {
  auto uut = resting();
  uut.admitted(5, "m", at(10s));
  CHECK(uut.failed(2, rate_limited(20s), "m", defaults, at(11s)));
  CHECK(uut.about("m", at(12s))
        == standing{gate::shut, at(31s), false, dialect::reason::rate_limit});
  CHECK_FALSE(uut.succeeded(5));
  CHECK(uut.about("m", at(12s)).is == gate::shut);
}

TEST_CASE("a probe that fails for something else frees what it probed") {
  auto uut = resting(scope::key);
  uut.admitted(2, "m", at(10s));
  CHECK(uut.failed(2, rate_limited(5s), "m", defaults, at(10s)));
  CHECK(uut.about("n", at(10s)).is == gate::probe);
  CHECK(uut.about("m", at(10s))
        == standing{gate::shut, at(15s), false, dialect::reason::rate_limit});
  CHECK(uut.failed(3, refused(reason::bad_request, scope::key), "m", defaults, at(10s)) == false);
}

TEST_CASE("one call probes everything that concerns its model") {
  auto uut = resting();
  uut.failed(1, unauthorized(), "m", defaults, at(0s));
  CHECK(uut.about("m", at(0s)) == standing{gate::shut, at(30s), true, dialect::reason::credential});
  CHECK(uut.admitted(2, "m", at(30s)));
  CHECK(uut.about("n", at(30s)).is == gate::busy);
  CHECK(uut.succeeded(2));
  CHECK(uut.empty());
}

TEST_CASE("invariant 5: a cooldown never shrinks: 60 s, then a later 10 s signal") {
  const auto where = GENERATE(scope::key_model, scope::key, scope::quota_group);
  cooldowns uut{0};
  CHECK(uut.failed(1, rate_limited(60s, where), "m", defaults, at(0s)));
  const auto late = refused(reason::quota, where, 10s);
  CHECK_FALSE(uut.failed(2, late, "m", defaults, at(5s)));
  CHECK(uut.about("m", at(59s)).until == at(60s));
  CHECK(uut.list(at(5s)).at(0).why == reason::rate_limit);
  CHECK(uut.failed(2, late, "m", defaults, at(55s)));
  CHECK(uut.about("m", at(60s)).until == at(65s));
  CHECK(uut.list(at(60s)).at(0).why == reason::quota);
}

TEST_CASE("a new reason begins its own ladder") {
  auto uut = resting();
  uut.admitted(2, "m", at(10s));
  uut.failed(2, rate_limited(), "m", defaults, at(10s));
  CHECK(strikes_of(uut) == 2);
  uut.admitted(3, "m", at(130s));
  uut.failed(3, refused(reason::permission, scope::key_model), "m", defaults, at(130s));
  CHECK(strikes_of(uut) == 1);
  CHECK(uut.about("m", at(130s)).until == at(130s + 1h));
}

TEST_CASE("jitter moves a deadline upward only") {
  cooldowns uut{42};
  uut.failed(1, rate_limited(10s), "m", defaults, at(0s));
  const auto until = uut.about("m", at(0s)).until;
  CHECK(until > at(10s));
  CHECK(until < at(11s));
}

TEST_CASE("an absurd rest does not overflow the clock") {
  cooldowns uut{0};
  CHECK(uut.failed(1, rate_limited(std::chrono::milliseconds::max()), "m",
                   {60s, true, std::chrono::milliseconds::max()}, at(0s)));
  CHECK(uut.about("m", at(0s)).until == time_point::max());
}

TEST_CASE("rests are told with scope, reason and source, those of the owner first") {
  cooldowns uut{0};
  uut.failed(1, rate_limited(20s), "n", defaults, at(0s));
  uut.failed(1, rate_limited(30s), "m", {60s, false, 1h}, at(0s));
  uut.failed(1, unauthorized(), "m", defaults, at(0s));
  const auto all = uut.list(at(1s));
  REQUIRE(all.size() == 3);
  CHECK(all[0].scope == scope::key);
  CHECK(all[0].model.empty());
  CHECK(all[0].why == reason::credential);
  CHECK(all[0].source == "default");
  CHECK(all[1].model == "m");
  CHECK(all[1].source == "default");
  CHECK(all[1].until == at(60s));
  CHECK(all[2].source == "retry-after");
  CHECK(uut.list(at(60s)).empty());
  CHECK(uut.list(at(60s), true).size() == 3);
  uut.admitted(2, "n", at(60s));
  REQUIRE(uut.list(at(60s)).size() == 2);
  CHECK(uut.list(at(60s))[1].probing);
}

TEST_CASE("the next deadline is the earliest to come") {
  auto uut = resting();
  uut.failed(1, unauthorized(), "m", defaults, at(0s));
  CHECK(uut.next_deadline(at(0s)) == at(10s));
  CHECK(uut.next_deadline(at(10s)) == at(30s));
  CHECK_FALSE(uut.next_deadline(at(30s)));
}

TEST_CASE("a pardon takes back what a status alone did since") {
  cooldowns uut{0};
  uut.failed(1, unauthorized(true), "m", defaults, at(5s));
  CHECK_FALSE(uut.pardon(at(6s)));
  CHECK(uut.pardon(at(5s)));
  CHECK(uut.empty());
  uut.failed(1, unauthorized(), "m", defaults, at(5s));
  CHECK_FALSE(uut.pardon(at(0s)));
}

TEST_CASE("what a straggler knows for certain is not pardoned, though it rests nobody for longer") {
  cooldowns uut{0};
  uut.failed(1, unauthorized(true), "m", defaults, at(5s));
  CHECK_FALSE(uut.failed(2, unauthorized(), "m", defaults, at(5s)));
  CHECK_FALSE(uut.pardon(at(0s)));
  CHECK(strikes_of(uut, at(5s)) == 1);
}

TEST_CASE("a pardoned probe leaves the strikes before it") {
  cooldowns uut{0};
  uut.failed(1, unauthorized(), "m", defaults, at(0s));
  uut.admitted(2, "m", at(30s));
  uut.failed(2, unauthorized(true), "m", defaults, at(31s));
  CHECK(uut.pardon(at(31s)));
  CHECK(strikes_of(uut) == 1);
  CHECK(uut.about("m", at(31s)).is == gate::probe);
  CHECK_FALSE(uut.pardon(at(31s)));
}

TEST_CASE("a rest from elsewhere: the later deadline wins") {
  auto uut = resting();
  cooldown other{scope::key_model, "m", reason::quota, "body", at(5s), 3};
  CHECK(uut.impose(other, at(0s)));
  CHECK(strikes_of(uut) == 3);
  CHECK(uut.about("m", at(0s)).until == at(10s));
  CHECK_FALSE(uut.impose(other, at(0s)));
  other.until = at(20s);
  CHECK(uut.impose(other, at(0s)));
  CHECK(uut.list(at(0s)).at(0).source == "body");
  CHECK(uut.lift(scope::key_model, "m"));
  CHECK_FALSE(uut.lift(scope::key_model, "m"));
}

TEST_CASE("forgiving ends what credentials began") {
  auto uut = resting();
  CHECK_FALSE(uut.forgive());
  uut.failed(1, unauthorized(), "m", defaults, at(0s));
  CHECK(uut.forgive());
  CHECK(uut.about("m", at(0s))
        == standing{gate::shut, at(10s), false, dialect::reason::rate_limit});
  CHECK(uut.reset());
  CHECK_FALSE(uut.reset());
}

TEST_CASE("rests survive a restart by the wall clock, with their strikes") {
  cooldowns uut{0};
  uut.failed(1, unauthorized(), "m", defaults, at(0s));
  uut.failed(1, rate_limited(10s), "m", defaults, at(0s));
  const wall_time noon{std::chrono::hours{500'000}};
  const auto kept = uut.keep(at(5s), noon);
  REQUIRE(kept.size() == 2);
  CHECK(kept[0].until == noon + 25s);
  cooldowns next{0};
  next.restore(kept, at(1000s), noon + 15s);
  CHECK(next.about("n", at(1000s))
        == standing{gate::shut, at(1010s), true, dialect::reason::credential});
  CHECK(next.about("m", at(1010s)).is == gate::probe);
  next.admitted(2, "m", at(1010s));
  next.failed(2, unauthorized(), "m", defaults, at(1010s));
  CHECK(next.about("m", at(1010s)).until == at(1010s + 10min));
}

TEST_CASE("a kept deadline that a wrong clock made is bounded") {
  cooldowns uut{0};
  const wall_time noon{std::chrono::hours{500'000}};
  uut.restore({{scope::key, "", reason::quota, "body", wall_time::max(), 0},
               {scope::key_model, "m", reason::quota, "body", wall_time::min(), 0}},
              at(0s), noon);
  CHECK(uut.about("n", at(0s)).until == at(32 * 24h));
  CHECK(uut.next_deadline(at(0s)) == at(32 * 24h));
}

TEST_CASE("rests of models that nobody asks for are forgotten after a day") {
  auto uut = resting();
  uut.failed(1, rate_limited(10s), "n", defaults, at(10s + 24h));
  CHECK(uut.list(at(0s), true).size() == 2);
  uut.failed(1, rate_limited(10s), "o", defaults, at(11s + 24h));
  CHECK(uut.list(at(0s), true).size() == 2);
}
