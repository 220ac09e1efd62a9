#include "state/saved_state.hpp"

#include <algorithm>
#include <iterator>

namespace keywheel::state {

namespace {

constexpr std::chrono::hours day{24};

/// Drops a cooldown that is over; an end that is too far away comes nearer.
class cooldown_recall {
public:
  cooldown_recall(wall_time now, std::chrono::milliseconds longest)
      : now_(now), latest_(now + longest) {}

  bool keep(saved_cooldown& what) const {
    what.until = std::min(what.until, latest_);
    return what.until > now_;
  }

  void apply(std::vector<saved_cooldown>& all) const {
    std::erase_if(all, [this](saved_cooldown& each) { return !keep(each); });
  }

private:
  wall_time now_;
  wall_time latest_;
};

void recall(std::vector<saved_slot>& slots, wall_time now) {
  std::erase_if(slots, [now](const saved_slot& each) { return each.at <= now - day; });
  for (auto& each : slots)
    each.at = std::min(each.at, now);
}

void recall(saved_window& window, wall_time now) {
  recall(window.requests, now);
  recall(window.tokens, now);
}

bool is_empty(const saved_group& group) {
  return group.cooldowns.empty() && group.day == saved_window{};
}

} // namespace

saved_state recalled(saved_state from, const std::vector<known_key>& known, wall_time now,
                     std::chrono::milliseconds longest) {
  const cooldown_recall cooldowns{now, longest};
  auto sorted = known;
  std::sort(sorted.begin(), sorted.end());
  std::erase_if(from.keys, [&sorted](const saved_key& each) {
    return !std::binary_search(sorted.begin(), sorted.end(), known_key{each.id, each.fingerprint});
  });
  for (auto& key : from.keys) {
    cooldowns.apply(key.cooldowns);
    recall(key.day, now);
  }
  for (auto& group : from.groups) {
    cooldowns.apply(group.cooldowns);
    recall(group.day, now);
  }
  std::erase_if(from.groups, is_empty);
  std::erase_if(from.models,
                [&cooldowns](saved_model& each) { return !cooldowns.keep(each.cooldown); });
  return from;
}

} // namespace keywheel::state
