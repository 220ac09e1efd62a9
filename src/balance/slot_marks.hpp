#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace keywheel::balance {

/// Number of a key's place in a rotation's table; free again when the key is removed.
using slot_index = std::uint32_t;

/// A set of slots that is emptied in no time: which keys the call at hand has tried.
class slot_marks {
public:
  /// Makes room for slots below `count`.
  void resize(std::size_t count) { stamps_.resize(count); }

  /// Empties the set.
  void clear() noexcept {
    ++stamp_;
    any_ = false;
  }

  /// Puts a slot in; false if it was there.
  bool add(slot_index which) noexcept {
    any_ = true;
    return stamps_[which] == stamp_ ? false : (stamps_[which] = stamp_, true);
  }

  bool contains(slot_index which) const noexcept { return any_ && stamps_[which] == stamp_; }

private:
  std::vector<std::uint64_t> stamps_; ///< of each slot, when it was last put in
  std::uint64_t stamp_ = 1;
  bool any_ = false;
};

} // namespace keywheel::balance
