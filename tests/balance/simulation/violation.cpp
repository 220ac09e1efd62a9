#include "tests/balance/simulation/violation.hpp"

#include <array>

namespace keywheel::balance::test {

std::string_view to_string(rule which) noexcept {
  constexpr std::array<std::string_view, 17> names{
      "resting_key", "no_key",     "round_robin", "lease",     "cooldown_shorter", "one_answer",
      "replay",      "one_charge", "budget",      "one_probe", "first_come",       "fairness",
      "lost_call",   "line_bound", "bound",       "deadline",  "bookkeeping"};
  static_assert(names.size() == static_cast<std::size_t>(rule::bookkeeping) + 1);
  return names[static_cast<std::size_t>(which)];
}

} // namespace keywheel::balance::test
