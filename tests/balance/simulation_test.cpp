#include "tests/balance/simulation/shrink.hpp"
#include "tests/balance/simulation/world.hpp"
#include "tests/catch.hpp"

#include <string>

using namespace keywheel;
using namespace keywheel::balance;
using namespace keywheel::balance::test;

namespace {

struct mistake {
  flaw made;
  rule broken;
};

/// The first seed whose schedule shows the mistake by this rule.
std::optional<std::uint64_t> first_seed(const mistake& of) {
  for (std::uint64_t seed = 1; seed <= 3000; ++seed)
    if (broken_by({seed, {}}, of.made) == of.broken)
      return seed;
  return std::nullopt;
}

} // namespace

TEST_CASE("the simulation finds a mistake of each kind, and shrinks it to a plan that replays") {
  const auto made = GENERATE(
      mistake{flaw::uses_resting_keys, rule::resting_key},
      mistake{flaw::refuses_while_free, rule::no_key},
      mistake{flaw::skips_turns, rule::round_robin}, mistake{flaw::releases_twice, rule::lease},
      mistake{flaw::keeps_leases, rule::lease},
      mistake{flaw::forgets_rests, rule::cooldown_shorter},
      mistake{flaw::answers_twice, rule::one_answer}, mistake{flaw::replays_anything, rule::replay},
      mistake{flaw::charges_everyone, rule::one_charge},
      mistake{flaw::ignores_budgets, rule::budget}, mistake{flaw::probes_twice, rule::one_probe},
      mistake{flaw::serves_last_first, rule::first_come},
      mistake{flaw::favours_a_client, rule::fairness}, mistake{flaw::loses_calls, rule::lost_call},
      mistake{flaw::has_an_endless_line, rule::line_bound},
      mistake{flaw::unbinds_calls, rule::bound}, mistake{flaw::forgets_deadlines, rule::deadline});
  CAPTURE(to_string(made.broken));
  const auto seed = first_seed(made);
  REQUIRE(seed);
  const auto smallest = shrunk({*seed, {}}, made.broken, made.made);
  CAPTURE(to_string(smallest));
  CHECK(broken_by(smallest, made.made) == made.broken);
  CHECK_FALSE(smallest.without.empty());
  const auto read = recipe_from(to_string(smallest));
  REQUIRE(read);
  CHECK(read->seed == smallest.seed);
  CHECK(read->without == smallest.without);
  CHECK(cook(smallest).calls.size() <= 8);
}

TEST_CASE("a schedule is the same each time") {
  const auto played = [](std::uint64_t seed) {
    std::vector<std::string> trace;
    world uut{cook({seed, {}})};
    uut.trace = &trace;
    uut.run();
    return trace;
  };
  for (std::uint64_t seed = 1; seed <= 50; ++seed)
    CHECK(played(seed) == played(seed));
}

TEST_CASE("a recipe is read as it is written") {
  const recipe what{4711, {{reduction::what::call, 3}, {reduction::what::simpler, 0}}};
  CHECK(to_string(what) == "4711/c3,z0");
  CHECK(to_string(recipe{1, {}}) == "1");
  CHECK(recipe_from("4711/c3,z0")->without == what.without);
  for (const auto* bad : {"", "x", "1/", "1/c", "1/q1", "1/c1,", "1,c1", "1/c1/k2", "1/cx"}) {
    CAPTURE(bad);
    CHECK_FALSE(recipe_from(bad));
  }
}

TEST_CASE("what is dropped from a plan leaves the rest as it was") {
  const auto whole = cook({20, {}});
  const auto part = cook({20, {{reduction::what::call, whole.calls.front().number}}});
  REQUIRE(part.calls.size() == whole.calls.size() - 1);
  CHECK(part.calls.front().tokens == whole.calls[1].tokens);
  CHECK(part.calls.front().arrives == whole.calls[1].arrives);
}
