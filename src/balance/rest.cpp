#include "balance/rest.hpp"

#include <algorithm>
#include <array>

namespace keywheel::balance {

namespace {

using namespace std::chrono_literals;
using dialect::reason;
using std::chrono::milliseconds;

constexpr milliseconds shortest_hint{250};
constexpr auto longest_rest = std::chrono::duration_cast<milliseconds>(duration::max());
constexpr duration most_jitter = 1s;

/// How a reason's rests grow: the first one, the one after the first failed probe, then doubling up
/// to the cap.
struct ladder {
  reason why;
  milliseconds first;
  milliseconds second;
  milliseconds cap;
  bool takes_hint;
  bool soft;
};

/// PROVIDERS §11. A 401 can be transient, so a credential is probed soon and then seldom. The steps
/// of rate_limit are the configuration's.
constexpr std::array<ladder, 10> ladders{{
    {reason::rate_limit, 0s, 0s, 0s, true, false},
    {reason::quota, 1h, 1h, 1h, true, false},
    {reason::billing, 10min, 20min, 6h, true, false},
    {reason::credential, 30s, 10min, 24h, false, false},
    {reason::permission, 1h, 1h, 1h, false, false},
    {reason::overload, 1s, 2s, 30s, true, false},
    {reason::server_error, 10s, 20s, 5min, false, true},
    {reason::unreachable, 10s, 20s, 5min, false, true},
    {reason::no_answer, 10s, 20s, 5min, false, true},
    {reason::timed_out, 10s, 20s, 5min, false, true},
}};

const ladder* ladder_of(reason why) noexcept {
  const auto found = std::find_if(ladders.begin(), ladders.end(),
                                  [why](const ladder& one) { return one.why == why; });
  return found != ladders.end() ? &*found : nullptr;
}

/// `from` doubled `times` times, or the cap.
milliseconds doubled(milliseconds from, std::uint32_t times, milliseconds cap) noexcept {
  for (; times > 0 && from < cap && from > 0ms; --times)
    from = from > cap / 2 ? cap : from * 2;
  return std::min(from, cap);
}

milliseconds step(const ladder& of, std::uint32_t strikes,
                  const config::cooldown_config& settings) noexcept {
  if (of.why == reason::rate_limit)
    return doubled(settings.rate_limit, std::max(strikes, 1U) - 1, settings.max);
  return strikes < 2 ? of.first : doubled(of.second, strikes - 2, of.cap);
}

} // namespace

duration jitter::over(duration rest) noexcept {
  if (!on_ || rest <= duration::zero())
    return duration::zero();
  state_ += 0x9e3779b97f4a7c15U;
  auto mixed = state_;
  mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9U;
  mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebU;
  mixed ^= mixed >> 31;
  // The upper half of the number as a share of 2³²: most_jitter in nanoseconds is less than 2³⁰.
  const auto most = static_cast<std::uint64_t>(std::min(rest / 10, most_jitter).count());
  return duration{static_cast<duration::rep>((most * (mixed >> 32)) >> 32)};
}

bool rests(reason why) noexcept {
  return ladder_of(why) != nullptr;
}

bool is_soft(reason why) noexcept {
  const auto* of = ladder_of(why);
  return of != nullptr && of->soft;
}

bool uses_hint(const dialect::verdict& what, const config::cooldown_config& settings) noexcept {
  const auto* of = ladder_of(what.why);
  return of != nullptr && of->takes_hint && settings.use_hints && what.rest.has_value();
}

duration rest_of(const dialect::verdict& what, std::uint32_t strikes,
                 const config::cooldown_config& settings) noexcept {
  const auto* of = ladder_of(what.why);
  if (of == nullptr)
    return duration::zero();
  // Compared as milliseconds: an absurd hint would overflow the clock's finer unit.
  const auto wanted = uses_hint(what, settings)
                          ? std::min(std::max(*what.rest, shortest_hint), settings.max)
                          : step(*of, strikes, settings);
  return std::min(wanted, longest_rest);
}

} // namespace keywheel::balance
