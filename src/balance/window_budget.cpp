#include "balance/window_budget.hpp"

#include <algorithm>

namespace keywheel::balance {

namespace {

/// No call uses more; a sum of such numbers cannot overflow.
constexpr std::int64_t most_at_once = 1'000'000'000'000;

} // namespace

// -- slots -------------------------------------------------------------------------------------

std::int64_t window_budget::slot_of(time_point when) const noexcept {
  const auto ticks = when.time_since_epoch().count();
  const auto wide = slot_width().count();
  return ticks / wide - (ticks % wide < 0 ? 1 : 0);
}

time_point window_budget::end_of(std::int64_t number) const noexcept {
  return time_point{(number + 1) * slot_width()};
}

/// A whole window after the slot's last moment: no window holds both this and what comes then.
time_point window_budget::gone_at(const slot& one) const noexcept {
  return end_of(one.number) + width_;
}

std::int64_t window_budget::counted(std::int64_t amount) const noexcept {
  return std::clamp<std::int64_t>(amount, 0, std::min(limit_, most_at_once));
}

/// The slot of this number, or the place for it.
std::vector<window_budget::slot>::iterator window_budget::find(std::int64_t number) {
  return std::lower_bound(slots_.begin() + static_cast<std::ptrdiff_t>(first_), slots_.end(),
                          number,
                          [](const slot& one, std::int64_t wanted) { return one.number < wanted; });
}

void window_budget::add(std::int64_t number, std::int64_t amount) {
  if (amount <= 0)
    return;
  used_ += amount;
  const auto at = find(number);
  if (at != slots_.end() && at->number == number)
    at->amount += amount;
  else
    slots_.insert(at, slot{number, amount});
}

/// The first slot that still counts at `now`.
std::size_t window_budget::first_live(time_point now) const noexcept {
  auto result = first_;
  while (result < slots_.size() && gone_at(slots_[result]) <= now)
    ++result;
  return result;
}

std::int64_t window_budget::used(time_point now) const noexcept {
  auto result = used_;
  for (auto one = first_, live = first_live(now); one < live; ++one)
    result -= slots_[one].amount;
  return result;
}

void window_budget::drop_past(time_point now) {
  used_ = used(now);
  first_ = first_live(now);
  if (first_ > slots_.size() / 2) {
    slots_.erase(slots_.begin(), slots_.begin() + static_cast<std::ptrdiff_t>(first_));
    first_ = 0;
  }
}

// -- amounts -----------------------------------------------------------------------------------

bool window_budget::fits(std::int64_t amount, time_point now) const {
  return amount <= 0 || used(now) + counted(amount) <= limit_;
}

window_budget::receipt window_budget::take(std::int64_t amount, time_point now) {
  drop_past(now);
  const receipt result{slot_of(now), counted(amount)};
  add(result.slot, result.amount);
  return result;
}

void window_budget::settle(const receipt& from, std::int64_t actual, time_point now) {
  drop_past(now);
  actual = std::clamp<std::int64_t>(actual, 0, most_at_once);
  if (actual >= from.amount) {
    add(slot_of(now), actual - from.amount);
    return;
  }
  const auto at = find(from.slot);
  if (at == slots_.end() || at->number != from.slot)
    return; // has left the window
  at->amount -= from.amount - actual;
  used_ -= from.amount - actual;
}

time_point window_budget::free_at(std::int64_t amount, time_point now) const {
  auto surplus = used(now) + counted(amount) - limit_;
  if (amount <= 0 || surplus <= 0)
    return now;
  auto one = first_live(now);
  for (; (surplus -= slots_[one].amount) > 0; ++one)
    ;
  return gone_at(slots_[one]);
}

std::int64_t window_budget::remaining(time_point now) const {
  return std::max<std::int64_t>(limit_ - used(now), 0);
}

// -- over a restart ----------------------------------------------------------------------------

std::vector<window_budget::kept> window_budget::keep(time_point now, wall_time wall_now) const {
  std::vector<kept> result;
  for (auto one = first_live(now); one < slots_.size(); ++one)
    if (slots_[one].amount > 0)
      result.push_back(
          {wall_now
               + std::chrono::duration_cast<wall_time::duration>(end_of(slots_[one].number) - now),
           slots_[one].amount});
  return result;
}

void window_budget::restore(const std::vector<kept>& from, time_point now, wall_time wall_now) {
  const auto oldest = wall_now - std::chrono::duration_cast<wall_time::duration>(width_);
  for (const auto& one : from)
    if (one.end > oldest) {
      const auto age = std::max<duration>(wall_now - std::min(one.end, wall_now), duration::zero());
      add(slot_of(now - age), std::clamp<std::int64_t>(one.amount, 0, most_at_once));
    }
  drop_past(now);
}

} // namespace keywheel::balance
