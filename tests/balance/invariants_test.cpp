#include "tests/balance/seeds.hpp"
#include "tests/balance/simulation/shrink.hpp"
#include "tests/balance/simulation/world.hpp"
#include "tests/catch.hpp"

#include <cstdlib>
#include <string>

using namespace keywheel;
using namespace keywheel::balance;
using namespace keywheel::balance::test;

namespace {

/// Ten parts of 25,000 schedules, so that ctest -j can share them out.
constexpr std::uint64_t schedules = 25'000;
constexpr std::uint64_t parts = emphases;

/// Plays one schedule; whatever is wrong is shrunk and reported.
void play(const recipe& what, tally& into) {
  try {
    into += world{cook(what)}.run();
  } catch (const violation& found) {
    FAIL(report(what, found));
  }
}

/// All schedules with most of `on`.
tally play(emphasis on) {
  tally result;
  if (const char* plan = std::getenv("KEYWHEEL_PLAN")) {
    const auto what = recipe_from(plan);
    REQUIRE(what);
    if (emphasis_of(what->seed) == on)
      play(*what, result);
    return result;
  }
  const auto all = seeds(schedules * parts);
  for (const auto seed : all)
    if (emphasis_of(seed) == on)
      play({seed, {}}, result);
  return result;
}

/// Whether only a part is played, so that not everything can be expected to happen.
bool replays() {
  return std::getenv("KEYWHEEL_SEED") != nullptr || std::getenv("KEYWHEEL_SEEDS") != nullptr
         || std::getenv("KEYWHEEL_PLAN") != nullptr;
}

using what = placement::what;

} // namespace

// Every test holds 25,000 schedules against all rules at every step (simulation/violation.hpp); the
// schedules differ in what they have most of. What must have happened shows that they do.

TEST_CASE("simulation: all kinds of schedules") {
  const auto happened = play(emphasis::nothing);
  CHECK((replays() || (happened.served > 10'000 && happened.late > 100)));
}

TEST_CASE("simulation: reloads that add, change, disable and remove keys") {
  const auto happened = play(emphasis::changes);
  CHECK((replays() || (happened.passed_back > 1000 && happened.of(what::no_keys) > 100)));
}

TEST_CASE("simulation: few keys with tight budgets") {
  const auto happened = play(emphasis::scarcity);
  CHECK((replays() || (happened.of(what::waits) > 1000 && happened.of(what::line_full) > 100)));
}

TEST_CASE("simulation: keys that are always free, in turn") {
  const auto happened = play(emphasis::turns);
  CHECK((replays() || happened.served > 10'000));
}

TEST_CASE("simulation: clients that leave") {
  const auto happened = play(emphasis::leaving);
  CHECK((replays() || happened.left > 1000));
}

TEST_CASE("simulation: keys that are refused often") {
  const auto happened = play(emphasis::limits);
  CHECK((replays() || (happened.probes > 1000 && happened.exhausted > 1000)));
}

TEST_CASE("simulation: requests that are at fault") {
  const auto happened = play(emphasis::bad_requests);
  CHECK((replays() || happened.served > 10'000));
}

TEST_CASE("simulation: quota groups, merged when answers name one organisation") {
  const auto happened = play(emphasis::groups);
  CHECK((replays() || happened.moves > 1000));
}

TEST_CASE("simulation: providers that refuse every key") {
  const auto happened = play(emphasis::storms);
  CHECK((replays()
         || (happened.pardons > 100 && happened.model_probes > 100
             && happened.of(what::provider_rests) > 100)));
}

TEST_CASE("simulation: crowds of clients at one model") {
  const auto happened = play(emphasis::crowds);
  CHECK((replays() || happened.of(what::waits) > 10'000));
}
