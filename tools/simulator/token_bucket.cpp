#include "tools/simulator/token_bucket.hpp"

#include <algorithm>

namespace keywheel::simulator {
namespace {

// max_limit times this is below the largest int64.
constexpr std::int64_t most_ticks = std::chrono::nanoseconds{std::chrono::minutes{1}}.count();

} // namespace

token_bucket::token_bucket(std::int64_t limit, time_point now, limit_window window)
    : limit_(limit),
      window_(window),
      tick_((window.length.count() + most_ticks - 1) / most_ticks),
      token_(window.length.count() / tick_),
      level_(limit * token_),
      filled_(now),
      began_(now) {
  // nop
}

void token_bucket::refill(time_point now) {
  if (!limited() || now <= filled_)
    return;
  if (fixed()) {
    filled_ = now;
    if (auto passed = (now - began_) / window_.length; passed > 0) {
      began_ += passed * window_.length;
      level_ = limit_ * token_;
    }
    return;
  }
  auto ticks = std::chrono::nanoseconds{now - filled_}.count() / tick_;
  filled_ += std::chrono::nanoseconds{ticks * tick_};
  auto missing = limit_ * token_ - level_;
  level_ += std::min(std::min(ticks, token_) * limit_, missing);
}

void token_bucket::take(std::int64_t count) {
  if (limited())
    level_ -= count * token_;
}

std::int64_t token_bucket::remaining() const {
  return level_ / token_;
}

std::chrono::nanoseconds token_bucket::until(std::int64_t count) const {
  auto missing = std::max<std::int64_t>(0, count * token_ - level_);
  if (fixed())
    return missing == 0 ? std::chrono::nanoseconds{0} : began_ + window_.length - filled_;
  return std::chrono::nanoseconds{tick_ * (missing / limit_ + (missing % limit_ != 0 ? 1 : 0))};
}

} // namespace keywheel::simulator
