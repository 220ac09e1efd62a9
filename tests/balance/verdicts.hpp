#pragma once

#include "config/config.hpp"
#include "dialect/limits.hpp"
#include "dialect/verdict.hpp"
#include "tests/balance/at.hpp"

#include <optional>
#include <string_view>

namespace keywheel::balance::test {

/// A verdict that sends the call to another key. Certain, unless `by_status`.
inline dialect::verdict refused(dialect::reason why, dialect::scope where,
                                std::optional<std::chrono::milliseconds> rest = {},
                                bool by_status = false) {
  dialect::verdict result;
  result.why = why;
  result.for_request = dialect::verdict::request::next_key;
  result.scope = where;
  result.rest = rest;
  result.source = rest ? "retry-after" : "status";
  result.certain = !by_status;
  return result;
}

/// Too many requests of one model of one key.
inline dialect::verdict rate_limited(std::optional<std::chrono::milliseconds> rest = {},
                                     dialect::scope where = dialect::scope::key_model) {
  return refused(dialect::reason::rate_limit, where, rest);
}

inline dialect::verdict unauthorized(bool by_status = false) {
  return refused(dialect::reason::credential, dialect::scope::key, {}, by_status);
}

/// One reading of a bucket that refills.
inline dialect::limit_readings reading(dialect::limit_reading::dimension of, std::int64_t limit,
                                       std::int64_t remaining,
                                       std::optional<std::chrono::milliseconds> reset,
                                       bool refills = true) {
  dialect::limit_readings result;
  result.add({of, limit, remaining, reset, refills, "x-ratelimit-remaining", {}});
  return result;
}

inline const dialect::verdict success{};
inline const config::cooldown_config defaults{};
inline const dialect::limit_readings silent{};

} // namespace keywheel::balance::test
