#pragma once

#include "balance/rest.hpp"
#include "balance/types.hpp"
#include "config/config.hpp"
#include "dialect/verdict.hpp"
#include "time.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace keywheel::balance {

/// How a probe came out.
enum class probe_result : std::uint8_t {
  succeeded,
  failed,    ///< refused again, or not answered
  abandoned, ///< it says nothing: the client left, the key passed it back, the request was at fault
};

/// The cooldown of scope (provider, model), as one dispatcher sees it. Closed: calls flow. Resting:
/// none goes out until the deadline. Then it is half-open: one live call probes, and until that has
/// ended no other goes out. Any success closes it. Not synchronised: belongs to one actor.
class model_circuit {
public:
  /// `seed` of the jitter by which every rest is prolonged, so that dispatchers do not return in
  /// step (see jitter).
  explicit model_circuit(std::uint64_t seed = 0);

  /// Opens it, or extends its rest, never shortens it, because the provider has no capacity: by
  /// rest_of(). The ladder is climbed by refusals that come after a deadline; those of calls that
  /// were under way when the rest began say nothing new.
  void rest(const dialect::verdict& what, const config::cooldown_config& settings, time_point now);

  /// As rest(), because every key was refused for `why`. `until`: the first return that the
  /// provider has stated; if none, it rests as for a rate limit if that is the reason, else as for
  /// want of capacity. Its source is "all_keys_refused". `since`: the first of those refusals.
  void rest_for_all(dialect::reason why, std::optional<time_point> until, time_point since,
                    const config::cooldown_config& settings, time_point now);

  /// Closes it.
  void close() noexcept;

  /// Answers whether no call may go out now: it rests, or its probe is under way.
  bool blocks(time_point now) const noexcept;

  /// The deadline, while it rests.
  std::optional<time_point> rests_until(time_point now) const noexcept;

  /// Answers whether the next call that goes out is the probe.
  bool probe_due(time_point now) const noexcept;

  /// `call` goes out as probe. If nothing is heard of it by `deadline`, it counts as abandoned.
  /// @pre probe_due()
  void probe(call_id call, time_point deadline) noexcept;

  /// The deadline of the probe that is under way.
  std::optional<time_point> probe_deadline(time_point now) const noexcept;

  /// Takes in how a probe came out; does nothing if `call` is not the probe. A failed one extends
  /// the rest, unless rest() has done so already.
  void probe_ended(call_id call, probe_result how, const config::cooldown_config& settings,
                   time_point now);

  /// While it is not closed, and was opened by rest_for_all() for `why`: since when refusals for
  /// that reason are the provider's doing, not the keys'.
  std::optional<time_point> to_blame_since(dialect::reason why) const noexcept;

  /// Why it is not closed; `none` if it is.
  dialect::reason why() const noexcept;

  /// As a cooldown, for people; nothing if it is closed.
  std::optional<cooldown> entry(std::string_view model, time_point now) const;

private:
  bool probing(time_point now) const noexcept;
  void strike(const dialect::verdict& what, const config::cooldown_config& settings,
              time_point now) noexcept;

  bool open_ = false;
  time_point until_{};
  std::uint32_t strikes_ = 0; ///< refusals in a row: how far the ladder has been climbed
  dialect::reason why_ = dialect::reason::none;
  std::string_view source_;         ///< static text
  std::optional<time_point> since_; ///< the first refusal, if all keys were refused
  std::optional<call_id> probe_;
  time_point probe_deadline_{};
  jitter jitter_;
};

} // namespace keywheel::balance
