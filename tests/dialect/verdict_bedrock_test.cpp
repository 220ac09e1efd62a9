#include "tests/dialect/answers.hpp"

using namespace keywheel::dialect;
using namespace keywheel::dialect::test;
using namespace std::chrono_literals;

namespace {

constexpr auto none = std::nullopt;

} // namespace

// PROVIDERS §4.15.
TEST_CASE("Bedrock's answers") {
  const auto row = [](unsigned status, const std::string& type, const std::string& message,
                      reason why, scope where) {
    return fixture{status,
                   R"({"message":")" + message + R"("})",
                   {{"x-amzn-ErrorType", type + ":http://internal.amazon.com/coral/x/"}},
                   why,
                   where,
                   none,
                   "x-amzn-errortype"};
  };
  check(signal_table::bedrock,
        {
            row(429, "ThrottlingException", "Too many requests, please wait before trying again.",
                reason::rate_limit, scope::key_model),
            row(429, "ThrottlingException", "Too many tokens, please wait before trying again.",
                reason::rate_limit, scope::key_model),
            row(429, "ModelNotReadyException", "x", reason::overload, scope::provider_model),
            row(400, "ValidationException", "Too many requests", reason::bad_request, scope::key),
            row(400, "ServiceQuotaExceededException", "x", reason::rate_limit, scope::key_model),
            row(403, "AccessDeniedException", "x", reason::permission, scope::key_model),
            row(403, "InvalidClientTokenId", "x", reason::credential, scope::key),
            row(403, "UnrecognizedClientException", "x", reason::credential, scope::key),
            row(403, "ExpiredTokenException", "x", reason::credential, scope::key),
            row(404, "ResourceNotFoundException", "x", reason::permission, scope::key_model),
            row(408, "ModelTimeoutException", "x", reason::server_error, scope::key_model),
            row(424, "ModelErrorException", "x", reason::bad_request, scope::key),
            row(500, "InternalServerException", "x", reason::server_error, scope::key_model),
            row(503, "ServiceUnavailableException", "x", reason::overload, scope::provider_model),
            {429,
             R"({"message":"Too many tokens per day, please wait before trying again."})",
             {{"x-amzn-errortype", "ThrottlingException"}},
             reason::quota,
             scope::key_model,
             none,
             "body"},
            {429,
             R"({"__type":"com.amazon.coral.service#ThrottlingException","message":"x"})",
             {},
             reason::rate_limit,
             scope::key_model,
             none,
             "body"},
            {403,
             R"({"Message":"x"})",
             {},
             reason::permission,
             scope::key_model,
             none,
             "status",
             false},
        });
}
