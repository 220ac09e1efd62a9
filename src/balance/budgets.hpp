#pragma once

#include "balance/types.hpp"
#include "balance/window_budget.hpp"
#include "config/config.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace keywheel::balance {

/// The configured limits of one owner over requests and tokens, per minute and per day. Requests in
/// flight are the ledger's, which knows the leases. Takes a pointer's room and no more where none
/// is configured. Not synchronised.
class budgets {
public:
  /// The windows, in the order of their receipts.
  enum class window : std::uint8_t { rpm, tpm, rpd, tpd };
  static constexpr std::size_t windows = 4;

  /// What one lease took. Unset where a window had no limit.
  using receipts = std::array<std::optional<window_budget::receipt>, windows>;

  /// The windows of a day, to be kept over a restart.
  struct kept {
    std::vector<window_budget::kept> requests;
    std::vector<window_budget::kept> tokens;
    bool empty() const noexcept { return requests.empty() && tokens.empty(); }
    bool operator==(const kept&) const = default;
  };

  /// Takes new limits. What was taken stays counted where there still is one.
  void configure(const config::budgets_config& limits);

  /// Whether one request of this demand fits all windows. A demand of no tokens counts as one.
  bool can_take(const demand& what, time_point now) const;

  /// Counts one request. @pre can_take
  receipts take(const demand& what, time_point now);

  /// Replaces the reserved tokens by `tokens`, and takes the request back unless it was `sent`. To
  /// be called at most once per lease.
  void settle(const receipts& from, std::int64_t tokens, bool sent, time_point now);

  /// When a request of this demand fits if nothing else is taken; `now` if it does.
  time_point free_at(const demand& what, time_point now) const;

  /// Which window makes a request of this demand wait longest, in the words of the configuration
  /// ("rpm", "tpm", "rpd", "tpd"); empty if none does.
  std::string_view holds_back(const demand& what, time_point now) const;

  /// How many requests of this demand fit now; availability::unlimited where nothing limits them.
  std::uint32_t free_slots(const demand& what, time_point now) const;

  kept keep(time_point now, wall_time wall_now) const;

  /// Counts what keep() gave, as far as there is a limit for it.
  void restore(const kept& from, time_point now, wall_time wall_now);

private:
  using set = std::array<std::optional<window_budget>, windows>;
  std::unique_ptr<set> set_; ///< null: no limits
};

} // namespace keywheel::balance
