#include "balance/rotation.hpp"

#include "balance/rendezvous.hpp"

#include <algorithm>

namespace keywheel::balance {

namespace {

using state = availability::state;

/// More tells no key from another, and would wear out the arithmetic of the weighted order.
constexpr std::uint32_t largest_weight = 1'000'000;

bool rests(const availability& what) noexcept {
  return what.is == state::cooling || what.is == state::rejected;
}

} // namespace

rotation::rotation(config::strategy_kind strategy)
    : order_(make_order(strategy)), strategy_(strategy) {
  // nop
}

void rotation::follow(config::strategy_kind strategy) {
  if (strategy == strategy_)
    return;
  strategy_ = strategy;
  order_ = make_order(strategy);
  for (const auto where : free_)
    order_->enter(where, slots_[where].who);
}

// -- members -----------------------------------------------------------------------------------

void rotation::enroll(const member& who, time_point now) {
  wake(now);
  const auto where = slot_of(who.key);
  auto& one = slots_[where];
  one.who.weight = std::clamp(who.weight, 1u, largest_weight);
  one.who.position = who.position;
  if (one.known.is == state::available)
    order_->change(where, one.who);
}

void rotation::set(key_uid key, const availability& what, time_point now) {
  // First, so that keys whose rest is over are ahead of one that returns now.
  wake(now);
  become(slot_of(key), seen_at(what, now));
}

void rotation::remove(key_uid key) {
  const auto found = index_.find(key);
  if (found == index_.end())
    return;
  const auto where = found->second;
  auto& gone = slots_[where];
  if (gone.known.is == state::available)
    unlink(where);
  count(gone.known, -1);
  gone = slot{};
  unused_.push_back(where);
  index_.erase(found);
}

const availability* rotation::find(key_uid key, time_point now) {
  wake(now);
  const auto found = index_.find(key);
  return found == index_.end() ? nullptr : &slots_[found->second].known;
}

std::vector<key_uid> rotation::keys() const {
  std::vector<key_uid> result;
  result.reserve(index_.size());
  for (const auto& one : slots_)
    if (one.used)
      result.push_back(one.who.key);
  return result;
}

std::size_t rotation::size() const noexcept {
  return index_.size();
}

std::size_t rotation::count(availability::state is, time_point now) {
  wake(now);
  return counter(is);
}

std::size_t rotation::count_vain(time_point now) {
  wake(now);
  return vain_;
}

// -- choosing ----------------------------------------------------------------------------------

std::optional<key_uid> rotation::choose(std::span<const key_uid> tried, time_point now) {
  wake(now);
  mark(tried, state::available);
  const auto where = order_->first(tried_);
  if (where == order::none)
    return std::nullopt;
  return take(where);
}

std::optional<key_uid> rotation::choose_for(std::uint64_t prefix, std::span<const key_uid> tried,
                                            time_point now) {
  wake(now);
  mark(tried, state::available);
  rendezvous among{prefix};
  auto best = order::none;
  for (const auto where : free_)
    if (!tried_.contains(where) && among.offer(slots_[where].who.key, slots_[where].who.weight))
      best = where;
  if (best == order::none)
    return std::nullopt;
  return take(best);
}

bool rotation::choose_this(key_uid key, time_point now) {
  wake(now);
  const auto found = index_.find(key);
  if (found == index_.end() || slots_[found->second].known.is != state::available)
    return false;
  take(found->second);
  return true;
}

/// Counts a call that goes to a free key, which moves to the end of the order.
key_uid rotation::take(slot_index where) {
  auto& one = slots_[where];
  one.who.load = ++one.known.in_flight;
  one.who.turn = ++turn_;
  order_->took(where, one.who);
  if (const auto taken = less_one(one.known); taken.is == state::busy)
    become(where, taken);
  else
    one.known = taken;
  return one.who.key;
}

bool rotation::has_free(std::span<const key_uid> tried, time_point now) {
  wake(now);
  return mark(tried, state::available) < counter(state::available);
}

bool rotation::has_busy() const noexcept {
  return counter(state::busy) > 0;
}

bool rotation::has_busy(std::span<const key_uid> tried) noexcept {
  return mark(tried, state::busy) < counter(state::busy);
}

/// Marks the slots of tried keys; returns how many of them are in state `counted`.
std::size_t rotation::mark(std::span<const key_uid> tried, availability::state counted) noexcept {
  tried_.clear();
  std::size_t result = 0;
  for (const auto key : tried) {
    const auto found = index_.find(key);
    if (found != index_.end() && tried_.add(found->second)
        && slots_[found->second].known.is == counted)
      ++result;
  }
  return result;
}

// -- resting -----------------------------------------------------------------------------------

std::optional<time_point> rotation::earliest_return(time_point now) {
  wake(now);
  if (rests_.empty())
    return std::nullopt;
  return rests_.front().until;
}

dialect::reason rotation::reason_of_earliest(time_point now) {
  wake(now);
  return rests_.empty() ? dialect::reason::none : slots_[rests_.front().where].known.why;
}

/// Lets every key return whose rest is over, in the order of deadlines. Leaves a valid entry on top
/// of the heap, if there is any.
void rotation::wake(time_point now) {
  while (!rests_.empty()) {
    const auto top = rests_.front();
    const bool valid = slots_[top.where].rest == top.stamp;
    if (valid && top.until > now)
      return;
    std::pop_heap(rests_.begin(), rests_.end(), later);
    rests_.pop_back();
    if (valid)
      become(top.where, seen_at(slots_[top.where].known, now));
  }
}

void rotation::push_rest(slot_index where) {
  auto& resting = slots_[where];
  resting.rest = ++stamp_;
  rests_.push_back({resting.known.until, resting.rest, where});
  std::push_heap(rests_.begin(), rests_.end(), later);
  drop_void_rests();
}

/// Keeps the heap within twice the number of resting keys, however often rests change.
void rotation::drop_void_rests() {
  if (rests_.size() <= 2 * (counter(state::cooling) + counter(state::rejected)) + 64)
    return;
  std::erase_if(rests_, [this](const rest& one) { return slots_[one.where].rest != one.stamp; });
  std::make_heap(rests_.begin(), rests_.end(), later);
}

/// Heap order: the earliest deadline on top; among equals, who began to rest first.
bool rotation::later(const rest& a, const rest& b) noexcept {
  return a.until != b.until ? a.until > b.until : a.stamp > b.stamp;
}

// -- slots -------------------------------------------------------------------------------------

/// The slot of a key; a new one bears a state that is not in the order.
slot_index rotation::slot_of(key_uid key) {
  const auto [found, is_new] = index_.try_emplace(key, order::none);
  if (!is_new)
    return found->second;
  if (unused_.empty()) {
    unused_.push_back(static_cast<slot_index>(slots_.size()));
    slots_.emplace_back();
    tried_.resize(slots_.size());
  }
  const auto where = unused_.back();
  unused_.pop_back();
  found->second = where;
  auto& fresh = slots_[where];
  fresh.who.key = key;
  fresh.used = true;
  fresh.known = {state::disabled, {}, 0};
  count(fresh.known, 1);
  return where;
}

/// Moves a slot from its state to another, in or out of the order and the heap.
void rotation::become(slot_index where, const availability& what) {
  auto& one = slots_[where];
  const auto before = one.known;
  one.known = what;
  one.who.load = what.in_flight;
  count(before, -1);
  count(what, 1);
  const bool was_free = before.is == state::available;
  const bool is_free = what.is == state::available;
  if (was_free && is_free)
    order_->change(where, one.who);
  else if (was_free)
    unlink(where);
  else if (is_free)
    link(where);
  if (rests(before) && rests(what) && before.until == what.until)
    return;
  one.rest = 0;
  if (what.is == state::cooling || (what.is == state::rejected && what.until != time_point::max()))
    push_rest(where);
}

void rotation::link(slot_index where) {
  auto& one = slots_[where];
  one.who.turn = ++turn_;
  one.free_at = static_cast<slot_index>(free_.size());
  free_.push_back(where);
  order_->enter(where, one.who);
}

void rotation::unlink(slot_index where) {
  order_->leave(where);
  const auto at = slots_[where].free_at;
  free_[at] = free_.back();
  slots_[free_[at]].free_at = at;
  free_.pop_back();
}

/// Counts a slot's state, once more or once less.
void rotation::count(const availability& what, int by) noexcept {
  const auto less_or_more = static_cast<std::size_t>(by);
  counts_[static_cast<std::size_t>(what.is)] += less_or_more;
  if (rests_in_vain(what))
    vain_ += less_or_more;
}

std::size_t rotation::counter(availability::state is) const noexcept {
  return counts_[static_cast<std::size_t>(is)];
}

} // namespace keywheel::balance
