#pragma once

#include "time.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace keywheel::balance {

/// A limit per sliding window. No window of that width ever holds more than the limit: amounts are
/// counted in slots, a six-hundredth of the window wide, and each is counted until a whole window
/// has passed since its slot ended. So at most a slot's width is lost of each window, nothing is
/// ever exceeded. Memory: nothing until the first amount, at most some 600 slots of 16 bytes, twice
/// that for a moment. Questions change nothing and may be about any time from the last change on.
/// Not synchronised.
class window_budget {
public:
  /// What an amount that was taken is remembered by, until it is settled.
  struct receipt {
    std::int64_t slot = 0;
    std::int64_t amount = 0;
  };

  /// Amounts of one slot with the wall-clock time of its end, to be kept over a restart.
  struct kept {
    wall_time end;
    std::int64_t amount = 0;
    bool operator==(const kept&) const = default;
  };

  static constexpr std::int64_t slots_per_window = 600;

  /// @pre `limit` > 0, `width` >= 600 ns
  window_budget(std::int64_t limit, duration width) noexcept : limit_(limit), width_(width) {}

  /// Takes a new limit; what was taken stays counted.
  void set_limit(std::int64_t limit) noexcept { limit_ = limit; }

  /// Whether `amount` can be taken. One larger than the limit counts as the limit, so that it goes
  /// when the window is otherwise empty; a negative one counts as 0, which always fits.
  bool fits(std::int64_t amount, time_point now) const;

  /// Counts `amount`, whether it fits or not.
  receipt take(std::int64_t amount, time_point now);

  /// Replaces what was taken by what was used. Less frees the rest at once; more is counted from
  /// `now` on, even beyond the limit. To be called at most once per receipt.
  void settle(const receipt& from, std::int64_t actual, time_point now);

  /// When `amount` will fit if nothing else is taken; `now` if it does.
  time_point free_at(std::int64_t amount, time_point now) const;

  /// What is left now; never negative.
  std::int64_t remaining(time_point now) const;

  std::int64_t limit() const noexcept { return limit_; }

  std::vector<kept> keep(time_point now, wall_time wall_now) const;

  /// Counts what keep() gave, less what has since left the window. Amounts from the future (a clock
  /// was put back) count as taken now.
  void restore(const std::vector<kept>& from, time_point now, wall_time wall_now);

private:
  struct slot {
    std::int64_t number;
    std::int64_t amount;
  };

  duration slot_width() const noexcept { return width_ / slots_per_window; }
  std::int64_t slot_of(time_point when) const noexcept;
  time_point end_of(std::int64_t number) const noexcept;
  time_point gone_at(const slot& one) const noexcept;
  std::int64_t counted(std::int64_t amount) const noexcept;
  std::vector<slot>::iterator find(std::int64_t number);
  void add(std::int64_t number, std::int64_t amount);
  std::size_t first_live(time_point now) const noexcept;
  std::int64_t used(time_point now) const noexcept;
  void drop_past(time_point now);

  std::int64_t limit_;
  duration width_;
  std::int64_t used_ = 0;   ///< of the slots from first_ on
  std::vector<slot> slots_; ///< by number; those before first_ are dropped
  std::size_t first_ = 0;
};

} // namespace keywheel::balance
