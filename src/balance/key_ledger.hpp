#pragma once

#include "balance/types.hpp"
#include "config/config.hpp"
#include "dialect/verdict.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace keywheel::balance {

/// A time until which a scope of a key is not used.
struct cooldown {
  dialect::scope scope;
  std::string model; ///< for scope key_model; else empty
  std::string reason;
  std::string source;
  time_point until;
};

/// How long a verdict makes a key rest: the provider's hint if hints are used, else rate_limit;
/// never longer than max. A hint counts as no less than 250 ms (PROVIDERS §11): "at once" must not
/// hammer.
duration rest_of(const dialect::verdict& what, const config::cooldown_config& settings);

/// What a key knows of itself and decides: cooldowns, leases, rejection. The brain of the key
/// actor. A cooldown of scope key_model rests one model of the key; any other scope rests all of
/// them, since one key is all that a ledger knows of a quota group or a provider. Not synchronised:
/// belongs to one actor.
class key_ledger {
public:
  /// `max_in_flight` 0: no cap.
  key_ledger(bool enabled, std::uint32_t max_in_flight);

  /// Takes new settings. Cooldowns, leases and counters stay.
  void configure(bool enabled, std::uint32_t max_in_flight);

  /// Whether the key can serve `model` now. What weighs most is named: disabled, rejected, cooling,
  /// busy. For cooling, `until` is the last deadline that concerns the model.
  availability available_for(std::string_view model, time_point now) const;

  /// Gives a lease if the key can serve `model`; else nothing.
  std::optional<lease_id> admit(std::string_view model, time_point now);

  /// Ends a lease. Returns false, and changes nothing, if it is not out: each is released once.
  bool release(lease_id lease);

  /// Acts on a verdict about a call for `model`. A cooldown that is under way gets longer or stays:
  /// it never gets shorter by a signal. Returns true if availability may have changed.
  bool apply(const dialect::verdict& what, std::string_view model,
             const config::cooldown_config& settings, time_point now);

  /// Clears a rejection, as a change of the key's configuration deserves: what was wrong with it
  /// may be mended. Cooldowns stay, for the provider counts on.
  void forgive();

  /// Clears cooldowns and rejection, as a person asks.
  void reset();

  std::size_t in_flight() const noexcept;
  bool rejected() const noexcept;
  bool enabled() const noexcept;

  /// Cooldowns whose deadline has not passed: those of the whole key, then by model.
  std::vector<cooldown> cooldowns(time_point now) const;

  /// The key as a whole, for people: disabled, rejected, cooling (if any cooldown is under way),
  /// busy or available, the first that holds.
  availability::state overall(time_point now) const;

private:
  struct text_hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept {
      return std::hash<std::string_view>{}(text);
    }
  };

  std::optional<time_point> resting_until(std::string_view model, time_point now) const;
  bool cool(const dialect::verdict& what, std::string_view model,
            const config::cooldown_config& settings, time_point now);
  cooldown& entry_of(dialect::scope scope, std::string_view model);
  void forget_past(time_point now);
  std::uint32_t free_slots() const noexcept;

  bool enabled_;
  bool rejected_ = false;
  std::uint32_t max_in_flight_;
  lease_id last_lease_ = 0;
  std::unordered_set<lease_id> leases_;
  std::vector<cooldown> of_key_; ///< one per scope but key_model
  std::unordered_map<std::string, cooldown, text_hash, std::equal_to<>> of_model_;
};

} // namespace keywheel::balance
