#pragma once

#include "balance/key_heap.hpp"
#include "balance/order.hpp"

#include <cstdint>
#include <vector>

namespace keywheel::balance {

/// Smooth weighted round robin: every key has turns of a length of 1/weight, one after the other,
/// on one line of virtual time, whose present is the weighted mean of where the keys' turns start.
/// Of the keys whose turn has begun, the one whose turn ends first is chosen, and goes on to its
/// next turn. Hence among keys that stay free each is, after any number of choices, less than one
/// choice off its exact share, and the turns of heavy keys are spread evenly among those of light
/// ones (EEVDF: Stoica and Abdel-Wahab, 1995).
///
/// A key that was away makes up for nothing, and does not get its turn twice either: it goes on
/// where it was, or at the last turn served if that is later. One that is chosen out of turn
/// (sticky) is never more than one turn ahead.
class weighted_order final : public order {
public:
  void enter(slot_index where, const candidate& who) override;
  void leave(slot_index where) override;
  void change(slot_index where, const candidate& who) override;
  slot_index first(const slot_marks& passed) override;
  void took(slot_index where, const candidate& who) override;

private:
  /// A point of virtual time. It wraps around; those compared are never half the range apart.
  struct moment {
    std::uint64_t units = 0;
    std::int64_t since(moment other) const noexcept {
      return static_cast<std::int64_t>(units - other.units);
    }
    moment later(std::int64_t by) const noexcept {
      return {units + static_cast<std::uint64_t>(by)};
    }
    bool operator<(moment other) const noexcept { return since(other) < 0; }
  };

  /// The first moment comes first; among equals whoever was chosen longest ago.
  struct rank {
    moment at;
    std::uint64_t chosen = 0;
    bool operator<(const rank& other) const noexcept {
      return at < other.at || (!(other.at < at) && chosen < other.chosen);
    }
  };

  /// The turn that a key is to take next. Kept while the key is away.
  struct turn {
    key_uid key = 0;
    std::uint32_t weight = 0; ///< 0: no key has been here yet
    std::int64_t carry = 0;   ///< what the division left over that gave the last turn's length
    moment start;
    std::uint64_t chosen = 0; ///< candidate::turn

    std::int64_t length() const noexcept;
    moment end() const noexcept { return start.later(length()); }
  };

  turn& turn_of(slot_index where, const candidate& who);
  void weigh(const turn& one, std::int64_t weight);
  void keep_near(turn& one) const noexcept;
  void insert(slot_index where);
  bool has_begun(const turn& one) const noexcept;
  void sort_in(slot_index where);

  std::vector<turn> turns_;     ///< by slot
  moment served_;               ///< the latest start of a turn that was taken in its time
  key_heap<rank> begun_;        ///< by the end of the turn
  key_heap<rank> yet_to_begin_; ///< by its start
  moment present_;              ///< rounded down
  std::int64_t fraction_ = 0;   ///< what was rounded off, in parts of total_
  std::int64_t total_ = 0;      ///< weight of all keys that are in
};

} // namespace keywheel::balance
