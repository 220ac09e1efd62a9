#include "dialect/signals/rule.hpp"

namespace keywheel::dialect::signals {

namespace {

/// PROVIDERS §4.6. What Groq sends inside a stream may be a bare string, so sentences count there
/// too.
constexpr std::array rules{

    rule{place::message, "Rate limit reached for model * per day (*", {reason::quota}, {429}},
    rule{place::message, "Rate limit reached for model *", {reason::rate_limit}, {429}},
    rule{place::message,
         "Organization has been restricted*",
         {reason::credential, scope::quota_group},
         {400, 403}},
    rule{place::text, "error code: 10*", {reason::blocked}, {403}},
    rule{place::code, "model_decommissioned", {reason::bad_request}, {}},
    rule{place::code, "json_validate_failed", {reason::bad_request}, {}},
    rule{place::code, "tool_use_failed", {reason::bad_request}, {}},
};

} // namespace

std::span<const rule> groq_rules() noexcept {
  return rules;
}

} // namespace keywheel::dialect::signals
