#pragma once

#include "balance/limit_ledger.hpp"
#include "balance/soft_failures.hpp"
#include "balance/types.hpp"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace keywheel::balance {

/// What a key knows of itself and decides: cooldowns, budgets, learned limits, leases. The brain of
/// the key actor. What it does not decide: provider_model verdicts are the pool's, and once it has
/// joined a quota group those of scope quota_group, and the provider's limits, are the group's. Not
/// synchronised: belongs to one actor.
class key_ledger {
public:
  /// `seed` of the jitter on recovery, different for each key; 0: none.
  key_ledger(bool enabled, const config::budgets_config& budgets, std::uint64_t seed = 0);

  /// Takes new settings. Cooldowns, leases and counters stay.
  void configure(bool enabled, const config::budgets_config& budgets);

  // -- the quota group behind it ---------------------------------------------------------------

  /// From now on a group ledger stands behind the key. Returns the group-wide rests that the key
  /// kept itself so far, for the group to impose on itself.
  std::vector<cooldown> join_group(time_point now);

  /// The key is alone again; what the group said is forgotten. What it rests for is to be imposed
  /// by whoever knows the group.
  void leave_group();

  /// Takes in what the group says of `model`: it counts from now on in available_for() and admit().
  /// Returns true if the key's availability may have changed.
  bool group_says(std::string_view model, const availability& what);

  // -- availability and leases -----------------------------------------------------------------

  /// Whether the key can serve `model` now. What weighs most is named: disabled, rejected, cooling,
  /// busy. For cooling and rejected, `until` is when everything that concerns the model lets one
  /// call pass, and free_slots is then 1: every rest is half-open (0 at the cap of requests in
  /// flight). For available, free_slots is 1 if the next call would be a probe.
  availability available_for(std::string_view model, time_point now) const;

  /// Gives a lease if the key can serve this call; else nothing, and available_for() says why: a
  /// demand that was refused is remembered for a second, or until it fits if that is sooner.
  std::optional<admission> admit(std::string_view model, const demand& what, time_point now);

  /// Ends a lease and settles its tokens. Returns false, and changes nothing, if it is not out:
  /// each is released once. A probe that was not judged gives its place to the next call.
  bool release(lease_id lease, ending how, const dialect::usage* used, time_point now);

  // -- verdicts --------------------------------------------------------------------------------

  /// Acts on the verdict about a call that is out, and on what its headers say about limits. A
  /// success clears what the call was a probe for (the count of soft failures ends with an answer
  /// that came to its end, see release()); a failure rests the key, unless `charge` is false or it
  /// rests nobody alone (is_soft). May be called again for a lease (an answer that began well and
  /// broke). Returns true if availability may have changed.
  bool judged(lease_id lease, const dialect::verdict& what, bool charge,
              const config::cooldown_config& settings, const dialect::limit_readings& readings,
              time_point now);

  /// Takes back what a status alone did at or after `since` (cooldowns::pardon), and the soft
  /// failures counted since. Returns true if availability may have changed.
  bool pardon(time_point since);

  // -- other hands -----------------------------------------------------------------------------

  /// Takes in a rest from elsewhere; a later deadline wins. Returns true if anything changed.
  bool impose(const cooldown& what, time_point now);

  /// Ends one rest; false if there is none.
  bool lift(dialect::scope scope, std::string_view model);

  /// Ends a rejection, as a change of the key's configuration deserves: what was wrong with it may
  /// be mended. Other rests stay, for the provider counts on.
  void forgive();

  /// Ends every rest and forgets learned limits, as a person asks. Leases and budgets stay.
  void reset();

  // -- for people, timers and disks ------------------------------------------------------------

  bool enabled() const noexcept { return enabled_; }
  std::size_t in_flight() const noexcept { return limits_.in_flight(); }

  /// Everything that holds the key back now, those of the whole key first, then by model: rests,
  /// used-up budgets (source "rpm", "tpm", "rpd", "tpd"), used-up limits of the provider (source:
  /// the header). A rest whose probe is under way is among them.
  std::vector<cooldown> cooldowns(time_point now) const;

  /// The key as a whole: disabled, rejected (while the credential's rest lasts or is probed),
  /// cooling (if anything holds it back), busy or available, the first that holds.
  availability::state overall(time_point now) const;

  /// When available_for() some model changes by itself; nothing if it doesn't.
  std::optional<time_point> next_change(time_point now) const;

  /// What is to be kept over a restart, and its return.
  kept_state keep(time_point now, wall_time wall_now) const;
  void restore(const kept_state& from, time_point now, wall_time wall_now);

private:
  bool charge(lease_id lease, const dialect::verdict& what, const config::cooldown_config& settings,
              time_point now);

  bool enabled_;
  bool grouped_ = false;
  limit_ledger limits_;
  soft_failures soft_;
  std::map<std::string, availability, std::less<>> group_;
};

/// What a key that says `own` can do within a group that says `group`, as of `now`: the graver
/// state, the later deadline, the fewer slots. In flight is the key's own.
availability within(const availability& group, availability own, time_point now);

} // namespace keywheel::balance
