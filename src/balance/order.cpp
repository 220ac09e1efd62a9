#include "balance/order.hpp"

#include "balance/key_heap.hpp"
#include "balance/weighted_order.hpp"

#include <compare>

namespace keywheel::balance {

namespace {

/// Lowest first.
struct rank {
  std::uint64_t first = 0;
  std::uint64_t second = 0;
  auto operator<=>(const rank&) const = default;
};

/// Round robin: whoever was chosen, or returned, longest ago.
struct in_turn {
  rank operator()(const candidate& who) const noexcept { return {0, who.turn}; }
};

struct least_in_flight {
  rank operator()(const candidate& who) const noexcept { return {who.load, who.turn}; }
};

struct fill_first {
  rank operator()(const candidate& who) const noexcept { return {who.position, who.key}; }
};

/// An order by a rank that follows from what is known of a key at the moment.
template <class RankOf>
class ranked_order final : public order {
public:
  void enter(slot_index where, const candidate& who) override { keys_.set(where, RankOf{}(who)); }
  void leave(slot_index where) override { keys_.erase(where); }
  void change(slot_index where, const candidate& who) override { enter(where, who); }
  slot_index first(const slot_marks& passed) override { return keys_.first(passed); }
  void took(slot_index where, const candidate& who) override { enter(where, who); }

private:
  key_heap<rank> keys_;
};

} // namespace

std::unique_ptr<order> make_order(config::strategy_kind kind) {
  using config::strategy_kind;
  switch (kind) {
  case strategy_kind::weighted:
    return std::make_unique<weighted_order>();
  case strategy_kind::least_in_flight:
    return std::make_unique<ranked_order<least_in_flight>>();
  case strategy_kind::fill_first:
    return std::make_unique<ranked_order<fill_first>>();
  case strategy_kind::round_robin:
    break;
  }
  return std::make_unique<ranked_order<in_turn>>();
}

} // namespace keywheel::balance
