#pragma once

#include "actors/messages.hpp"
#include "balance/limit_ledger.hpp"
#include "observe/metrics.hpp"

#include <cstdint>
#include <functional>
#include <string_view>

namespace keywheel::detail {

/// What the end of an attempt means for budgets.
constexpr balance::ending ending_of(attempt_result how) noexcept {
  switch (how) {
  case attempt_result::answered:
    return balance::ending::answered;
  case attempt_result::refused:
    return balance::ending::refused;
  case attempt_result::unsent:
    return balance::ending::unsent;
  case attempt_result::failed:
  case attempt_result::abandoned:
    break;
  }
  return balance::ending::abandoned;
}

/// What the end of an attempt is counted as.
constexpr observe::attempt_outcome outcome_of(attempt_result how) noexcept {
  switch (how) {
  case attempt_result::answered:
    return observe::attempt_outcome::answered;
  case attempt_result::refused:
    return observe::attempt_outcome::refused;
  case attempt_result::failed:
    return observe::attempt_outcome::failed;
  case attempt_result::unsent:
    return observe::attempt_outcome::unsent;
  case attempt_result::abandoned:
    break;
  }
  return observe::attempt_outcome::abandoned;
}

/// A seed of the jitter of whoever bears this name; never 0, which would be none.
inline std::uint64_t seed_of(std::string_view name) noexcept {
  return std::hash<std::string_view>{}(name) | 1;
}

} // namespace keywheel::detail
