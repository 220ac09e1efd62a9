#include "dialect/signals/rule.hpp"

namespace keywheel::dialect::signals {

namespace {

/// A limit of nothing: the plan does not have this model.
bool has_limit_of_zero(const evidence& what) {
  for (const std::string_view name :
       {"x-ratelimit-limit-req-minute", "x-ratelimit-limit-tokens-minute"})
    if (what.headers.find(name) == "0")
      return true;
  return false;
}

/// PROVIDERS §4.5.
constexpr std::array rules{

    rule{place::message, "*", {reason::permission}, {429}, has_limit_of_zero},
    rule{place::code, "3505", {reason::overload}, {}},
    rule{place::message,
         "Service tier capacity exceeded for this model*",
         {reason::overload},
         {429, 503}},
    rule{place::code, "1300", {reason::rate_limit}, {}},
    rule{place::message, "Requests rate limit exceeded*", {reason::rate_limit}, {429}},
    rule{place::message, "Unauthorized", {reason::credential}, {401}},
    rule{place::code, "1913", {reason::permission}, {}},
};

} // namespace

std::span<const rule> mistral_rules() noexcept {
  return rules;
}

} // namespace keywheel::dialect::signals
