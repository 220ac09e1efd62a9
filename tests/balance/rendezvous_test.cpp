#include "balance/rendezvous.hpp"
#include "tests/catch.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

using namespace keywheel::balance;

namespace {

struct member {
  key_uid key;
  std::uint32_t weight;
};

key_uid preferred(std::uint64_t prefix, const std::vector<member>& among) {
  rendezvous uut{prefix};
  key_uid result = 0;
  for (const auto& [key, weight] : among)
    if (uut.offer(key, weight))
      result = key;
  return result;
}

} // namespace

TEST_CASE("a prefix prefers the same key in whatever order keys are offered") {
  std::vector<member> keys{{1, 1}, {2, 5}, {3, 1}, {4, 2}};
  for (std::uint64_t prefix = 1; prefix <= 200; ++prefix) {
    const auto expected = preferred(prefix, keys);
    std::rotate(keys.begin(), keys.begin() + 1, keys.end());
    REQUIRE(preferred(prefix, keys) == expected);
    std::reverse(keys.begin(), keys.end());
    REQUIRE(preferred(prefix, keys) == expected);
  }
}

TEST_CASE("only the prefixes of a key that goes move, and they spread") {
  const std::vector<member> all{{1, 1}, {2, 1}, {3, 3}, {4, 1}};
  const std::vector<member> without{{1, 1}, {2, 1}, {4, 1}};
  std::vector<int> moved_to(5);
  for (std::uint64_t prefix = 1; prefix <= 1000; ++prefix) {
    const auto before = preferred(prefix, all);
    const auto after = preferred(prefix, without);
    if (before != 3)
      REQUIRE(after == before);
    else
      ++moved_to[after];
  }
  for (const auto key : {1u, 2u, 4u})
    CHECK(moved_to[key] > 100);
}

TEST_CASE("prefixes are shared out in proportion to weights") {
  const std::vector<member> keys{{10, 1}, {20, 2}, {30, 1}, {40, 4}};
  constexpr int prefixes = 80'000;
  std::vector<int> counts(50);
  for (std::uint64_t prefix = 1; prefix <= prefixes; ++prefix)
    ++counts[preferred(prefix * 0x9e3779b97f4a7c15u, keys)];
  for (const auto& [key, weight] : keys) {
    const auto share = weight / 8.0;
    // Five standard deviations.
    CHECK(std::abs(counts[key] - prefixes * share) < 5 * std::sqrt(prefixes * share * (1 - share)));
  }
}
