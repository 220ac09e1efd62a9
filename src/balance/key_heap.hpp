#pragma once

#include "balance/slot_marks.hpp"

#include <cstddef>
#include <limits>
#include <utility>
#include <vector>

namespace keywheel::balance {

/// A binary heap of slots, lowest rank first, in which every slot can be found: taking one out or
/// giving it another rank costs the logarithm of their number. `Rank` is a small value with `<`.
template <class Rank>
class key_heap {
public:
  static constexpr slot_index none = std::numeric_limits<slot_index>::max();

  /// Makes room, so that setting slots below `count` takes no memory.
  void reserve(std::size_t count) {
    entries_.reserve(count);
    if (places_.size() < count)
      places_.resize(count, none);
  }

  bool empty() const noexcept { return entries_.empty(); }

  bool contains(slot_index which) const noexcept {
    return which < places_.size() && places_[which] != none;
  }

  /// Puts a slot in, or gives it another rank.
  void set(slot_index which, const Rank& rank) {
    if (!contains(which))
      append(which);
    const auto at = places_[which];
    entries_[at].rank = rank;
    sink(rise(at));
  }

  /// Takes a slot out, if it is in.
  void erase(slot_index which) {
    if (!contains(which))
      return;
    const auto at = places_[which];
    const auto last = static_cast<slot_index>(entries_.size() - 1);
    swap(at, last);
    entries_.pop_back();
    places_[which] = none;
    if (at != last)
      sink(rise(at));
  }

  /// The slot of the lowest rank.
  /// @pre not empty
  slot_index top() const noexcept { return entries_.front().which; }
  const Rank& top_rank() const noexcept { return entries_.front().rank; }

  /// The slot of the lowest rank that is not among `passed`, or `none`. Looks at no more than two
  /// for each that is.
  slot_index first(const slot_marks& passed) const {
    const auto at = first_below(0, passed);
    return at == none ? none : entries_[at].which;
  }

private:
  struct entry {
    Rank rank;
    slot_index which;
  };

  void append(slot_index which) {
    if (which >= places_.size())
      places_.resize(std::size_t{which} + 1, none);
    places_[which] = static_cast<slot_index>(entries_.size());
    entries_.push_back({{}, which});
  }

  bool less(slot_index a, slot_index b) const { return entries_[a].rank < entries_[b].rank; }

  void swap(slot_index a, slot_index b) {
    std::swap(entries_[a], entries_[b]);
    places_[entries_[a].which] = a;
    places_[entries_[b].which] = b;
  }

  slot_index rise(slot_index at) {
    for (slot_index parent; at > 0 && less(at, parent = (at - 1) / 2); at = parent)
      swap(at, parent);
    return at;
  }

  void sink(slot_index at) {
    for (;;) {
      auto least = at;
      for (auto child = 2 * at + 1; child <= 2 * at + 2 && child < entries_.size(); ++child)
        if (less(child, least))
          least = child;
      if (least == at)
        return;
      swap(at, least);
      at = least;
    }
  }

  slot_index first_below(slot_index at, const slot_marks& passed) const {
    if (at >= entries_.size())
      return none;
    if (!passed.contains(entries_[at].which))
      return at;
    const auto left = first_below(2 * at + 1, passed);
    const auto right = first_below(2 * at + 2, passed);
    if (left == none || right == none)
      return left == none ? right : left;
    return less(right, left) ? right : left;
  }

  std::vector<entry> entries_;
  std::vector<slot_index> places_; ///< by slot; `none` if it is not in
};

} // namespace keywheel::balance
