#include "dialect/signals/rule.hpp"

namespace keywheel::dialect::signals {

namespace {

/// PROVIDERS §4.11.
constexpr std::array rules{

    rule{place::message, "no api key supplied*", {reason::credential}, {401}},
    rule{place::message, "invalid api token*", {reason::credential}, {401}},
    rule{place::message, "Your API key has expired*", {reason::credential}, {401}},
    rule{place::message,
         "Please add or update your payment method to continue*",
         {reason::billing},
         {402}},
    rule{place::message,
         "Maximum billing reached for this API key*",
         {reason::billing, scope::key, rest_rule::next_month},
         {402}},
    rule{place::message, "You are past the per minute request limit*", {reason::rate_limit}, {429}},
    rule{place::message,
         "You are using a Trial key, which is limited to * API calls / month*",
         {reason::quota, {}, rest_rule::next_month},
         {429}},
    rule{place::message,
         "You are using a Trial key, which is limited to * API calls / minute*",
         {reason::rate_limit},
         {429}},
};

} // namespace

std::span<const rule> cohere_rules() noexcept {
  return rules;
}

} // namespace keywheel::dialect::signals
