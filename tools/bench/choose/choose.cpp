#include "balance/pool.hpp"

#include <array>
#include <benchmark/benchmark.h>
#include <random>
#include <string>
#include <vector>

/// What it costs to choose a key: by the number of keys, the strategy, and the share that rests.

namespace {

using namespace keywheel;
using namespace keywheel::balance;
using namespace std::chrono_literals;

constexpr std::array strategies{config::strategy_kind::round_robin, config::strategy_kind::weighted,
                                config::strategy_kind::least_in_flight,
                                config::strategy_kind::fill_first};
constexpr std::array names{"round_robin", "weighted", "least_in_flight", "fill_first"};
constexpr time_point now = time_point{24h};

/// A pool of `state.range(0)` keys with different weights, `state.range(1)` % of which rest, in no
/// particular order.
pool make_pool(const benchmark::State& state, pool::settings with) {
  std::mt19937_64 random{1};
  pool result{with};
  for (key_uid key = 1; key <= state.range(0); ++key) {
    result.enroll({key, static_cast<std::uint32_t>(1 + random() % 5), key}, now);
    availability what;
    if (std::int64_t{key} * 100 <= state.range(1) * state.range(0))
      what = {availability::state::cooling,
              now + 1h + std::chrono::milliseconds{random() % 3'600'000}};
    result.set_key(key, what, now);
  }
  return result;
}

ticket next_call(call_id id) {
  ticket result;
  result.call = id;
  result.arrived = now;
  return result;
}

/// A call is placed with a key that is free.
void choose(benchmark::State& state, config::strategy_kind strategy) {
  pool::settings with;
  with.strategy = strategy;
  auto uut = make_pool(state, with);
  call_id id = 0;
  for (auto step : state)
    benchmark::DoNotOptimize(uut.place(next_call(++id), now));
}

/// The key that a call was placed with says how many it now has under way, as keys do.
void choose_and_hear(benchmark::State& state, config::strategy_kind strategy) {
  pool::settings with;
  with.strategy = strategy;
  auto uut = make_pool(state, with);
  std::mt19937_64 random{2};
  call_id id = 0;
  for (auto step : state) {
    const auto where = uut.place(next_call(++id), now);
    availability what;
    what.in_flight = static_cast<std::uint32_t>(random() % 8);
    uut.set_key(where.chosen, what, now);
  }
}

/// A call of a sticky pool: each has another prefix.
void choose_sticky(benchmark::State& state) {
  pool::settings with;
  with.sticky = true;
  auto uut = make_pool(state, with);
  call_id id = 0;
  for (auto step : state) {
    auto call = next_call(++id);
    call.prefix = id;
    benchmark::DoNotOptimize(uut.place(std::move(call), now));
  }
}

void with_sizes(benchmark::internal::Benchmark* what) {
  what->ArgNames({"keys", "resting_percent"});
  for (const auto keys : {10, 1'000, 10'000})
    for (const auto resting : {0, 90})
      what->Args({keys, resting});
}

} // namespace

int main(int count, char** arguments) {
  for (std::size_t i = 0; i < strategies.size(); ++i) {
    const auto strategy = strategies[i];
    const std::string name = names[i];
    with_sizes(benchmark::RegisterBenchmark(("choose/" + name).c_str(), choose, strategy));
    with_sizes(benchmark::RegisterBenchmark(("choose_and_hear/" + name).c_str(), choose_and_hear,
                                            strategy));
  }
  with_sizes(benchmark::RegisterBenchmark("choose_sticky", choose_sticky));
  benchmark::Initialize(&count, arguments);
  if (benchmark::ReportUnrecognizedArguments(count, arguments))
    return 1;
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
}
