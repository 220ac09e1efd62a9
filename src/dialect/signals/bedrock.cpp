#include "dialect/signals/rule.hpp"

namespace keywheel::dialect::signals {

namespace {

/// PROVIDERS §4.15.
constexpr std::array rules{

    rule{place::message,
         "Too many tokens per day, please wait before trying again*",
         {reason::quota},
         {429}},
    rule{place::word, "ThrottlingException", {reason::rate_limit}, {}},
    rule{place::word, "ServiceQuotaExceededException", {reason::rate_limit}, {}},
    rule{place::word, "ModelNotReadyException", {reason::overload}, {}},
    rule{place::word, "ServiceUnavailableException", {reason::overload}, {}},
    rule{place::word, "ValidationException", {reason::bad_request}, {}},
    rule{place::word, "AccessDeniedException", {reason::permission}, {}},
    rule{place::word, "InvalidClientTokenId", {reason::credential}, {}},
    rule{place::word, "UnrecognizedClientException", {reason::credential}, {}},
    rule{place::word, "ExpiredTokenException", {reason::credential}, {}},
    rule{place::word, "ResourceNotFoundException", {reason::permission}, {}},
    rule{place::word, "ModelTimeoutException", {reason::server_error}, {}},
    rule{place::word, "ModelErrorException", {reason::bad_request}, {}},
    rule{place::word, "ModelStreamErrorException", {reason::server_error}, {}},
    rule{place::word, "InternalServerException", {reason::server_error}, {}},
};

} // namespace

std::span<const rule> bedrock_rules() noexcept {
  return rules;
}

} // namespace keywheel::dialect::signals
