#pragma once

#include "balance/limit_ledger.hpp"
#include "state/saved_state.hpp"

#include <vector>

/// Between what ledgers keep and what the state file says.
namespace keywheel::detail {

std::vector<state::saved_cooldown> saved(const std::vector<balance::cooldowns::kept>& from);
state::saved_window saved(const balance::budgets::kept& from);

/// Words that are not known, of a later version, are left out.
balance::kept_state restored(const std::vector<state::saved_cooldown>& rests,
                             const state::saved_window& day);

} // namespace keywheel::detail
