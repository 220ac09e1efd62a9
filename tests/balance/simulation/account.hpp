#pragma once

#include "balance/limit_ledger.hpp"
#include "tests/balance/simulation/violation.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace keywheel::balance::test {

/// What a key or a quota group may do, in the plainest words: lists that are searched from end to
/// end. Beside each ledger stands one, is told the same, and throws `violation` when the ledger
/// lets pass what it must not.
class account {
public:
  explicit account(const config::budgets_config& limits) : limits_(limits) {}

  void configure(const config::budgets_config& limits);

  /// An attempt has been let pass.
  void admitted(const admission& as, std::string_view model, const demand& what, time_point now);

  /// Its verdict has been heard. `charged`: it is to be charged here.
  void judged(lease_id lease, const dialect::verdict& what, bool charged,
              const config::cooldown_config& settings, time_point now);

  /// Its lease has ended.
  void released(lease_id lease, ending how, const dialect::usage& used, time_point now);

  /// A rest was taken in from elsewhere.
  void imposed(const cooldown& what);

  /// The group-wide rests are somebody else's now.
  void group_rests_went();

  void pardoned(time_point since);
  void reset();

  /// Checks that a resting owner lets nothing pass: `rule::resting_key`.
  void check_rests(std::string_view model, time_point now) const;

  std::size_t in_flight() const noexcept { return out_.size(); }

private:
  struct lease {
    lease_id id;
    std::string model;
    bool probes; ///< and has not been judged
  };
  /// The least that a refusal makes rest.
  struct rest {
    dialect::scope scope;
    std::string model;
    time_point until;
    time_point since;
    bool certain;
  };
  struct use {
    lease_id lease;
    time_point when;
    std::int64_t tokens;
    bool request; ///< false: what was used beyond the reservation
  };

  lease* find(lease_id id);
  void begun_anew(std::string_view model);
  void check_budgets(const demand& what, time_point now) const;

  config::budgets_config limits_;
  std::vector<lease> out_;
  std::vector<rest> rests_;
  std::vector<use> uses_;
};

/// Throws `rule::cooldown_shorter` unless each rest of `before` that is not over stands in `after`,
/// ending no sooner. Budgets and learned limits are no rests.
void check_not_shorter(const std::vector<cooldown>& before, const std::vector<cooldown>& after,
                       time_point now);

/// Whether an entry of a ledger's list of cooldowns is a rest.
bool is_rest(const cooldown& what) noexcept;

/// What the headers of an answer that say that nothing is left are named here.
inline constexpr std::string_view exhausted_source = "x-ratelimit-remaining";

} // namespace keywheel::balance::test
