#pragma once

#include "balance/rest.hpp"
#include "balance/types.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace keywheel::balance {

/// The rests of one owner (a key, a quota group, a provider's models), by scope and model. Each is
/// half-open: until its deadline nobody passes; after it one live call passes as its probe, and
/// everyone else finds it busy until that call's fate is known. A success of the probe clears the
/// rest, a failure extends it, anything else gives the place to the next call. A success of a call
/// that is no probe clears nothing, for it was admitted before the rest began. No signal makes a
/// rest shorter. Not synchronised.
class cooldowns {
public:
  /// Where a call stands with an owner.
  struct standing {
    enum class gate : std::uint8_t {
      open,  ///< nothing concerns the call
      probe, ///< it would pass as a probe
      busy,  ///< a probe is under way
      shut,  ///< until `until`
    };
    gate is = gate::open;
    time_point until{};      ///< for shut: the last deadline that concerns the model
    bool credential = false; ///< for shut: a refused credential is among the reasons
    dialect::reason why = dialect::reason::none; ///< for shut: of the last deadline
    bool operator==(const standing&) const = default;
  };

  /// A rest with a wall-clock deadline, to be kept over a restart. No secret is in it.
  struct kept {
    dialect::scope scope = dialect::scope::key_model;
    std::string model;
    dialect::reason why = dialect::reason::none;
    std::string source;
    wall_time until;
    std::uint32_t strikes = 0;
    bool operator==(const kept&) const = default;
  };

  /// `seed` of the jitter on recovery; see there.
  explicit cooldowns(std::uint64_t seed) noexcept : jitter_(seed) {}

  /// What a call for `model` finds.
  standing about(std::string_view model, time_point now) const;

  // -- calls ---------------------------------------------------------------------------------

  /// Notes that `lease`, for `model`, goes out: it becomes the probe of every rest that concerns
  /// the model and is over. Returns true if it probes any.
  /// @pre `about(model, now)` says open or probe
  bool admitted(lease_id lease, std::string_view model, time_point now);

  /// The call was answered well: clears what it probes. Returns true if that was anything.
  bool succeeded(lease_id lease);

  /// The call was refused, and `what` is to be charged where landing() says. Extends that rest, or
  /// begins it; of other rests that the call probes it says nothing: they get their next probe. The
  /// strikes go up by one if the call was the probe of that rest; refusals of calls that were under
  /// way when it began are one strike together. Returns true if anything changed.
  bool failed(lease_id lease, const dialect::verdict& what, std::string_view model,
              const config::cooldown_config& settings, time_point now);

  /// The call ended without evidence (its client left, its answer says nothing of this owner): what
  /// it probes gets its next probe. Returns true if that was anything.
  bool abandoned(lease_id lease);

  /// Whether `lease` is the probe of a rest of `model` that soft failures began.
  bool probes_soft(lease_id lease, std::string_view model) const;

  // -- other hands ---------------------------------------------------------------------------

  /// Takes in a rest from elsewhere: a later deadline and more strikes win. Returns true if
  /// anything changed.
  bool impose(const cooldown& what, time_point now);

  /// Ends one rest, whatever its deadline; false if there is none.
  bool lift(dialect::scope scope, std::string_view model);

  /// Ends the rests that refused credentials began; false if there is none.
  bool forgive();

  /// Ends all; false if there is none.
  bool reset();

  /// Takes back what a status alone (a verdict that is not `certain`) did at or after `since` for
  /// the reasons credential, permission and rate_limit, when the provider turns out to have been at
  /// fault: each such rest loses a strike; with none left it is gone, else it can be probed at
  /// once. Returns true if anything changed.
  bool pardon(time_point since);

  // -- for people, timers and disks ----------------------------------------------------------

  /// All rests, those of the whole owner first, then by model; those whose deadline has passed are
  /// among them only while their probe is under way, unless `with_past`.
  std::vector<cooldown> list(time_point now, bool with_past = false) const;

  /// The next deadline after `now`; nothing if none is to come.
  std::optional<time_point> next_deadline(time_point now) const;

  std::vector<kept> keep(time_point now, wall_time wall_now) const;

  /// Takes in what keep() gave. Deadlines that have passed leave a half-open rest, with its
  /// strikes; one more than 32 days ahead (a clock went wrong) counts as 32 days.
  void restore(const std::vector<kept>& from, time_point now, wall_time wall_now);

  bool empty() const noexcept { return entries_.empty(); }

private:
  struct entry {
    cooldown is;
    std::optional<lease_id> probe;
    time_point struck;   ///< when the last strike fell
    bool certain = true; ///< false: that strike was a status alone
  };

  entry* find(dialect::scope scope, std::string_view model);
  bool extend(entry& one, const dialect::verdict& what, bool is_probe,
              const config::cooldown_config& settings, time_point now);
  void forget_old(time_point now);

  jitter jitter_;
  std::vector<entry> entries_; ///< few: in the order in which they began
};

/// Where a verdict about a call for `model` lands: its scope, and the model if the rest is about
/// one. Of a quota group's rests those for rate limits and quotas are (limits are per model), those
/// for billing and credentials are not.
std::pair<dialect::scope, std::string_view> landing(const dialect::verdict& what,
                                                    std::string_view model) noexcept;

} // namespace keywheel::balance
