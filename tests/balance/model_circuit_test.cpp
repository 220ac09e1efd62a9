#include "balance/model_circuit.hpp"
#include "tests/balance/at.hpp"
#include "tests/balance/seeds.hpp"
#include "tests/catch.hpp"

using namespace keywheel;
using namespace keywheel::balance;
using namespace keywheel::balance::test;

using dialect::reason;

namespace {

const config::cooldown_config settings{}; // a minute, hints, at most an hour

dialect::verdict overload(std::optional<std::chrono::milliseconds> hint = {}) {
  dialect::verdict result;
  result.why = reason::overload;
  result.scope = dialect::scope::provider_model;
  result.rest = hint;
  result.source = "retry-after";
  return result;
}

/// Whether `until` is `by` after `from`, with jitter of up to a tenth and a second.
bool with_jitter(std::optional<time_point> until, time_point from, duration by) {
  return until && *until >= from + by && *until <= from + by + std::min<duration>(by / 10, 1s);
}

} // namespace

TEST_CASE("a circuit that is closed stops nobody") {
  model_circuit uut;
  CHECK_FALSE(uut.blocks(at(0s)));
  CHECK_FALSE(uut.probe_due(at(0s)));
  CHECK_FALSE(uut.rests_until(at(0s)));
  CHECK_FALSE(uut.entry("m", at(0s)));
  CHECK(uut.why() == reason::none);
  uut.probe_ended(1, probe_result::failed, settings, at(0s));
  CHECK_FALSE(uut.blocks(at(0s)));
}

TEST_CASE("it rests until its deadline, and then lets one probe out") {
  model_circuit uut{7};
  uut.rest(overload(5s), settings, at(0s));
  const auto until = uut.rests_until(at(0s));
  REQUIRE(with_jitter(until, at(0s), 5s));
  CHECK(uut.blocks(*until - 1ns));
  CHECK_FALSE(uut.probe_due(*until - 1ns));
  CHECK_FALSE(uut.blocks(*until));
  CHECK_FALSE(uut.rests_until(*until));
  REQUIRE(uut.probe_due(*until));
  uut.probe(9, at(60s));
  CHECK(uut.blocks(*until));
  CHECK_FALSE(uut.probe_due(*until));
  CHECK(uut.probe_deadline(*until) == at(60s));
  uut.probe_ended(8, probe_result::succeeded, settings, at(7s)); // it is not the probe
  CHECK(uut.blocks(at(7s)));
  uut.probe_ended(9, probe_result::succeeded, settings, at(7s));
  CHECK_FALSE(uut.blocks(at(7s)));
  CHECK_FALSE(uut.entry("m", at(7s)));
}

TEST_CASE("how long it rests") {
  struct row {
    const char* about;
    std::optional<std::chrono::milliseconds> hint;
    config::cooldown_config with;
    duration expected;
    const char* source;
  };
  const std::vector<row> table{
      {"no hint", {}, {}, 1s, "default"},
      {"a hint", 12s, {}, 12s, "retry-after"},
      {"at once is a quarter of a second", 0ms, {}, 250ms, "retry-after"},
      {"a hint that is clamped", 7200s, {}, 3600s, "retry-after"},
      {"a hint that is not used", 12s, {60s, false, 3600s}, 1s, "default"},
  };
  for (const auto& one : table) {
    INFO(one.about);
    model_circuit uut{3};
    uut.rest(overload(one.hint), one.with, at(0s));
    CHECK(with_jitter(uut.rests_until(at(0s)), at(0s), one.expected));
    const auto entry = uut.entry("m", at(0s));
    REQUIRE(entry);
    CHECK(entry->scope == dialect::scope::provider_model);
    CHECK(entry->model == "m");
    CHECK(entry->why == reason::overload);
    CHECK(entry->source == one.source);
    CHECK(entry->until == uut.rests_until(at(0s)));
    CHECK(entry->strikes == 1);
    CHECK_FALSE(entry->probing);
  }
}

