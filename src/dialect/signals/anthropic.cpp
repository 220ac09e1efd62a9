#include "dialect/signals/rule.hpp"

namespace keywheel::dialect::signals {

namespace {

constexpr outcome spent{reason::quota, scope::quota_group};

/// PROVIDERS §4.3. Anthropic says several things with a status of 400 and the type of a caller's
/// mistake; only the sentence's beginning tells them apart.
constexpr std::array rules{
    rule{
        place::message, "Your credit balance is too low*", {reason::billing}, {400, 402, 403, 429}},
    rule{place::message,
         "You have reached your specified API usage limits*",
         spent,
         {400, 403, 429}},
    rule{place::message,
         "You have reached your specified workspace API usage limits*",
         spent,
         {400, 403, 429}},
    rule{place::detail_code, "enforced_spend_limit_reached", spent, {}},
    rule{place::message, "You have reached your API usage limits*", spent, {429}},
    rule{place::message,
         "This organization has been disabled*",
         {reason::credential, scope::quota_group},
         {400, 401, 403}},
    rule{place::message,
         "OAuth authentication is currently not allowed for this organization*",
         {reason::credential},
         {401, 403}},
    rule{place::message, "model: *", {reason::permission}, {404}},
};

} // namespace

std::span<const rule> anthropic_rules() noexcept {
  return rules;
}

} // namespace keywheel::dialect::signals
