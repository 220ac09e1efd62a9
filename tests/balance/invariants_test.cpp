#include "tests/balance/at.hpp"
#include "tests/balance/seeds.hpp"
#include "tests/balance/simulation.hpp"
#include "tests/balance/violation.hpp"
#include "tests/catch.hpp"

#include <algorithm>
#include <cstdlib>
#include <string>

using namespace keywheel;
using namespace keywheel::balance;
using namespace keywheel::balance::test;

namespace {

constexpr std::uint64_t schedules = 1000;

/// Plays a failing plan again to tell how it came to that.
std::string last_steps(const plan& of) {
  std::vector<std::string> trace;
  simulation again{of};
  again.trace = &trace;
  try {
    again.run();
  } catch (const violation&) {
    // It is what we are here for.
  }
  std::string result;
  for (auto i = trace.size() - std::min<std::size_t>(trace.size(), 40); i < trace.size(); ++i)
    result += "\n  " + trace[i];
  return result;
}

template <class MakePlan>
tally play(const MakePlan& make_plan, std::uint64_t count) {
  tally result;
  for (const auto seed : seeds(count)) {
    const auto plan = make_plan(seed);
    try {
      result += simulation{plan}.run();
    } catch (const violation& what) {
      FAIL(what.what() << "\nreplay with KEYWHEEL_SEED=" << seed
                       << "; the last steps:" << last_steps(plan));
    }
  }
  return result;
}

tally play(emphasis on) {
  return play([on](std::uint64_t seed) { return random_plan(seed, on); }, schedules);
}

bool replays() {
  return std::getenv("KEYWHEEL_SEED") != nullptr;
}

} // namespace

// Every test checks all invariants at every step; the plans differ in what they have most of.

TEST_CASE("invariant 1: a cooled, disabled or removed key is never chosen") {
  const auto what = play(emphasis::changes);
  CHECK((replays() || what.passed_back > 0));
}

TEST_CASE("invariant 2: no key available is never said while one is") {
  const auto what = play(emphasis::scarcity);
  if (!replays())
    for (const auto is :
         {placement::what::no_key, placement::what::line_full, placement::what::all_rejected,
          placement::what::none_left, placement::what::no_keys, placement::what::deadline})
      CHECK(what.of(is) > 0);
}

TEST_CASE("invariant 3: the free key whose turn is longest ago is chosen") {
  const auto what = play(emphasis::turns);
  CHECK((replays() || what.served > 0));
}

TEST_CASE("invariant 4: every lease is released exactly once, whoever leaves") {
  const auto what = play(emphasis::leaving);
  CHECK((replays() || what.left > 0));
}

TEST_CASE("invariant 5: a cooldown never gets shorter by a signal") {
  const auto what = play(emphasis::limits);
  CHECK((replays() || what.of(placement::what::waits) > 0));
}

TEST_CASE("invariant 8: one bad request costs at most one key") {
  play(emphasis::bad_requests);
}

TEST_CASE("every call is answered once, and nobody waits for ever") {
  const auto what = play(emphasis::nothing);
  CHECK((replays() || what.served > 0));
}

TEST_CASE("one healthy key left and 64 callers at once: nobody is told there is no key") {
  const auto max_in_flight = GENERATE(0u, 1u, 8u);
  const auto what =
      play([=](std::uint64_t seed) { return one_healthy_key(seed, max_in_flight); }, 100);
  CHECK(what.served == 64 * seeds(100).size());
}
