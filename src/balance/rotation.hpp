#pragma once

#include "balance/types.hpp"
#include "time.hpp"

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

namespace keywheel::balance {

/// The order in which a dispatcher goes through its keys: the free key that was chosen longest ago
/// comes next, so every key that stays free gets exactly its turn however others come and go.
/// Choosing costs the same with ten keys and ten thousand, and resting keys cost nothing.
///
/// A key that a call has tried is passed over for that call and keeps its place. Not synchronised:
/// belongs to one actor.
class rotation {
public:
  /// Adds a key, or replaces what is known of it. A new key, or one that returns, goes to the
  /// end of the order; one that stays free keeps its place. Keys that rest until a deadline return
  /// by themselves when it has passed (`now >= until`). A key without a free slot counts as busy.
  void set(key_uid key, const availability& what, time_point now);

  /// Forgets a key.
  void remove(key_uid key);

  /// Takes the next free key that is not among `tried` and moves it to the end of the order;
  /// nothing if there is none. A key with a number of free slots loses one.
  std::optional<key_uid> choose(std::span<const key_uid> tried, time_point now);

  /// Answers whether a free key exists that is not among `tried`.
  bool has_free(std::span<const key_uid> tried, time_point now);

  /// The first deadline at which a resting key returns.
  std::optional<time_point> earliest_return(time_point now);

  /// Answers whether some key is only busy: it returns when one of its leases ends.
  bool has_busy() const noexcept;

  /// As above, for a call that will not go to a key that it has tried.
  bool has_busy(std::span<const key_uid> tried) noexcept;

  /// How many keys are in a state.
  std::size_t count(availability::state is, time_point now);

  /// What is known of a key, until the next change; null if it is no member.
  const availability* find(key_uid key, time_point now);

  std::vector<key_uid> keys() const;
  std::size_t size() const noexcept;

private:
  using index = std::uint32_t;
  static constexpr index none = std::numeric_limits<index>::max();

  /// A key. Free ones are chained from head_ (next to be chosen) to tail_ (chosen last).
  struct slot {
    key_uid key = 0;
    bool used = false;
    availability known;
    index previous = none;
    index next = none;
    std::uint64_t rest = 0; ///< stamp of its entry in rests_, 0 if it does not rest
    std::uint64_t mark = 0; ///< equals mark_ if the call at hand has tried it
  };

  /// An entry of the heap of deadlines. It is void if its slot bears another stamp by now.
  struct rest {
    time_point until;
    std::uint64_t stamp;
    index where;
  };

  static bool later(const rest& a, const rest& b) noexcept;

  index slot_of(key_uid key);
  void become(index where, const availability& what);
  void link_last(index where) noexcept;
  void unlink(index where) noexcept;
  void push_rest(index where);
  void drop_void_rests();
  void wake(time_point now);
  std::size_t mark(std::span<const key_uid> tried, availability::state counted) noexcept;
  std::size_t& counter(availability::state is) noexcept;
  std::size_t counter(availability::state is) const noexcept;

  std::vector<slot> slots_;
  std::vector<index> unused_;
  std::unordered_map<key_uid, index> index_;
  std::vector<rest>
      rests_; ///< heap, earliest deadline first; entries are dropped when they surface
  std::array<std::size_t, 5> counts_{};
  index head_ = none;
  index tail_ = none;
  std::uint64_t stamp_ = 0;
  std::uint64_t mark_ = 0;
};

} // namespace keywheel::balance
