#include "state/saved_state.hpp"
#include "tests/catch.hpp"
#include "tests/state/sample.hpp"

using namespace keywheel;
using namespace keywheel::state;
using namespace keywheel::state::testing;
using namespace std::chrono_literals;

namespace {

const std::vector<known_key> both{{"openai/team-a", "0123456789abcdef"},
                                  {"azure/x", "fedcba9876543210"}};

saved_cooldown until(wall_time when) {
  return {"key", "", "rate_limit", "default", when, 1};
}

saved_state key_with(std::vector<saved_cooldown> cooldowns, saved_window day) {
  saved_state result;
  result.keys = {{"p/k", "0000000000000000", "", std::move(cooldowns), std::move(day)}};
  return result;
}

/// What is left of such a key at noon, with rests of at most an hour.
saved_key left_of(std::vector<saved_cooldown> cooldowns, saved_window day = {}) {
  const auto result = recalled(key_with(std::move(cooldowns), std::move(day)),
                               {{"p/k", "0000000000000000"}}, noon(), 1h);
  REQUIRE(result.keys.size() == 1);
  return result.keys[0];
}

} // namespace

TEST_CASE("what still holds is recalled as it was") {
  CHECK(recalled(sample_state(), both, noon(), 24h) == sample_state());
}

TEST_CASE("another credential is another key") {
  const auto ids = [](std::vector<known_key> known) {
    std::string result;
    for (const auto& key : recalled(sample_state(), known, noon(), 24h).keys)
      result += key.id + " ";
    return result;
  };
  CHECK(ids(both) == "openai/team-a azure/x ");
  CHECK(ids({both[1]}) == "azure/x ");
  CHECK(ids({{"openai/team-a", "fedcba9876543210"}, {"azure/x", "0123456789abcdef"}}).empty());
  CHECK(ids({{"openai/team-b", "0123456789abcdef"}}).empty());
  CHECK(ids({}).empty());
}

TEST_CASE("a cooldown is over at its deadline and no longer than it may be") {
  CHECK(left_of({until(noon() - 1s)}).cooldowns.empty());
  CHECK(left_of({until(noon())}).cooldowns.empty());
  CHECK(left_of({until(wall_time::min())}).cooldowns.empty());
  CHECK(left_of({until(noon() + 1ms)}).cooldowns == std::vector{until(noon() + 1ms)});
  CHECK(left_of({until(noon() + 1h)}).cooldowns == std::vector{until(noon() + 1h)});
  CHECK(left_of({until(noon() + 1h + 1ms)}).cooldowns == std::vector{until(noon() + 1h)});
  CHECK(left_of({until(wall_time::max())}).cooldowns == std::vector{until(noon() + 1h)});
  CHECK(left_of({until(noon()), until(noon() + 1s), until(noon() - 1s)}).cooldowns
        == std::vector{until(noon() + 1s)});
  CHECK(recalled(key_with({until(noon() + 1s)}, {}), {{"p/k", "0000000000000000"}}, noon(), 0ms)
            .keys[0]
            .cooldowns.empty());
}

TEST_CASE("a use counts for 24 hours, and one of the future as of now") {
  const auto slots = [](std::vector<saved_slot> before) {
    const auto requests = left_of({}, {before, {}}).day.requests;
    CHECK(left_of({}, {{}, before}).day.tokens == requests);
    return requests;
  };
  using list = std::vector<saved_slot>;
  CHECK(slots({{noon() - 24h, 1}}).empty());
  CHECK(slots({{noon() - 24h + 1ms, 1}}) == list{{noon() - 24h + 1ms, 1}});
  CHECK(slots({{noon(), 1}}) == list{{noon(), 1}});
  CHECK(slots({{noon() + 1ms, 1}}) == list{{noon(), 1}});
  CHECK(slots({{wall_time::max(), 1}, {wall_time::min(), 2}, {noon() - 1h, 3}})
        == list{{noon(), 1}, {noon() - 1h, 3}});
}

TEST_CASE("groups and models of which nothing is left are forgotten") {
  const auto later = recalled(sample_state(), both, noon() + 31s, 24h);
  CHECK(later.models.empty());
  CHECK(later.groups == sample_state().groups);
  CHECK(recalled(sample_state(), both, noon() + 5h, 24h).groups.empty());
  auto used = sample_state();
  used.groups[0].day.tokens = {{noon(), 7}};
  CHECK(recalled(used, both, noon() + 5h, 24h).groups
        == std::vector<saved_group>{{"openai", "org é \"1\"", {}, {{}, {{noon(), 7}}}}});
}
