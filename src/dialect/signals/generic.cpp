#include "dialect/signals/rule.hpp"

namespace keywheel::dialect::signals {

namespace {

/// Under these a caller's mistake is named; elsewhere "invalid_request_error" goes with refused
/// keys (OpenAI 401) and empty accounts (DeepSeek 402) too.
constexpr statuses client{400, 404, 405, 409, 413, 415, 422};
constexpr statuses server{500, 502, 503, 504, 529};

constexpr outcome billing{reason::billing};
constexpr outcome credential{reason::credential};
constexpr outcome permission{reason::permission};
constexpr outcome overload{reason::overload};
constexpr outcome rate{reason::rate_limit};
constexpr outcome mistake{reason::bad_request};
constexpr outcome failed{reason::server_error};

/// PROVIDERS §11.3. Of an error's several words the most telling counts, so what says most comes
/// first.
constexpr std::array rules{
    rule{place::word, "insufficient_quota", billing, {}},
    rule{place::word, "credit_balance_exhausted", billing, {}},
    rule{place::word, "*_spend_limit_exceeded", billing, {}},
    rule{place::word, "billing_not_active", billing, {}},
    rule{place::word, "billing_error", billing, {}},
    rule{place::word, "Arrearage", billing, {}},
    rule{place::word, "exceeded_current_quota_error", billing, {}},

    rule{place::word, "account_deactivated", {reason::credential, scope::quota_group}, {}},
    rule{place::word, "invalid_api_key", credential, {}},
    rule{place::word, "authentication_error", credential, {}},
    rule{place::word, "API_KEY_INVALID", credential, {}},
    rule{place::word, "incorrect_api_key_error", credential, {}},
    rule{place::word, "invalid_authentication_error", credential, {}},
    rule{place::word, "UNAUTHENTICATED", credential, {}},

    rule{place::word, "overloaded_error", overload, {}},
    rule{place::word, "server_is_overloaded", overload, {}},
    rule{place::word, "engine_overloaded_error", overload, {}},
    rule{place::word, "service_unavailable_error", overload, {}},
    rule{place::word, "slow_down", overload, {}},
    rule{place::word, "UNAVAILABLE", overload, {}},
    rule{place::word, "capacity_exceeded", overload, {}},
    rule{place::code, "3505", overload, {}},

    rule{place::word, "rate_limit_exceeded", rate, {}},
    rule{place::word, "rate_limit_error", rate, {}},
    rule{place::word, "rate_limited", rate, {}},
    rule{place::word, "RESOURCE_EXHAUSTED", rate, {}},
    rule{place::word, "rate_limit_reached_error", rate, {}},
    rule{place::word, "Throttling*", rate, {}},
    rule{place::code, "limit_*", rate, {429}},

    rule{place::word, "context_length_exceeded", mistake, {}},
    rule{place::word, "content_filter", mistake, {}},
    rule{place::word, "model_not_found", permission, {}},
    rule{place::word, "permission_error", permission, {}},
    rule{place::word, "permission_denied_error", permission, {}},
    rule{place::message, "The model `*` does not exist*", permission, {404}},
    rule{place::message, "The model '*' does not exist*", permission, {404}},

    rule{place::word, "invalid_request_error", mistake, client},
    rule{place::word, "unprocessable_entity", mistake, client},
    rule{place::word, "request_too_large", mistake, client},
    rule{place::word, "conflict_error", mistake, client},
    rule{place::word, "not_found_error", mistake, client},
    rule{place::word, "INVALID_ARGUMENT", mistake, client},
    rule{place::word, "BadRequestError", mistake, client},
    rule{place::word, "invalid_prompt", mistake, {}},

    rule{place::word, "server_error", failed, {}},
    rule{place::word, "api_error", failed, server},
    rule{place::word, "timeout_error", failed, server},
    rule{place::word, "INTERNAL", failed, {}},
    rule{place::word, "DEADLINE_EXCEEDED", failed, {}},
    rule{place::word, "InternalServerError", failed, server},
};

} // namespace

std::span<const rule> generic_rules() noexcept {
  return rules;
}

} // namespace keywheel::dialect::signals
