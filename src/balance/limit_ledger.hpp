#pragma once

#include "balance/budgets.hpp"
#include "balance/cooldowns.hpp"
#include "balance/learned_limits.hpp"
#include "balance/types.hpp"
#include "config/config.hpp"
#include "dialect/limits.hpp"
#include "dialect/usage.hpp"
#include "dialect/verdict.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace keywheel::balance {

/// A lease that was given.
struct admission {
  lease_id lease = 0;
  bool probe = false; ///< its fate decides about a rest
  bool operator==(const admission&) const = default;
};

/// How a lease ended, as far as budgets are concerned.
enum class ending : std::uint8_t {
  answered,  ///< to its end; tokens as the answer's usage says, else as reserved
  refused,   ///< the provider refused it: the request counts, its tokens do not
  unsent,    ///< nothing was sent: nothing counts
  abandoned, ///< cut off after it was sent: as answered
};

/// What of a ledger is kept over a restart: nothing secret.
struct kept_state {
  std::vector<cooldowns::kept> rests;
  budgets::kept days;
  bool empty() const noexcept { return rests.empty() && days.empty(); }
  bool operator==(const kept_state&) const = default;
};

/// What limits one owner, a key or a quota group, and the leases that it has out: its cooldowns,
/// its budgets, and the provider's own limits as far as they are known. The part that key_ledger
/// and group_ledger have in common. Not synchronised.
class limit_ledger {
public:
  /// `own`: the scope that limits learned from headers are shown under. `seed`: see jitter.
  limit_ledger(dialect::scope own, std::uint64_t seed) noexcept;

  /// Takes new limits. Whatever is known and out stays.
  void configure(const config::budgets_config& limits);

  /// Available, busy, cooling or rejected. For cooling and rejected, `until` is when everything
  /// that concerns the model lets one call pass, with one free slot (none at the cap of requests in
  /// flight). A demand that admit() refused counts, for its model, until it would fit, but no
  /// longer than a second at a time: whoever needs less must not wait for a call that went
  /// elsewhere.
  availability available_for(std::string_view model, time_point now) const;

  /// Gives a lease if a call for `model` of this demand may pass; else nothing, and available_for()
  /// says why.
  std::optional<admission> admit(std::string_view model, const demand& what, time_point now);

  /// Ends a lease, settles what it took, and gives its probe's place to the next call if nothing
  /// was judged. `used` may be null. Returns false, and changes nothing, if it is not out: each is
  /// released once.
  bool release(lease_id lease, ending how, const dialect::usage* used, time_point now);

  // -- evidence; each returns whether availability may have changed, and does nothing for a lease
  // that is not out ---------------------------------------------------------------------------

  bool succeeded(lease_id lease);
  bool failed(lease_id lease, const dialect::verdict& what, const config::cooldown_config& settings,
              time_point now);
  bool inconclusive(lease_id lease);
  bool read(lease_id lease, const dialect::limit_readings& readings, time_point now,
            duration longest);

  /// Whether `lease` probes a rest that soft failures began.
  bool probes_soft(lease_id lease) const;

  /// The model of a lease; null if it is not out.
  const std::string* model_of(lease_id lease) const;

  // -- other hands -----------------------------------------------------------------------------

  cooldowns& rests() noexcept { return rests_; }
  const cooldowns& rests() const noexcept { return rests_; }

  /// Ends all rests and forgets learned limits and refused demands. Leases and budgets stay.
  void reset();

  /// Forgets the provider's limits: somebody else keeps them from now on.
  void forget_learned();

  // -- for people, timers and disks ------------------------------------------------------------

  std::size_t in_flight() const noexcept { return leases_.size(); }

  /// Cooldowns (as cooldowns::list), used-up budgets (source "rpm", "tpm", "rpd" or "tpd"; reason
  /// rate_limit of a minute, quota of a day) and learned limits that are used up.
  std::vector<cooldown> list(time_point now) const;

  /// When available_for() some model changes by itself; nothing if it doesn't.
  std::optional<time_point> next_change(time_point now) const;

  kept_state keep(time_point now, wall_time wall_now) const;
  void restore(const kept_state& from, time_point now, wall_time wall_now);

private:
  struct lease {
    std::string model;
    budgets::receipts taken;
    learned_limits::mark mark;
    std::int64_t tokens = 0; ///< reserved
  };

  /// A demand that was refused, and until when it speaks for its model.
  struct refused_demand {
    std::string model;
    demand what;
    time_point lapses;
  };

  demand awaited(std::string_view model, time_point now) const;
  void remember(std::string_view model, const demand& what, time_point now);
  time_point fits_at(std::string_view model, const demand& what, time_point now) const;
  std::uint32_t free_of_cap() const noexcept;

  dialect::scope own_;
  std::uint32_t max_in_flight_ = 0;
  lease_id last_lease_ = 0;
  cooldowns rests_;
  budgets budgets_;
  learned_limits learned_;
  std::unordered_map<lease_id, lease> leases_;
  std::vector<refused_demand> refused_; ///< one per model at most
};

} // namespace keywheel::balance
