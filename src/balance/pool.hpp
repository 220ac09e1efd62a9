#pragma once

#include "balance/model_circuit.hpp"
#include "balance/outlook.hpp"
#include "balance/refused_keys.hpp"
#include "balance/rotation.hpp"
#include "balance/ticket.hpp"
#include "balance/types.hpp"
#include "balance/waiting_line.hpp"
#include "config/config.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
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
    /// Refuse, `returns` as above: too many wait, or its client holds more than its share.
    line_full,
    /// Every enabled key's credential was refused; `returns` says when one is probed.
    all_rejected,
    /// Every key that could serve it has been tried and none is coming back: its last failure is
    /// the answer.
    none_left,
    /// The model has no enabled key.
    no_keys,
    /// The call's own deadline passed while it waited.
    deadline,
    /// The provider itself rests for this model, for `why`: refuse, `returns` as above.
    provider_rests
  };
  what is;
  key_uid chosen = 0;
  /// The earliest moment at which a call may go out, where one is known.
  std::optional<time_point> returns;
  /// With `key`: the keys that the call has still tried, less those forgotten in the line. Replaces
  /// what the dispatcher kept of them.
  std::vector<key_uid> tried{};
  /// With `key`: the call's tag, to come back with if a key passes it back (ticket::tag).
  std::uint64_t tag = 0;
  /// With `key`: it is the probe of the provider's rest. Whoever sends it must say how it came out:
  /// pool::probe_ended().
  bool probe = false;
  /// With a refusal: what is waited for. That of the provider if it rests, else that of the key
  /// which returns first.
  dialect::reason why = dialect::reason::none;
  /// With a refusal: waiting is no use, for no enabled key waits for anything that time heals.
  bool in_vain = false;
  /// With a refusal: the call is bound, and only its keys were in question.
  bool bound = false;
};

/// One model's keys, their rotation, the calls that wait for them, and the (provider, model) rest:
/// the brain of a dispatcher. It knows what keys told it; a key has the last word and may pass a
/// call back. A bound call goes to its own keys and to no other; while it waits for one, others
/// pass it by. README.md says what keys and dispatchers owe it; pool.cpp has the table of
/// decisions. Not synchronised: belongs to one actor.
class pool {
public:
  struct settings {
    duration max_wait = std::chrono::seconds{30};
    std::size_t max_calls = 1000; ///< in the line
    config::strategy_kind strategy = config::strategy_kind::round_robin;
    /// A call with a prefix prefers the key that its prefix hashes to, among those that are free.
    bool sticky = false;
    config::cooldown_config cooldown; ///< for the rest of (provider, model)
  };

  /// `seed` of the jitter of the (provider, model) rest; 0: none.
  explicit pool(settings with, std::uint64_t seed = 0);

  /// Takes new settings. They hold for calls that enter the line from now on: nobody who waits is
  /// refused because of them. Keys keep their states and turns, and a rest that is under way stays.
  void configure(settings with);

  // -- keys ----------------------------------------------------------------------------------

  /// Adds a key, disabled until set_key() says otherwise; or changes a member's weight and place.
  void enroll(const member& who, time_point now);

  /// Takes in what a key says of itself; an unknown key becomes a member of weight 1.
  void set_key(key_uid key, const availability& what, time_point now);

  /// Forgets a key, at once and for good.
  void remove_key(key_uid key);

  /// What is known of a key, less the calls sent to it since, until the next change; null if it is
  /// no member.
  const availability* find_key(key_uid key, time_point now);

  // -- calls ---------------------------------------------------------------------------------

  /// Places a new call, or one that a key gave back. A call that gets no key at once waits if it
  /// can hope for one before `arrived + max_wait` and its deadline. On entering the line it forgets
  /// having tried keys that now rest: when they are back they may be tried again. While the
  /// provider rests, that is all of them. A probe that comes back here counts as abandoned.
  ///
  /// Nobody overtakes: while some free key could serve a waiting call (a rest is over and settle()
  /// has not run yet) a call enters the line, even a full one, and next_wake() says "now".
  ///
  /// A full line: each client that waits has an equal share of the places. One that holds less than
  /// that enters nevertheless; next_wake() says "now", and settle() refuses (line_full) the last
  /// call of the client that holds most. So no client can fill the line.
  placement place(ticket call, time_point now);

  /// Takes a call out of the line; false if it is not there.
  bool leave(call_id call);

  /// Binds a call that waits to other keys, for its own have got other numbers; false if it does
  /// not wait, or was not bound.
  bool bind(call_id call, std::vector<key_uid> keys);

  /// Places whichever waiting calls can now be placed, or can no longer hope. To be called after
  /// every change of a key or of the provider's rest, and at next_wake().
  std::vector<std::pair<call_id, placement>> settle(time_point now);

  /// When settle() has something to do even if nothing happens; nothing if nobody waits.
  std::optional<time_point> next_wake(time_point now);

  std::size_t waiting() const noexcept;

  // -- the (provider, model) rest ------------------------------------------------------------

  /// The provider has no capacity for the model (verdicts of scope provider_model): no call goes
  /// out for as long as it says, or by a ladder: rest_of(). Then one call probes.
  void rest(const dialect::verdict& what, time_point now);

  /// Says how a call came out that was placed as probe.
  void probe_ended(call_id call, probe_result how, time_point now);

  /// Some call of the model succeeded: the provider works, and so does a key. Costs nothing while
  /// there is nothing to forget.
  void note_success();

  /// Whether there is something that note_success() would make forget: a suspicion against the
  /// provider, or its rest.
  bool awaits_success() const noexcept;

  /// A key was refused. When every enabled key (two or more) has been within 10 s, for one reason,
  /// with no success in between, the provider itself is taken to be the limit and rests: until the
  /// first of `returns`, or by model_circuit::rest_for_all(). It counts for rate_limit, and for
  /// credential, permission and blocked unless `certain`. Keys that were rejected before and so
  /// could not be asked are left out of account.
  ///
  /// Returns since when uncertain refusals are the provider's doing: the keys are to be told to
  /// undo rejections since then (nobody is blacklisted). It says so again for calls that were under
  /// way, and for a probe that is refused for the same. Nothing if the key itself is to blame.
  /// @param returns when the key may come back, if the provider has stated it
  std::optional<time_point> note_refusal(key_uid key, dialect::reason why, bool certain,
                                         std::optional<time_point> returns, time_point now);

  /// The provider's rest, for people; nothing if it does not rest.
  std::optional<cooldown> provider_cooldown(std::string_view model, time_point now) const;

private:
  using settled = std::vector<std::pair<call_id, placement>>;

  std::optional<key_uid> choose(const ticket& call, time_point now);
  placement sent(ticket call, key_uid to, time_point now);
  bool awaited(time_point now);
  bool has_hope(const outlook& keys, time_point limit, time_point now);
  bool has_share(std::uint64_t client) const;
  void forget_resting(std::vector<key_uid>& tried, time_point now);
  placement refusal(const ticket& call, time_point now);
  placement line_full(const ticket& call, time_point now);
  void tell_return(placement& where, const outlook& keys, time_point now);
  bool all_refused(dialect::reason why, time_point now);

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
  std::size_t beyond_ = 0; ///< calls that entered a full line since the last settle()
  bool unsure_ = false;    ///< something has changed for calls that are bound and wait
  model_circuit circuit_;
  refused_keys refused_;
};

} // namespace keywheel::balance
