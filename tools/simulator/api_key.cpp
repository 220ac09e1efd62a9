#include "tools/simulator/api_key.hpp"

#include "tools/simulator/duration.hpp"
#include "tools/simulator/text.hpp"

#include <algorithm>

namespace keywheel::simulator {
namespace {

void append_line(std::string& out, std::string_view name, std::int64_t value) {
  out += name;
  append_number(out, value);
  out += "\r\n";
}

void append_bucket(std::string& out, std::string_view what, const token_bucket& bucket) {
  auto name = [&out, what](std::string_view part) {
    out += "x-ratelimit-";
    out += part;
    out += what;
  };
  name("limit-");
  append_line(out, ": ", bucket.limit());
  name("remaining-");
  append_line(out, ": ", bucket.remaining());
  name("reset-");
  out += ": ";
  append_go_duration(out, bucket.until_full());
  out += "\r\n";
}

} // namespace

void fault_queue::add(fault what) {
  auto skip = what.skip;
  auto times = what.times;
  entries_.push_back({std::make_shared<const fault>(std::move(what)), skip, times});
}

std::shared_ptr<const fault> fault_queue::take() {
  while (!entries_.empty()) {
    auto& first = entries_.front();
    if (first.skip > 0) {
      --first.skip;
      return nullptr;
    }
    if (first.times == 0) {
      entries_.pop_front();
      continue;
    }
    auto result = first.what;
    if (first.times > 0 && --first.times == 0)
      entries_.pop_front();
    return result;
  }
  return nullptr;
}

api_key::api_key(key_options what, time_point now)
    : what_(std::move(what)), requests_(what_.limits->rpm, now), tokens_(what_.limits->tpm, now) {
  header_lines_ = "openai-organization: " + what_.organization
                  + "\r\nopenai-version: 2020-10-01\r\nx-simulator-key: " + what_.name + "\r\n";
}

void api_key::set_limits(const key_limits& limits, time_point now) {
  what_.limits = limits;
  requests_ = token_bucket{limits.rpm, now};
  tokens_ = token_bucket{limits.tpm, now};
}

std::optional<refusal> api_key::admit(std::int64_t tokens, time_point now) {
  using reason = refusal::reason;
  requests_.refill(now);
  tokens_.refill(now);
  auto cap = limits().max_concurrent;
  if (tokens_.limited() && tokens > tokens_.limit())
    return refusal{reason::too_large, tokens_.limit(), 0, tokens, {}};
  auto refuse = [](reason why, const token_bucket& bucket, std::int64_t count) {
    return refusal{why, bucket.limit(), bucket.limit() - bucket.remaining(), count,
                   bucket.until(count)};
  };
  if (!requests_.has(1))
    return refuse(reason::requests, requests_, 1);
  if (!tokens_.has(tokens))
    return refuse(reason::tokens, tokens_, tokens);
  // When a running request will end is unknown; a second is what the simulator then suggests.
  if (cap > 0 && in_flight_ >= cap)
    return refusal{reason::concurrency, cap, in_flight_, 1, std::chrono::seconds{1}};
  requests_.take(1);
  tokens_.take(tokens);
  return std::nullopt;
}

void api_key::append_rate_limit_lines(std::string& out) const {
  if (requests_.limited())
    append_bucket(out, "requests", requests_);
  if (tokens_.limited())
    append_bucket(out, "tokens", tokens_);
}

void api_key::begin() {
  ++in_flight_;
  counters.max_in_flight = std::max(counters.max_in_flight, static_cast<std::uint64_t>(in_flight_));
}

void api_key::end() {
  --in_flight_;
}

} // namespace keywheel::simulator
