#pragma once

#include "balance/limit_ledger.hpp"
#include "balance/types.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace keywheel::balance {

/// Whether what a verdict rests is shared by all keys of a quota group: limits are, and whatever
/// the verdict itself says is the group's.
bool is_shared(const dialect::verdict& what) noexcept;

/// What a quota group knows and decides for all its keys: group budgets, group-wide cooldowns (of
/// the whole group or of one model), the provider's own limits as any member's answer tells them.
/// The brain of the group actor. A call takes a lease of its key and one of its group; rests are
/// half-open across all members: one probe for the group. Not synchronised: belongs to one actor.
class group_ledger {
public:
  /// `seed` of the jitter on recovery; 0: none.
  explicit group_ledger(const config::budgets_config& budgets, std::uint64_t seed = 0);

  /// Takes new limits. Cooldowns, leases and counters stay.
  void configure(const config::budgets_config& budgets);

  // -- leases ----------------------------------------------------------------------------------

  /// Whether the group lets a call for `model` pass now, to be told to every member
  /// (key_ledger::group_says). As key_ledger::available_for, but never disabled.
  availability available_for(std::string_view model, time_point now) const;

  /// Gives `key` a lease if the group lets this call pass; else nothing, and available_for() says
  /// why. The key then ends its own lease as unsent and passes the call back.
  std::optional<admission> admit(key_uid key, std::string_view model, const demand& what,
                                 time_point now);

  /// Ends a lease and settles its tokens. Returns false, and changes nothing, if it is not out.
  bool release(lease_id lease, ending how, const dialect::usage* used, time_point now);

  /// Ends all leases of a key whose actor is gone, as abandoned. Returns how many there were.
  std::size_t release_all(key_uid key, time_point now);

  // -- verdicts --------------------------------------------------------------------------------

  /// Acts on the verdict about a member's call that is out, and on what its headers say. A success
  /// clears what the call was a probe for; a verdict of scope quota_group rests the group, unless
  /// `charge` is false; any other says nothing of the group. Returns true if availability may have
  /// changed.
  bool judged(lease_id lease, const dialect::verdict& what, bool charge,
              const config::cooldown_config& settings, const dialect::limit_readings& readings,
              time_point now);

  /// As of key_ledger.
  bool pardon(time_point since);
  bool impose(const cooldown& what, time_point now);
  bool lift(dialect::scope scope, std::string_view model);
  void forgive();
  void reset();

  // -- for people, timers and disks ------------------------------------------------------------

  std::size_t in_flight() const noexcept { return limits_.in_flight(); }
  std::size_t in_flight(key_uid key) const;

  /// Everything that holds the group back now, as of key_ledger.
  std::vector<cooldown> cooldowns(time_point now) const;
  std::optional<time_point> next_change(time_point now) const;
  kept_state keep(time_point now, wall_time wall_now) const;
  void restore(const kept_state& from, time_point now, wall_time wall_now);

private:
  limit_ledger limits_;
  std::unordered_map<lease_id, key_uid> members_; ///< whose each lease is
};

} // namespace keywheel::balance
