#pragma once

#include "balance/rotation.hpp"
#include "balance/ticket.hpp"
#include "balance/types.hpp"

#include <cstddef>
#include <optional>

namespace keywheel::balance {

/// How the keys stand that may serve a call: all of a rotation, or those that it is bound to.
struct outlook {
  std::size_t enabled = 0;
  std::size_t rejected = 0;
  std::size_t cooling = 0;
  std::size_t vain = 0;              ///< rest for a reason that no time heals but a person
  bool free = false;                 ///< some key is, tried or not
  bool untried_free = false;         ///< some key is that the call has not tried
  bool untried_busy = false;         ///< as above
  std::optional<time_point> returns; ///< the first deadline at which one of them returns
  dialect::reason why = dialect::reason::none; ///< what that return waits for
};

/// Takes time in proportion to what the call has tried and is bound to.
outlook outlook_of(rotation& keys, const ticket& call, time_point now);

/// Whether some free key may serve the call that it has not tried. As outlook_of().
bool can_take(rotation& keys, const ticket& call, time_point now);

/// Takes the key that is to serve the call, as rotation::choose() does: of a bound call the first
/// of its keys that is free and untried. `by_prefix`: see rotation::choose_for().
std::optional<key_uid> choose_for(rotation& keys, const ticket& call, bool by_prefix,
                                  time_point now);

} // namespace keywheel::balance
