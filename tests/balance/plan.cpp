#include "tests/balance/plan.hpp"

#include "tests/balance/at.hpp"

namespace keywheel::balance::test {

using std::chrono::milliseconds;

chance::chance(std::uint64_t seed) : engine_(seed) {
  // nop
}

std::uint64_t chance::below(std::uint64_t bound) {
  return engine_() % bound;
}

bool chance::percent(unsigned probability) {
  return below(100) < probability;
}

duration chance::between(duration least, duration most) {
  return least
         + duration{static_cast<duration::rep>(
             below(static_cast<std::uint64_t>((most - least).count()) + 1))};
}

namespace {

constexpr duration horizon = 60s;

key_plan random_key(chance& dice, std::size_t models, emphasis on) {
  key_plan result;
  result.enabled = !dice.percent(10);
  if (on != emphasis::turns && dice.percent(on == emphasis::scarcity ? 70 : 40))
    result.max_in_flight = static_cast<std::uint32_t>(1 + dice.below(3));
  for (std::size_t model = 0; model < models; ++model)
    if (dice.percent(80))
      result.models.push_back(model);
  const unsigned much = on == emphasis::limits ? 3 : 1;
  result.rate_limited = dice.one_of({0u, 5u, 30u, 30u * much});
  result.unreachable = dice.one_of({0u, 0u, 2u, 5u * much});
  result.unauthorized = dice.one_of({0u, 0u, 0u, 4u});
  result.refused = on == emphasis::turns ? 0 : dice.one_of({0u, 0u, 5u, 10u});
  result.broken = dice.one_of({0u, 3u});
  return result;
}

call_plan random_call(chance& dice, const plan& in, time_point arrives, emphasis on) {
  call_plan result;
  result.model = dice.below(in.models);
  result.arrives = arrives;
  result.deadline = arrives + (dice.percent(30) ? dice.between(100ms, 20s) : 600s);
  if (dice.percent(on == emphasis::leaving ? 50 : 10))
    result.leaves = arrives + dice.between(0s, dice.one_of<duration>({50ms, 5s, 30s}));
  result.bad = dice.percent(on == emphasis::bad_requests ? 40 : 5);
  return result;
}

} // namespace

plan random_plan(std::uint64_t seed, emphasis on) {
  chance dice{seed};
  plan result;
  result.seed = seed;
  result.max_delay = dice.one_of<duration>({0s, 1ms, 20ms, 500ms});
  result.max_lateness = dice.one_of<duration>({0s, 0s, 5ms});
  result.longest_service = dice.one_of<duration>({20ms, 500ms, 4s});
  result.models = 1 + dice.below(3);
  result.line.max_wait = dice.one_of<duration>({0s, 1s, 10s, 30s});
  result.line.max_calls = dice.one_of<std::size_t>({0, 3, 1000, 1000});
  result.cooldown.rate_limit = dice.one_of<milliseconds>({1s, 10s, 60s});
  result.cooldown.use_hints = dice.percent(80);
  result.cooldown.max = dice.one_of<milliseconds>({5s, 1h});
  const auto keys = 1 + dice.below(on == emphasis::scarcity ? 3 : 7);
  for (std::uint64_t i = 0; i < keys; ++i)
    result.keys.push_back(random_key(dice, result.models, on));
  const auto calls = 10 + dice.below(60);
  auto arrives = at(0s);
  for (std::uint64_t i = 0; i < calls; ++i) {
    if (dice.percent(60)) // the others come in bursts
      arrives += dice.between(0s, 2 * horizon / static_cast<int>(calls));
    result.calls.push_back(random_call(dice, result, arrives, on));
  }
  const auto changes = dice.below(on == emphasis::changes ? 40 : 8);
  for (std::uint64_t i = 0; i < changes; ++i)
    result.changes.push_back({at(dice.between(0s, horizon)),
                              static_cast<change_plan::what>(dice.below(6)), dice.below(1 << 20)});
  return result;
}

plan one_healthy_key(std::uint64_t seed, std::uint32_t max_in_flight) {
  chance dice{seed};
  plan result;
  result.seed = seed;
  result.max_delay = dice.one_of<duration>({0s, 1ms, 20ms});
  result.longest_service = 200ms;
  result.keys.resize(10);
  const auto healthy = dice.below(result.keys.size());
  for (std::size_t i = 0; i < result.keys.size(); ++i) {
    result.keys[i].models = {0};
    if (i == healthy) {
      result.keys[i].max_in_flight = max_in_flight;
    } else {
      result.keys[i].rate_limited = 100;
      result.keys[i].hint = 60s;
    }
  }
  for (int i = 0; i < 64; ++i)
    result.calls.push_back({0, at(0s), at(600s)});
  return result;
}

} // namespace keywheel::balance::test
