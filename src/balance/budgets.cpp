#include "balance/budgets.hpp"

#include <algorithm>

namespace keywheel::balance {

namespace {

constexpr std::array<std::string_view, budgets::windows> names{"rpm", "tpm", "rpd", "tpd"};

constexpr bool is_daily(std::size_t which) noexcept {
  return which >= 2;
}

constexpr bool counts_tokens(std::size_t which) noexcept {
  return which % 2 == 1;
}

constexpr duration width_of(std::size_t which) noexcept {
  return is_daily(which) ? duration{std::chrono::hours{24}} : duration{std::chrono::minutes{1}};
}

/// What one request takes of a window.
std::int64_t amount_of(std::size_t which, const demand& what) noexcept {
  return counts_tokens(which) ? std::max<std::int64_t>(what.tokens, 1) : 1;
}

} // namespace

void budgets::configure(const config::budgets_config& limits) {
  const std::array<std::int64_t, windows> wanted{limits.rpm, limits.tpm, limits.rpd, limits.tpd};
  if (std::all_of(wanted.begin(), wanted.end(), [](auto limit) { return limit <= 0; })) {
    set_.reset();
    return;
  }
  if (!set_)
    set_ = std::make_unique<set>();
  for (std::size_t i = 0; i < windows; ++i) {
    auto& one = (*set_)[i];
    if (wanted[i] <= 0)
      one.reset();
    else if (one)
      one->set_limit(wanted[i]);
    else
      one.emplace(wanted[i], width_of(i));
  }
}

bool budgets::can_take(const demand& what, time_point now) const {
  return free_at(what, now) <= now;
}

budgets::receipts budgets::take(const demand& what, time_point now) {
  receipts result;
  for (std::size_t i = 0; set_ && i < windows; ++i)
    if (auto& one = (*set_)[i])
      result[i] = one->take(amount_of(i, what), now);
  return result;
}

void budgets::settle(const receipts& from, std::int64_t tokens, bool sent, time_point now) {
  for (std::size_t i = 0; set_ && i < windows; ++i) {
    auto& one = (*set_)[i];
    if (!one || !from[i])
      continue;
    if (counts_tokens(i))
      one->settle(*from[i], sent ? tokens : 0, now);
    else if (!sent)
      one->settle(*from[i], 0, now);
  }
}

time_point budgets::free_at(const demand& what, time_point now) const {
  auto result = now;
  for (std::size_t i = 0; set_ && i < windows; ++i)
    if (auto& one = (*set_)[i])
      result = std::max(result, one->free_at(amount_of(i, what), now));
  return result;
}

std::string_view budgets::holds_back(const demand& what, time_point now) const {
  std::string_view result;
  auto last = now;
  for (std::size_t i = 0; set_ && i < windows; ++i)
    if (auto& one = (*set_)[i])
      if (const auto until = one->free_at(amount_of(i, what), now); until > last) {
        last = until;
        result = names[i];
      }
  return result;
}

std::uint32_t budgets::free_slots(const demand& what, time_point now) const {
  auto result = availability::unlimited;
  for (std::size_t i = 0; set_ && i < windows; ++i) {
    auto& one = (*set_)[i];
    if (!one)
      continue;
    const auto amount = amount_of(i, what);
    // A request larger than the limit goes alone.
    const auto fit =
        std::max<std::int64_t>(one->remaining(now) / amount, one->fits(amount, now) ? 1 : 0);
    result = static_cast<std::uint32_t>(std::min<std::int64_t>(result, fit));
  }
  return result;
}

budgets::kept budgets::keep(time_point now, wall_time wall_now) const {
  kept result;
  const auto of = [&](window which) {
    auto& one = (*set_)[static_cast<std::size_t>(which)];
    return one ? one->keep(now, wall_now) : std::vector<window_budget::kept>{};
  };
  if (set_)
    result = {of(window::rpd), of(window::tpd)};
  return result;
}

void budgets::restore(const kept& from, time_point now, wall_time wall_now) {
  const auto into = [&](window which, const std::vector<window_budget::kept>& amounts) {
    if (auto& one = (*set_)[static_cast<std::size_t>(which)])
      one->restore(amounts, now, wall_now);
  };
  if (!set_)
    return;
  into(window::rpd, from.requests);
  into(window::tpd, from.tokens);
}

} // namespace keywheel::balance
