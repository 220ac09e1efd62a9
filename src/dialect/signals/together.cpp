#include "dialect/signals/rule.hpp"

namespace keywheel::dialect::signals {

namespace {

/// PROVIDERS §4.8.
constexpr std::array rules{

    rule{place::word, "dynamic_request_limited", {reason::rate_limit}, {}},
    rule{place::word, "dynamic_token_limited", {reason::rate_limit}, {}},
};

} // namespace

std::span<const rule> together_rules() noexcept {
  return rules;
}

} // namespace keywheel::dialect::signals
