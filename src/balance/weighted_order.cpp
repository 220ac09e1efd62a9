#include "balance/weighted_order.hpp"

#include <algorithm>

/// How the present is kept. With the weights w, the starts s and W = sum of w, the present is
/// V = sum(w s) / W. A choice moves one start by 1/w, and so the present by 1/W, as it should; keys
/// that come and go move it so that the shares still due to the others stay balanced. Stored is V
/// as present_ + fraction_ / total_ with 0 <= fraction_ < total_; starts are whole, so a turn has
/// begun (s <= V) exactly when s <= present_. There is always one that has: the least is no more
/// than the mean.

namespace keywheel::balance {

namespace {

/// Units of virtual time in a turn of weight 1: the least common multiple of 1 to 20, so turns of
/// the usual weights are whole. Those of other weights are rounded, and what is left over is
/// carried into the next turn, so that no error adds up.
constexpr std::int64_t units = 232'792'560;

std::int64_t floor_div(std::int64_t a, std::int64_t b) noexcept {
  return a / b - (a % b < 0 ? 1 : 0);
}

} // namespace

std::int64_t weighted_order::turn::length() const noexcept {
  return (units + carry) / weight;
}

// -- coming and going --------------------------------------------------------------------------

void weighted_order::enter(slot_index where, const candidate& who) {
  auto& one = turn_of(where, who);
  if (one.start < served_)
    one.start = served_;
  insert(where);
}

void weighted_order::leave(slot_index where) {
  const auto& one = turns_[where];
  weigh(one, -std::int64_t{one.weight});
  begun_.erase(where);
  yet_to_begin_.erase(where);
}

void weighted_order::change(slot_index where, const candidate& who) {
  if (turns_[where].weight == who.weight)
    return;
  leave(where);
  turn_of(where, who);
  insert(where);
}

void weighted_order::insert(slot_index where) {
  auto& one = turns_[where];
  keep_near(one);
  weigh(one, one.weight);
  sort_in(where);
}

/// The turn of a key, with its present weight; a new one for a key that was never here.
weighted_order::turn& weighted_order::turn_of(slot_index where, const candidate& who) {
  if (where >= turns_.size()) {
    turns_.resize(std::size_t{where} + 1);
    begun_.reserve(turns_.capacity());
    yet_to_begin_.reserve(turns_.capacity());
  }
  auto& one = turns_[where];
  if (one.key != who.key || one.weight == 0)
    one = {who.key, who.weight, 0, served_, who.turn};
  if (one.weight != who.weight)
    one.carry = 0;
  one.weight = who.weight;
  one.chosen = who.turn;
  return one;
}

/// Adds a turn to the mean of which the present is, or takes it out (negative weight).
void weighted_order::weigh(const turn& one, std::int64_t weight) {
  total_ += weight;
  if (total_ == 0) {
    fraction_ = 0;
    return;
  }
  fraction_ += weight * one.start.since(present_);
  const auto whole = floor_div(fraction_, total_);
  present_ = present_.later(whole);
  fraction_ -= whole * total_;
}

/// No turn starts later than one length, as the carry may have it, after the last that was served.
void weighted_order::keep_near(turn& one) const noexcept {
  if (one.start.since(served_) > one.length() + 1)
    one.start = served_.later(one.length());
}

// -- choosing ----------------------------------------------------------------------------------

slot_index weighted_order::first(const slot_marks& passed) {
  while (!yet_to_begin_.empty() && has_begun(turns_[yet_to_begin_.top()]))
    sort_in(yet_to_begin_.top());
  for (;;) {
    const auto next = begun_.first(passed);
    if (next == none)
      return yet_to_begin_.first(passed);
    if (has_begun(turns_[next]))
      return next;
    sort_in(next); // the present went back when another key left
  }
}

void weighted_order::took(slot_index where, const candidate& who) {
  auto& one = turns_[where];
  const bool in_turn = has_begun(one);
  if (in_turn && served_ < one.start)
    served_ = one.start;
  weigh(one, -std::int64_t{one.weight});
  const auto next = one.end();
  const auto furthest = served_.later(one.length());
  one.carry = (units + one.carry) % one.weight;
  one.start = !in_turn && furthest < next ? furthest : next;
  one.chosen = who.turn;
  weigh(one, one.weight);
  sort_in(where);
}

bool weighted_order::has_begun(const turn& one) const noexcept {
  return !(present_ < one.start);
}

/// Puts a key into the heap where it belongs now.
void weighted_order::sort_in(slot_index where) {
  const auto& one = turns_[where];
  if (has_begun(one)) {
    yet_to_begin_.erase(where);
    begun_.set(where, {one.end(), one.chosen});
  } else {
    begun_.erase(where);
    yet_to_begin_.set(where, {one.start, one.chosen});
  }
}

} // namespace keywheel::balance
