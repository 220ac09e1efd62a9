#include "balance/rendezvous.hpp"

#include <cmath>

namespace keywheel::balance {

namespace {

/// A bijection that spreads every bit over all (the finalizer of splitmix64: Steele, Lea and Flood,
/// 2014).
std::uint64_t mix(std::uint64_t x) noexcept {
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
  return x ^ (x >> 31);
}

} // namespace

/// With the hash as a fraction u, the key of the highest score -weight / ln u is preferred in
/// proportion to its weight. Since -ln u > 1 - u, most keys are out without a logarithm.
bool rendezvous::offer(key_uid key, std::uint32_t weight) noexcept {
  const auto hash = mix(prefix_ + mix(std::uint64_t{key} + 1));
  const auto rest = (static_cast<double>(hash >> 12) + 0.5) * 0x1p-52; // 1 - u
  const auto share = static_cast<double>(weight);
  if (share <= best_ * rest)
    return false;
  const auto score = -share / std::log1p(-rest);
  if (score <= best_)
    return false;
  best_ = score;
  return true;
}

} // namespace keywheel::balance
