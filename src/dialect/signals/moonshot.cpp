#include "dialect/signals/rule.hpp"

namespace keywheel::dialect::signals {

namespace {

/// The benefits are looked up again soon; who has none hears so by other words.
constexpr std::chrono::minutes membership_rest{1};

/// PROVIDERS §4.12.
constexpr std::array rules{

    rule{
        place::message, "Your account * insufficient balance*", {reason::billing}, {402, 403, 429}},
    rule{place::message,
         "You've reached your usage limit for this billing cycle*",
         {reason::quota},
         {403, 429}},
    rule{place::message, "Access terminated*", {reason::credential}, {403}},
    rule{place::message, "*only available for Coding Agents*", {reason::bad_request}, {403}},
    rule{place::message,
         "*unable to verify your membership benefits*",
         {reason::billing, {}, rest_rule::stated, membership_rest},
         {402}},
    rule{place::message, "Your account * organization TPD rate limit*", {reason::quota}, {429}},
    rule{place::message, "organization TPD rate limit*", {reason::quota}, {429}},
    rule{place::message, "Your account * request reached *", {reason::rate_limit}, {429}},
    rule{place::word, "resource_not_found_error", {reason::permission}, {404}},
    rule{place::word, "unexpected_output", {reason::server_error}, {}},
};

} // namespace

std::span<const rule> moonshot_rules() noexcept {
  return rules;
}

} // namespace keywheel::dialect::signals
