#include "dialect/signals/rule.hpp"

namespace keywheel::dialect::signals {

namespace {

/// A quota that is back within the hour is no bill: the deployment is saturated.
bool is_back_soon(const evidence& what) {
  return what.by_header && what.by_header->rest <= std::chrono::hours{1};
}

/// What a resource of Azure is blocked for at least (§4.2).
constexpr std::chrono::minutes blocked_for{10};

/// PROVIDERS §4.2.
constexpr std::array rules{
    rule{place::word, "insufficient_quota", {reason::rate_limit}, {429}, is_back_soon},
    rule{place::message,
         "Requests to the * have exceeded * rate limit*",
         {reason::rate_limit},
         {429}},
    rule{place::message,
         "The system is currently experiencing high demand*",
         {reason::overload},
         {429, 503}},
    rule{place::message,
         "*temporarily unable to process your request*",
         {reason::overload},
         {429, 503}},
    rule{place::message,
         "Access denied due to invalid subscription key*",
         {reason::credential},
         {401}},
    rule{place::message, "Access denied due to Virtual Network*", {reason::blocked}, {403}},
    rule{place::message, "Public access is disabled*", {reason::blocked}, {403}},
    rule{place::message,
         "*resource has been temporarily blocked*",
         {reason::permission, scope::quota_group, rest_rule::stated, blocked_for},
         {403}},
    rule{place::code, "DeploymentNotFound", {reason::permission}, {}},
};

} // namespace

std::span<const rule> azure_rules() noexcept {
  return rules;
}

} // namespace keywheel::dialect::signals
