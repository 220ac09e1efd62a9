#include "dialect/signals/rule.hpp"

namespace keywheel::dialect::signals {

namespace {

bool is_moderated(const evidence& what) {
  return what.body.moderated;
}

/// Whether a provider behind OpenRouter refused: another key of OpenRouter leads to the same one.
bool is_from_behind(const evidence& what) {
  return what.body.other_provider;
}

/// PROVIDERS §4.9.
constexpr std::array rules{

    rule{place::limit_source, "openrouter_in_flight_budget", {reason::rate_limit}, {}},
    rule{place::word, "weight_exceeds_budget", {reason::too_large}, {}},
    rule{place::message,
         "This request requires more credits, or fewer max_tokens*",
         {reason::too_large},
         {402}},
    rule{place::limit_source, "openrouter_key_limit", {reason::billing, scope::key}, {402}},
    rule{place::limit_source, "openrouter_credits", {reason::billing}, {}},
    rule{place::limit_source, "*workspace_budget", {reason::quota}, {403}},
    rule{place::limit_source, "*guardrail_budget", {reason::quota, scope::key}, {403}},
    rule{place::limit_source, "*key_limit", {reason::quota, scope::key}, {403}},
    rule{place::message, "*", {reason::bad_request}, {403}, is_moderated},
    rule{place::message,
         "Rate limit exceeded: free-models-per-day*",
         {reason::quota, {}, rest_rule::utc_midnight},
         {429}},
    rule{place::message, "*", {reason::overload}, {429}, is_from_behind},
    rule{place::message, "Provider returned error*", {reason::overload}, {429}},
    rule{place::message, "Rate limit exceeded: *", {reason::rate_limit}, {429}},
    rule{place::word, "authentication", {reason::credential}, {}},
    rule{place::message, "No auth credentials found*", {reason::credential}, {401}},
    rule{place::message, "User not found*", {reason::credential}, {401}},
    rule{place::availability, "model_not_found", {reason::bad_request}, {400, 404}},
};

} // namespace

std::span<const rule> openrouter_rules() noexcept {
  return rules;
}

} // namespace keywheel::dialect::signals
