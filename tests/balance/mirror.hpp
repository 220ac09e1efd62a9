#pragma once

#include "balance/types.hpp"

#include <map>
#include <optional>
#include <span>

namespace keywheel::balance::test {

/// What a pool must know of its keys, kept in the plainest way: what they told it, less the calls
/// sent to them since. The simulation holds a pool's decisions against it.
class mirror {
public:
  struct view {
    availability what;
    time_point turn; ///< when it was last chosen, or returned
  };

  void told(key_uid key, const availability& what, time_point now);
  void removed(key_uid key);
  void chosen(key_uid key, time_point now);

  const std::map<key_uid, view>& keys(time_point now);
  std::size_t count(availability::state is, time_point now);
  std::optional<time_point> earliest_return(time_point now);

  /// Whether a key is in state `is` that is not among `tried`.
  bool any(availability::state is, std::span<const key_uid> tried, time_point now);
  bool is(key_uid key, availability::state what, time_point now);

private:
  std::map<key_uid, view> keys_;
};

} // namespace keywheel::balance::test
