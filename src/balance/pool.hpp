#pragma once

#include "balance/rotation.hpp"
#include "balance/ticket.hpp"
#include "balance/types.hpp"
#include "balance/waiting_line.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace keywheel::balance {

/// Where a call goes.
struct placement {
  enum class what : std::uint8_t {
    /// To `chosen`.
    key,
    /// In the line.
    waits,
    /// Every key rests for longer than the call may wait: refuse, `returns` says until when.
    no_key,
    /// Refuse, `returns` as above.
    line_full,
    /// Every enabled key's credential was refused.
    all_rejected,
    /// Every key that could serve it has been tried and none is coming back: its last failure is
    /// the answer.
    none_left,
    /// The model has no enabled key.
    no_keys,
    /// The call's own deadline passed while it waited.
    deadline
  };
  what is;
  key_uid chosen = 0;
  /// The earliest return of a key, where one is known.
  std::optional<time_point> returns;
  /// With `key`: the keys that the call has still tried, less those forgotten in the line. Replaces
  /// what the dispatcher kept of them.
  std::vector<key_uid> tried{};
};

/// One model's keys, their rotation, and the calls that wait for them, first come first served: the
/// brain of a dispatcher. It knows what keys told it; a key has the last word and may pass a call
/// back. README.md says what keys and dispatchers owe it; pool.cpp has the table of decisions. Not
/// synchronised: belongs to one actor.
class pool {
public:
  struct settings {
    duration max_wait = std::chrono::seconds{30};
    std::size_t max_calls = 1000;
  };

  explicit pool(settings with);

  /// Takes new settings. They hold for calls that enter the line from now on: nobody who waits is
  /// refused because of them.
  void configure(settings with);

  // -- keys ----------------------------------------------------------------------------------

  /// Takes in what a key says of itself; an unknown key becomes a member.
  void set_key(key_uid key, const availability& what, time_point now);

  /// Forgets a key, at once and for good.
  void remove_key(key_uid key);

  /// What is known of a key, less the calls sent to it since, until the next change; null if it is
  /// no member.
  const availability* find_key(key_uid key, time_point now);

  // -- calls ---------------------------------------------------------------------------------

  /// Places a new call, or one that a key gave back. A call that gets no key at once waits if some
  /// key is back before `arrived + max_wait` and its deadline, in the order of `arrived`. On
  /// entering the line it forgets having tried keys that now rest: when they are back they may be
  /// tried again.
  ///
  /// Nobody overtakes: while some free key could serve a waiting call (a rest is over and settle()
  /// has not run yet) a call enters the line, even a full one, and next_wake() says "now".
  placement place(ticket call, time_point now);

  /// Takes a call out of the line; false if it is not there.
  bool leave(call_id call);

  /// Places whichever waiting calls can now be placed, or can no longer hope. To be called after
  /// every change of a key and at next_wake().
  std::vector<std::pair<call_id, placement>> settle(time_point now);

  /// When settle() has something to do even if nothing happens; nothing if nobody waits.
  std::optional<time_point> next_wake(time_point now);

  std::size_t waiting() const noexcept;

private:
  using settled = std::vector<std::pair<call_id, placement>>;

  bool awaited(time_point now);
  bool has_hope(const ticket& call, time_point limit, time_point now);
  placement refusal(const ticket& call, time_point now);
  void forget_resting(std::vector<key_uid>& tried, time_point now);

  void end_at_deadline(time_point now, settled& result);
  void place_waiting(time_point now, settled& result);
  void refuse_hopeless(time_point now, settled& result);
  void refuse_hopeless_picky(time_point now, settled& result);
  void refuse_beyond(time_point now, settled& result);
  waiting_line::const_iterator refuse(waiting_line::const_iterator who, time_point now,
                                      settled& result);

  settings with_;
  rotation rotation_;
  waiting_line line_;
};

} // namespace keywheel::balance
