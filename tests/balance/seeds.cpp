#include "tests/balance/seeds.hpp"

#include <cstdlib>
#include <numeric>
#include <string>

namespace keywheel::balance::test {

std::vector<std::uint64_t> seeds(std::uint64_t count) {
  if (const char* one = std::getenv("KEYWHEEL_SEED"))
    return {std::stoull(one)};
  if (const char* number = std::getenv("KEYWHEEL_SEEDS"))
    count = std::stoull(number);
  std::vector<std::uint64_t> result(count);
  std::iota(result.begin(), result.end(), 1);
  return result;
}

} // namespace keywheel::balance::test
