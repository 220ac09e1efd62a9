#pragma once

#include "time.hpp"

#include <cstdint>
#include <initializer_list>

namespace keywheel::balance::test {

/// Spreads a number over all its bits (the finaliser of splitmix64).
constexpr std::uint64_t mix(std::uint64_t x) noexcept {
  x += 0x9e3779b97f4a7c15U;
  x = (x ^ (x >> 30U)) * 0xbf58476d1ce4e5b9U;
  x = (x ^ (x >> 27U)) * 0x94d049bb133111ebU;
  return x ^ (x >> 31U);
}

/// Reproducible chance: the same on every platform, unlike the standard distributions, and cheap to
/// begin, so that whatever happens can have dice of its own: then dropping one thing from a plan
/// leaves the fortune of all others as it was.
class dice {
public:
  explicit constexpr dice(std::uint64_t seed, std::uint64_t of = 0,
                          std::uint64_t which = 0) noexcept
      : state_(mix(mix(mix(seed) ^ of) ^ which)) {}

  /// A number below `bound`, which is at least 1.
  std::uint64_t below(std::uint64_t bound) noexcept {
    state_ = mix(state_);
    return state_ % bound;
  }

  bool percent(unsigned probability) noexcept { return below(100) < probability; }

  /// @pre `least` <= `most`
  duration between(duration least, duration most) noexcept {
    const auto width = static_cast<std::uint64_t>((most - least).count()) + 1;
    return least + duration{static_cast<duration::rep>(below(width))};
  }

  template <class T>
  T one_of(std::initializer_list<T> those) noexcept {
    return *(those.begin() + below(those.size()));
  }

private:
  std::uint64_t state_;
};

} // namespace keywheel::balance::test
