#pragma once

#include "balance/slot_marks.hpp"
#include "balance/types.hpp"
#include "config/config.hpp"

#include <cstdint>
#include <limits>
#include <memory>

namespace keywheel::balance {

/// A free key as an order sees it.
struct candidate {
  key_uid key = 0;
  std::uint32_t weight = 1;   ///< its share of the turns, at least 1
  std::uint32_t position = 0; ///< in the configuration
  std::uint32_t load = 0;     ///< requests under way: what it said, and those sent to it since
  std::uint64_t turn = 0;     ///< rises with every choice and return: lower was longer ago
};

/// In which order free keys are chosen: what a strategy is. It holds the free keys of one rotation,
/// and nothing of the others. Everything costs at most the logarithm of their number.
class order {
public:
  static constexpr slot_index none = std::numeric_limits<slot_index>::max();

  virtual ~order() = default;

  /// Takes in a key that has become free.
  virtual void enter(slot_index where, const candidate& who) = 0;

  /// Lets a key go that is no longer free.
  virtual void leave(slot_index where) = 0;

  /// Takes in what has changed of a key that stays free.
  virtual void change(slot_index where, const candidate& who) = 0;

  /// The key that comes next and is not among `passed`, or `none`. Changes no order.
  virtual slot_index first(const slot_marks& passed) = 0;

  /// A key was chosen, whether or not it came first: its `turn` and `load` have risen.
  virtual void took(slot_index where, const candidate& who) = 0;
};

/// An empty order of the given kind.
std::unique_ptr<order> make_order(config::strategy_kind kind);

} // namespace keywheel::balance
