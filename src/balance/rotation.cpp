#include "balance/rotation.hpp"

#include <algorithm>

namespace keywheel::balance {

namespace {

using state = availability::state;

/// What a key says, seen at `now`: a rest that is over is none, and a key without a slot is busy.
availability seen_at(availability what, time_point now) {
  if (what.is == state::cooling && what.until <= now)
    what.is = state::available;
  if (what.is == state::available && what.free_slots == 0)
    what.is = state::busy;
  if (what.is != state::cooling)
    what.until = {};
  return what;
}

} // namespace

// -- members -----------------------------------------------------------------------------------

void rotation::set(key_uid key, const availability& what, time_point now) {
  // First, so that keys whose rest is over are ahead of one that returns now.
  wake(now);
  become(slot_of(key), seen_at(what, now));
}

void rotation::remove(key_uid key) {
  auto found = index_.find(key);
  if (found == index_.end())
    return;
  const auto where = found->second;
  auto& gone = slots_[where];
  if (gone.known.is == state::available)
    unlink(where);
  --counter(gone.known.is);
  gone = slot{};
  unused_.push_back(where);
  index_.erase(found);
}

const availability* rotation::find(key_uid key, time_point now) {
  wake(now);
  auto found = index_.find(key);
  return found == index_.end() ? nullptr : &slots_[found->second].known;
}

std::vector<key_uid> rotation::keys() const {
  std::vector<key_uid> result;
  result.reserve(index_.size());
  for (const auto& one : slots_)
    if (one.used)
      result.push_back(one.key);
  return result;
}

std::size_t rotation::size() const noexcept {
  return index_.size();
}

std::size_t rotation::count(availability::state is, time_point now) {
  wake(now);
  return counter(is);
}

// -- choosing ----------------------------------------------------------------------------------

std::optional<key_uid> rotation::choose(std::span<const key_uid> tried, time_point now) {
  wake(now);
  if (mark(tried, state::available) == counter(state::available))
    return std::nullopt;
  auto where = head_;
  if (!tried.empty())
    while (slots_[where].mark == mark_)
      where = slots_[where].next;
  auto& chosen = slots_[where];
  unlink(where);
  link_last(where);
  if (chosen.known.free_slots != availability::unlimited && --chosen.known.free_slots == 0)
    become(where, {state::busy, {}, 0});
  return chosen.key;
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
  if (tried.empty())
    return 0;
  ++mark_;
  std::size_t result = 0;
  for (auto key : tried) {
    auto found = index_.find(key);
    if (found == index_.end())
      continue;
    auto& one = slots_[found->second];
    if (one.mark != mark_ && one.known.is == counted)
      ++result;
    one.mark = mark_;
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

void rotation::push_rest(index where) {
  auto& resting = slots_[where];
  resting.rest = ++stamp_;
  rests_.push_back({resting.known.until, resting.rest, where});
  std::push_heap(rests_.begin(), rests_.end(), later);
  drop_void_rests();
}

/// Keeps the heap within twice the number of resting keys, however often rests change.
void rotation::drop_void_rests() {
  if (rests_.size() <= 2 * counter(state::cooling) + 64)
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
rotation::index rotation::slot_of(key_uid key) {
  const auto [found, is_new] = index_.try_emplace(key, none);
  if (!is_new)
    return found->second;
  if (unused_.empty()) {
    unused_.push_back(static_cast<index>(slots_.size()));
    slots_.emplace_back();
  }
  const auto where = unused_.back();
  unused_.pop_back();
  found->second = where;
  auto& fresh = slots_[where];
  fresh.key = key;
  fresh.used = true;
  fresh.known = {state::disabled, {}, 0};
  ++counter(state::disabled);
  return where;
}

/// Moves a slot from its state to another, in or out of the order and the heap.
void rotation::become(index where, const availability& what) {
  auto& one = slots_[where];
  const auto before = one.known;
  one.known = what;
  if (before.is == state::cooling && what.is == state::cooling && before.until == what.until)
    return;
  --counter(before.is);
  ++counter(what.is);
  if (before.is == state::available && what.is != state::available)
    unlink(where);
  if (before.is != state::available && what.is == state::available)
    link_last(where);
  one.rest = 0;
  if (what.is == state::cooling)
    push_rest(where);
}

void rotation::link_last(index where) noexcept {
  auto& last = slots_[where];
  last.previous = tail_;
  last.next = none;
  (tail_ == none ? head_ : slots_[tail_].next) = where;
  tail_ = where;
}

void rotation::unlink(index where) noexcept {
  auto& out = slots_[where];
  (out.previous == none ? head_ : slots_[out.previous].next) = out.next;
  (out.next == none ? tail_ : slots_[out.next].previous) = out.previous;
  out.previous = out.next = none;
}

std::size_t& rotation::counter(availability::state is) noexcept {
  return counts_[static_cast<std::size_t>(is)];
}

std::size_t rotation::counter(availability::state is) const noexcept {
  return counts_[static_cast<std::size_t>(is)];
}

} // namespace keywheel::balance
