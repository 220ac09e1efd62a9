#include "tests/balance/simulation/plan.hpp"

#include "tests/balance/simulation/dice.hpp"

#include <algorithm>

namespace keywheel::balance::test {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

namespace {

/// Calls arrive, and people change things, within this time.
constexpr duration horizon = 30s;

config::budgets_config random_budgets(dice& by, unsigned probability) {
  config::budgets_config result;
  if (by.percent(probability))
    result.max_in_flight = static_cast<std::uint32_t>(1 + by.below(3));
  if (by.percent(probability / 2))
    result.rpm = static_cast<std::int64_t>(1 + by.below(6));
  if (by.percent(probability / 2))
    result.tpm = static_cast<std::int64_t>(100 + by.below(900));
  return result;
}

void set_outcomes(key_plan& of, dice& by, emphasis on) {
  const auto often = [&](outcome what, std::initializer_list<std::uint8_t> percents) {
    of.percent[static_cast<std::size_t>(what)] = by.one_of(percents);
  };
  if (on == emphasis::limits || on == emphasis::groups)
    often(outcome::rate_limit, {10, 30, 60, 90});
  else
    often(outcome::rate_limit, {0, 0, 10, 40});
  often(outcome::quota, {0, 0, 0, 10});
  often(outcome::billing, {0, 0, 0, 0, 10});
  often(outcome::credential, {0, 0, 0, 0, 15});
  often(outcome::permission, {0, 0, 0, 10});
  often(outcome::overload, {0, 0, 0, 0, 10});
  often(outcome::server_error, {0, 0, 10, 40});
  often(outcome::unreachable, {0, 0, 10, 40});
  often(outcome::no_answer, {0, 0, 10, 30});
  often(outcome::too_large, {0, 0, 0, 10});
  often(outcome::blocked, {0, 0, 0, 5});
  of.exhausted = by.one_of({0U, 0U, 20U, 80U});
}

/// Of keys that are in turn, the greater part is always free.
key_plan random_key(const plan& in, std::uint32_t number, emphasis on) {
  dice by{in.seed, 1, number};
  key_plan result;
  result.number = number;
  result.weight = static_cast<std::uint32_t>(1 + by.below(3));
  result.models = in.models == 1 || on == emphasis::turns ? ~0U : by.one_of({1U, 2U, 3U, 3U, 3U});
  if (on == emphasis::turns && by.percent(70))
    return result;
  result.enabled = !by.percent(10);
  result.budgets = random_budgets(by, on == emphasis::scarcity ? 80 : 30);
  const unsigned grouped = on == emphasis::groups ? 60 : 15;
  result.group = by.percent(grouped) ? static_cast<std::uint32_t>(1 + by.below(2)) : 0;
  result.organization = by.percent(grouped) ? static_cast<std::uint32_t>(1 + by.below(2)) : 0;
  result.certain = by.percent(60);
  if (on != emphasis::crowds || by.percent(30))
    set_outcomes(result, by, on);
  return result;
}

call_plan random_call(const plan& in, std::uint32_t number, duration arrives, emphasis on) {
  dice by{in.seed, 2, number};
  call_plan result;
  result.number = number;
  result.model = static_cast<std::uint32_t>(by.below(in.models));
  result.client = static_cast<std::uint32_t>(by.below(on == emphasis::crowds ? 2 : 3));
  result.arrives = arrives;
  result.deadline = by.percent(30) ? by.between(100ms, 20s) : duration{120s};
  if (by.percent(on == emphasis::leaving ? 60 : 10))
    result.leaves = by.between(0s, by.one_of<duration>({5ms, 300ms, 5s, 30s}));
  result.tokens = static_cast<std::int64_t>(1 + by.below(by.one_of({50U, 300U, 1500U})));
  result.used = static_cast<std::int64_t>(by.below(400));
  result.prefix = by.below(3);
  if (by.percent(on == emphasis::bad_requests ? 50 : 5))
    result.always = by.one_of({outcome::bad_request, outcome::server_error, outcome::permission,
                               outcome::too_large, outcome::no_answer});
  // With dice of its own, so that the calls are otherwise what they would be without.
  dice binds{in.seed, 9, number};
  if (binds.percent(on == emphasis::turns ? 0 : on == emphasis::crowds ? 5 : 25)) {
    result.bound.emplace();
    for (auto keys = 1 + binds.below(2); keys > 0; --keys)
      result.bound->push_back(static_cast<std::uint32_t>(1 + binds.below(4)));
  }
  return result;
}

void add_settings(plan& to, dice& by, emphasis on) {
  using config::strategy_kind;
  to.max_delay = by.one_of<duration>({0s, 1ms, 20ms, 500ms});
  to.max_lateness = by.one_of<duration>({0s, 0s, 5ms});
  to.longest_service = by.one_of<duration>({20ms, 500ms, 4s});
  to.jitter = by.percent(70);
  to.models = on == emphasis::crowds ? 1 : static_cast<std::uint32_t>(1 + by.below(2));
  to.line.max_wait = by.one_of<duration>({0s, 1s, 10s, 30s});
  to.line.max_calls = by.one_of<std::size_t>({0, 2, 4, 1000, 1000});
  to.line.strategy =
      by.one_of({strategy_kind::round_robin, strategy_kind::round_robin, strategy_kind::weighted,
                 strategy_kind::least_in_flight, strategy_kind::fill_first});
  to.line.sticky = by.percent(20);
  if (on == emphasis::turns)
    to.line.strategy = strategy_kind::round_robin, to.line.sticky = false;
  if (on == emphasis::crowds)
    to.line.max_wait = 30s, to.line.max_calls = by.one_of<std::size_t>({4, 1000});
  to.line.cooldown.rate_limit = by.one_of<milliseconds>({1s, 10s, 60s});
  to.line.cooldown.use_hints = by.percent(80);
  to.line.cooldown.max = by.one_of<milliseconds>({5s, 1h});
  to.max_attempts = by.one_of({1U, 2U, 3U, 5U});
  to.replay_unanswered = by.percent(30);
  for (auto& one : to.group_budgets)
    one = random_budgets(by, 40);
}

void add_calls(plan& to, dice& by, emphasis on) {
  const auto calls = 4 + by.below(on == emphasis::crowds || on == emphasis::turns ? 14 : 11);
  const auto step = 2 * horizon / static_cast<int>(calls) / (on == emphasis::crowds ? 8 : 1);
  duration arrives{};
  for (std::uint32_t i = 1; i <= calls; ++i) {
    if (by.percent(60)) // the others come in bursts
      arrives += by.between(0s, by.percent(50) ? step : duration{200ms});
    to.calls.push_back(random_call(to, i, arrives, on));
  }
}

} // namespace

plan random_plan(emphasis on, std::uint64_t seed) {
  dice by{seed};
  plan result;
  result.seed = seed;
  add_settings(result, by, on);
  const auto keys = 1 + by.below(on == emphasis::scarcity || on == emphasis::crowds ? 2 : 4);
  for (std::uint32_t i = 1; i <= keys; ++i)
    result.keys.push_back(random_key(result, i, on));
  add_calls(result, by, on);
  const auto changes = by.below(on == emphasis::changes ? 10 : on == emphasis::turns ? 1 : 3);
  for (std::uint32_t i = 1; i <= changes; ++i)
    result.changes.push_back({i, by.between(0s, horizon),
                              static_cast<change_plan::what>(by.below(change_plan::kinds)),
                              by.below(1 << 20)});
  if (by.percent(on == emphasis::storms ? 100 : on == emphasis::turns ? 0 : 10)) {
    const auto from = by.between(0s, horizon);
    result.storms.push_back(
        {1, from, from + by.between(100ms, 20s),
         by.one_of({outcome::rate_limit, outcome::rate_limit, outcome::credential,
                    outcome::permission, outcome::overload, outcome::server_error})});
  }
  return result;
}

} // namespace keywheel::balance::test