TEST_CASE("the ladder doubles with every probe that fails, up to half a minute") {
  model_circuit uut{11};
  auto now = at(0s);
  uut.rest(overload(), settings, now);
  for (const auto step : {1s, 2s, 4s, 8s, 16s, 30s, 30s}) {
    const auto until = uut.rests_until(now);
    REQUIRE(with_jitter(until, now, step));
    now = *until;
    uut.probe(1, time_point::max());
    CHECK(uut.entry("m", now)->probing);
    now += 100ms;
    // Either way of saying it climbs once.
    if (step != 4s)
      uut.rest(overload(), settings, now);
    uut.probe_ended(1, probe_result::failed, settings, now);
  }
  CHECK(uut.entry("m", now)->strikes == 8);
  uut.close();
  uut.rest(overload(), settings, now);
  CHECK(with_jitter(uut.rests_until(now), now, 1s));
}

TEST_CASE("those that were under way when it began do not climb the ladder, nor shorten the rest") {
  model_circuit uut{5};
  uut.rest(overload(10s), settings, at(0s));
  const auto until = uut.rests_until(at(0s));
  uut.rest(overload(), settings, at(1s));
  uut.rest(overload(2s), settings, at(2s));
  CHECK(uut.rests_until(at(2s)) == until);
  CHECK(uut.entry("m", at(2s))->strikes == 1);
  uut.rest(overload(30s), settings, at(2s));
  CHECK(with_jitter(uut.rests_until(at(2s)), at(2s), 30s));
}

TEST_CASE("a probe that says nothing leaves the way to another") {
  model_circuit uut;
  uut.rest(overload(), settings, at(0s));
  uut.probe(1, at(50s));
  uut.probe_ended(1, probe_result::abandoned, settings, at(3s));
  CHECK(uut.probe_due(at(3s)));
  CHECK(uut.entry("m", at(3s))->strikes == 1);
  uut.probe(2, at(50s));
  CHECK(uut.blocks(at(50s) - 1ns));
  CHECK(uut.probe_due(at(50s)));
  CHECK_FALSE(uut.probe_deadline(at(50s)));
}

TEST_CASE("a refusal while the probe is out puts it to rest again, and its success ends that") {
  model_circuit uut;
  uut.rest(overload(), settings, at(0s));
  uut.probe(1, at(50s));
  uut.rest(overload(20s), settings, at(3s));
  CHECK(with_jitter(uut.rests_until(at(3s)), at(3s), 20s));
  uut.probe_ended(1, probe_result::succeeded, settings, at(4s));
  CHECK_FALSE(uut.blocks(at(4s)));
}

TEST_CASE("when all keys are refused") {
  struct row {
    reason why;
    std::optional<time_point> until;
    duration expected;
  };
  const std::vector<row> table{
      {reason::rate_limit, {}, 60s},          {reason::rate_limit, at(25s), 20s},
      {reason::rate_limit, at(9999s), 3600s}, {reason::credential, {}, 1s},
      {reason::blocked, at(12s), 7s},
  };
  for (const auto& one : table) {
    model_circuit uut{2};
    uut.rest_for_all(one.why, one.until, at(1s), settings, at(5s));
    CHECK(with_jitter(uut.rests_until(at(5s)), at(5s), one.expected));
    CHECK(uut.entry("m", at(5s))->source == "all_keys_refused");
    CHECK(uut.entry("m", at(5s))->why == one.why);
    CHECK(uut.to_blame_since(one.why) == at(1s));
    CHECK_FALSE(uut.to_blame_since(reason::overload));
    uut.close();
    CHECK_FALSE(uut.to_blame_since(one.why));
  }
}

TEST_CASE("what is nobody's want of capacity does not open it") {
  model_circuit uut;
  auto what = overload(5s);
  what.why = reason::bad_request;
  uut.rest(what, settings, at(0s));
  CHECK_FALSE(uut.blocks(at(0s)));
}

TEST_CASE("jitter differs from seed to seed and stays the same for each") {
  std::vector<time_point> ends;
  for (const auto seed : seeds(50)) {
    model_circuit uut{seed};
    uut.rest(overload(100s), settings, at(0s));
    model_circuit again{seed};
    again.rest(overload(100s), settings, at(0s));
    CHECK(uut.rests_until(at(0s)) == again.rests_until(at(0s)));
    CHECK(with_jitter(uut.rests_until(at(0s)), at(0s), 100s));
    ends.push_back(*uut.rests_until(at(0s)));
  }
  const auto [least, most] = std::minmax_element(ends.begin(), ends.end());
  if (ends.size() > 1)
    CHECK(*most - *least > 500ms);
}
