#pragma once

#include "tests/balance/simulation/flaw.hpp"
#include "tests/balance/simulation/plan.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace keywheel::balance::test {

/// A way to make a plan smaller. What is dropped leaves everything else as it was (see dice).
struct reduction {
  enum class what : char {
    call = 'c',    ///< without the call of this number
    key = 'k',     ///< without that key; others keep their numbers
    change = 'e',  ///< without that change
    storm = 's',   ///< without that storm
    simpler = 'z', ///< without the n-th complication: simplifications in shrink.cpp
  };
  what is = what::call;
  std::uint32_t number = 0;
  bool operator==(const reduction&) const = default;
};

/// A plan that can be written down in a line: "SEED", or "SEED/c3,c5,k1,z0" where it is reduced.
struct recipe {
  std::uint64_t seed = 0;
  std::vector<reduction> without;
};

/// The plan of a recipe. Reductions that find nothing do nothing.
plan cook(const recipe& from);

std::string to_string(const recipe& what);

/// Reads what to_string() writes; nothing if it is none.
std::optional<recipe> recipe_from(std::string_view text);

/// Everything in a plan, for people.
std::string describe(const plan& what);

/// Plays the plan of `from`. Returns the rule that it breaks, if any.
std::optional<rule> broken_by(const recipe& from, flaw wrong = flaw::none);

/// The smallest recipe found that breaks the same rule as `from`: drops calls, keys, changes and
/// storms, then complications, as long as that rule is still broken.
recipe shrunk(recipe from, rule broken, flaw wrong = flaw::none);

/// What to print of a failure: what was wrong, how to replay it, the smallest plan, its last steps.
std::string report(const recipe& from, const violation& what, flaw wrong = flaw::none);

} // namespace keywheel::balance::test
