#include "dialect/signals/rule.hpp"

namespace keywheel::dialect::signals {

namespace {

constexpr outcome free_tier{reason::billing, scope::key_model};
/// The rate rose too fast; it may rise more slowly at once.
constexpr outcome burst{reason::rate_limit, {}, rest_rule::stated, std::chrono::seconds{5}};

/// PROVIDERS §4.14. "insufficient_quota" is a rate here, not a bill.
constexpr std::array rules{

    rule{place::message, "Free allocated quota exceeded*", free_tier, {403, 429}},
    rule{place::code, "AllocationQuota.FreeTierOnly", free_tier, {}},
    rule{place::code, "Throttling.BurstRate", burst, {}},
    rule{place::code, "limit_burst_rate", burst, {}},
    rule{place::code,
         "Throttling.Concurrency",
         {reason::rate_limit, {}, rest_rule::stated, std::chrono::seconds{1}},
         {}},
    rule{place::word, "insufficient_quota", {reason::rate_limit}, {}},
    rule{place::code, "PrepaidBillOverdue", {reason::billing}, {}},
    rule{place::code, "PostpaidBillOverdue", {reason::billing}, {}},
    rule{place::code, "CommodityNotPurchased", {reason::billing}, {}},
    rule{place::code, "InvalidApiKey", {reason::credential}, {}},
    rule{place::code, "AccessDenied", {reason::permission}, {}},
    rule{place::code, "Model.AccessDenied", {reason::permission}, {}},
    rule{place::code, "Workspace.AccessDenied", {reason::permission}, {}},
    rule{place::code, "ModelNotFound", {reason::permission}, {}},
    rule{place::code, "DataInspectionFailed", {reason::bad_request}, {}},
    rule{place::code, "data_inspection_failed", {reason::bad_request}, {}},
    rule{place::code, "InvalidParameter*", {reason::bad_request}, {}},
    rule{place::code, "InternalError*", {reason::server_error}, {}},
};

} // namespace

std::span<const rule> dashscope_rules() noexcept {
  return rules;
}

} // namespace keywheel::dialect::signals
