#include "actors/detail/kept.hpp"

namespace keywheel::detail {

namespace {

std::vector<state::saved_slot> saved(const std::vector<balance::window_budget::kept>& from) {
  std::vector<state::saved_slot> result;
  for (const auto& slot : from)
    result.push_back({slot.end, slot.amount});
  return result;
}

std::vector<balance::window_budget::kept> restored(const std::vector<state::saved_slot>& from) {
  std::vector<balance::window_budget::kept> result;
  for (const auto& slot : from)
    result.push_back({slot.at, slot.amount});
  return result;
}

} // namespace

std::vector<state::saved_cooldown> saved(const std::vector<balance::cooldowns::kept>& from) {
  std::vector<state::saved_cooldown> result;
  for (const auto& rest : from)
    result.push_back({std::string{to_string(rest.scope)}, rest.model,
                      std::string{to_string(rest.why)}, rest.source, rest.until, rest.strikes});
  return result;
}

state::saved_window saved(const balance::budgets::kept& from) {
  return {saved(from.requests), saved(from.tokens)};
}

balance::kept_state restored(const std::vector<state::saved_cooldown>& rests,
                             const state::saved_window& day) {
  balance::kept_state result;
  for (const auto& rest : rests) {
    const auto scope = dialect::scope_from_string(rest.scope);
    const auto why = dialect::reason_from_string(rest.reason);
    if (scope && why)
      result.rests.push_back({*scope, rest.model, *why, rest.source, rest.until, rest.strikes});
  }
  result.days = {restored(day.requests), restored(day.tokens)};
  return result;
}

} // namespace keywheel::detail
