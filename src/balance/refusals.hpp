#pragma once

#include "balance/pool.hpp"
#include "dialect/refusal.hpp"

#include <optional>
#include <string>

namespace keywheel::balance {

/// What a caller is told whose call a pool could not place. `name` says of whom the pool is: "the
/// model "x"". `last_failure` is what the last attempt
/// came to, if there was one. The time to come back is the placement's, and no later; a caller is
/// told not to retry where waiting is no use, or longer than the vendors' SDKs heed (PROVIDERS §6).
/// @pre `where` is neither key nor waits
dialect::refusal refusal_for(const placement& where, const std::string& name,
                             const std::optional<dialect::refusal>& last_failure, time_point now);

} // namespace keywheel::balance
