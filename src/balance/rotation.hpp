#pragma once

#include "balance/order.hpp"
#include "balance/slot_marks.hpp"
#include "balance/types.hpp"
#include "config/config.hpp"
#include "time.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

namespace keywheel::balance {

/// A key as the configuration has it.
struct member {
  key_uid key = 0;
  std::uint32_t weight = 1;   ///< 0 counts as 1
  std::uint32_t position = 0; ///< its place among the model's keys, for fill_first
};

/// A dispatcher's keys, with what is known of each, and the order in which it goes through those
/// that are free. Choosing takes at most the logarithm of the number of free keys; resting keys
/// cost nothing.
///
/// A key that a call has tried is passed over for that call and keeps its place. Not synchronised:
/// belongs to one actor.
class rotation {
public:
  explicit rotation(config::strategy_kind strategy = config::strategy_kind::round_robin);

  /// Goes on by another strategy. Keys keep their states and their turns.
  void follow(config::strategy_kind strategy);

  /// Adds a key, disabled until it is set; or changes a member's weight and position, and nothing
  /// else.
  void enroll(const member& who, time_point now);

  /// Replaces what is known of a key. An unknown key becomes a member of weight 1. A key that
  /// becomes free goes to the end of the order; one that stays free keeps its place. Keys that
  /// rest, cooling or rejected, return by themselves when `until` has passed (`now >= until`), a
  /// rejected one with no more than one slot: its probe. A key without a free slot counts as busy.
  void set(key_uid key, const availability& what, time_point now);

  /// Forgets a key.
  void remove(key_uid key);

  /// Takes the next free key that is not among `tried`, by the strategy; nothing if there is none.
  /// A key with a number of free slots loses one.
  std::optional<key_uid> choose(std::span<const key_uid> tried, time_point now);

  /// As choose(), but takes the key that `prefix` prefers among those (see rendezvous.hpp): the
  /// same one each time as long as it is free. Takes time in proportion to the number of free keys.
  std::optional<key_uid> choose_for(std::uint64_t prefix, std::span<const key_uid> tried,
                                    time_point now);

  /// Takes this key, as if it had been chosen, if it is free; false if it is not.
  bool choose_this(key_uid key, time_point now);

  /// Answers whether a free key exists that is not among `tried`.
  bool has_free(std::span<const key_uid> tried, time_point now);

  /// The first deadline at which a resting key returns.
  std::optional<time_point> earliest_return(time_point now);

  /// Why that key rests; `none` if no key does.
  dialect::reason reason_of_earliest(time_point now);

  /// Answers whether some key is only busy: it returns when one of its leases ends.
  bool has_busy() const noexcept;

  /// As above, for a call that will not go to a key that it has tried.
  bool has_busy(std::span<const key_uid> tried) noexcept;

  /// How many keys are in a state.
  std::size_t count(availability::state is, time_point now);

  /// How many keys rest, cooling or rejected, for a reason that no time heals but a person:
  /// billing, credential, permission, blocked.
  std::size_t count_vain(time_point now);

  /// What is known of a key, less the calls sent to it since, until the next change; null if it is
  /// no member.
  const availability* find(key_uid key, time_point now);

  std::vector<key_uid> keys() const;
  std::size_t size() const noexcept;

private:
  /// A key. `used` is false while no key has this place.
  struct slot {
    candidate who;
    bool used = false;
    availability known;
    std::uint64_t rest = 0; ///< stamp of its entry in rests_, 0 if it does not rest
    slot_index free_at = 0; ///< its place in free_, if it is free
  };

  /// An entry of the heap of deadlines. It is void if its slot bears another stamp by now.
  struct rest {
    time_point until;
    std::uint64_t stamp;
    slot_index where;
  };

  static bool later(const rest& a, const rest& b) noexcept;

  slot_index slot_of(key_uid key);
  void become(slot_index where, const availability& what);
  void count(const availability& what, int by) noexcept;
  void link(slot_index where);
  void unlink(slot_index where);
  key_uid take(slot_index where);
  void push_rest(slot_index where);
  void drop_void_rests();
  void wake(time_point now);
  std::size_t mark(std::span<const key_uid> tried, availability::state counted) noexcept;
  std::size_t counter(availability::state is) const noexcept;

  std::vector<slot> slots_;
  std::vector<slot_index> unused_;
  std::unordered_map<key_uid, slot_index> index_;
  std::unique_ptr<order> order_;
  std::vector<slot_index> free_; ///< the free keys, in no order
  std::vector<rest>
      rests_; ///< heap, earliest deadline first; entries are dropped when they surface
  std::array<std::size_t, 5> counts_{};
  std::size_t vain_ = 0;
  slot_marks tried_;
  std::uint64_t turn_ = 0;
  std::uint64_t stamp_ = 0;
  config::strategy_kind strategy_;
};

} // namespace keywheel::balance
