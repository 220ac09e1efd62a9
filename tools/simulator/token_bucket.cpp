#include "tools/simulator/token_bucket.hpp"

#include <algorithm>

namespace keywheel::simulator {
namespace {

// One token in units of the level. max_limit times this is below the largest int64.
constexpr std::int64_t token = std::chrono::nanoseconds{std::chrono::minutes{1}}.count();

} // namespace

token_bucket::token_bucket(std::int64_t per_minute, time_point now)
    : limit_(per_minute), level_(per_minute * token), filled_(now) {
  // nop
}

void token_bucket::refill(time_point now) {
  if (!limited() || now <= filled_)
    return;
  auto passed = std::min<std::int64_t>(
      std::chrono::duration_cast<std::chrono::nanoseconds>(now - filled_).count(), token);
  filled_ = now;
  auto missing = limit_ * token - level_;
  level_ += std::min(passed * limit_, missing);
}

void token_bucket::take(std::int64_t count) {
  if (limited())
    level_ -= count * token;
}

std::int64_t token_bucket::remaining() const {
  return level_ / token;
}

std::chrono::nanoseconds token_bucket::until(std::int64_t count) const {
  auto missing = std::max<std::int64_t>(0, count * token - level_);
  return std::chrono::nanoseconds{missing / limit_ + (missing % limit_ != 0 ? 1 : 0)};
}

} // namespace keywheel::simulator
