#pragma once

#include <cstdint>

namespace keywheel::dialect {

/// Tokens of one call, as the provider counts them (PROVIDERS §8), normalised: `input` includes the
/// cached ones, `output` includes reasoning.
struct usage {
  std::int64_t input = 0;
  std::int64_t cached = 0; ///< of the input, read from the provider's prompt cache
  std::int64_t output = 0;
  std::int64_t reasoning = 0; ///< of the output
  bool known = false;         ///< the answer said anything at all

  std::int64_t total() const noexcept { return input + output; }
  bool operator==(const usage&) const = default;
};

} // namespace keywheel::dialect
