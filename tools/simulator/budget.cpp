#include "tools/simulator/budget.hpp"

namespace keywheel::simulator {
namespace {

limit_window minute_of(const limit_windows& windows) {
  return {windows.kind, windows.minute};
}

limit_window day_of(const limit_windows& windows) {
  return {windows.kind, windows.day};
}

std::optional<refusal> shortage(refusal::reason why, const token_bucket& bucket,
                                std::int64_t count) {
  if (bucket.has(count))
    return std::nullopt;
  return refusal{why, bucket.limit(), bucket.limit() - bucket.remaining(), count,
                 bucket.until(count)};
}

} // namespace

budget::budget(const key_limits& limits, const limit_windows& windows, time_point now)
    : limits_(limits),
      windows_(windows),
      requests_(limits.rpm, now, minute_of(windows)),
      tokens_(limits.tpm, now, minute_of(windows)),
      daily_requests_(limits.rpd, now, day_of(windows)),
      daily_tokens_(limits.tpd, now, day_of(windows)) {
  // nop
}

void budget::set_limits(const key_limits& limits, time_point now) {
  auto running = in_flight_;
  *this = budget{limits, windows_, now};
  in_flight_ = running;
}

std::optional<refusal> budget::check(std::int64_t tokens, time_point now) {
  using reason = refusal::reason;
  if (!limited())
    return std::nullopt;
  for (auto bucket : {&requests_, &tokens_, &daily_requests_, &daily_tokens_})
    bucket->refill(now);
  for (auto bucket : {&tokens_, &daily_tokens_})
    if (bucket->limited() && tokens > bucket->limit())
      return refusal{reason::too_large, bucket->limit(), 0, tokens, {}};
  // The longest wait is what the caller must know.
  if (auto result = shortage(reason::requests_per_day, daily_requests_, 1))
    return result;
  if (auto result = shortage(reason::tokens_per_day, daily_tokens_, tokens))
    return result;
  if (auto result = shortage(reason::requests, requests_, 1))
    return result;
  if (auto result = shortage(reason::tokens, tokens_, tokens))
    return result;
  // When a running request will end is unknown; a second is what the simulator then suggests.
  if (auto cap = limits_.max_concurrent; cap > 0 && in_flight_ >= cap)
    return refusal{reason::concurrency, cap, in_flight_, 1, std::chrono::seconds{1}};
  return std::nullopt;
}

bool budget::limited() const {
  return (limits_.rpm | limits_.tpm | limits_.rpd | limits_.tpd | limits_.max_concurrent) != 0;
}

void budget::take(std::int64_t tokens) {
  requests_.take(1);
  daily_requests_.take(1);
  tokens_.take(tokens);
  daily_tokens_.take(tokens);
}

const token_bucket* budget::scarcer(const token_bucket& minute, const token_bucket& day) {
  if (!minute.limited())
    return day.limited() ? &day : nullptr;
  return day.limited() && day.remaining() < minute.remaining() ? &day : &minute;
}

} // namespace keywheel::simulator
