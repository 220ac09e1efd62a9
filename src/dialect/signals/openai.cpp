#include "dialect/signals/rule.hpp"

namespace keywheel::dialect::signals {

namespace {

constexpr outcome mistake{reason::bad_request};

/// PROVIDERS §4.1; the codes of Responses' failed answers are those of §7.
constexpr std::array rules{
    rule{place::code, "slow_down", {reason::rate_limit, scope::quota_group}, {429}},
    rule{place::code, "project_spend_limit_exceeded", {reason::billing, scope::key}, {}},
    rule{place::code, "organization_usage_limit_exceeded", {reason::billing}, {}},
    rule{place::code, "billing_hard_limit_reached", {reason::billing}, {}},
    rule{place::message,
         "You must be a member of an organization*",
         {reason::credential, scope::quota_group},
         {401}},
    rule{place::code, "ip_not_authorized", {reason::blocked}, {}},
    rule{place::message, "Your IP or CIDR is not allowed*", {reason::blocked}, {401, 403}},
    rule{place::code, "unsupported_country_region_territory", {reason::blocked}, {}},
    rule{place::message,
         "Project `*` does not have access to model `*",
         {reason::permission},
         {403, 404}},
    rule{place::message,
         "The engine is currently overloaded, please try again later*",
         {reason::overload},
         {429, 500, 503}},
    rule{place::code, "invalid_*image*", mistake, {}},
    rule{place::code, "image_*", mistake, {}},
    rule{place::code, "*_image_file", mistake, {}},
    rule{place::code, "unsupported_image_media_type", mistake, {}},
    rule{place::code, "content_policy_violation", mistake, {}},
    rule{place::code, "vector_store_timeout", {reason::server_error}, {}},
};

} // namespace

std::span<const rule> openai_rules() noexcept {
  return rules;
}

} // namespace keywheel::dialect::signals
