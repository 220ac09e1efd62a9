#include "tests/dialect/answers.hpp"

using namespace keywheel::dialect;
using namespace keywheel::dialect::test;
using namespace std::chrono_literals;

namespace {

constexpr auto none = std::nullopt;

const std::string reached =
    "Rate limit reached for model `llama-3.1-8b-instant` in organization `org_x` service tier "
    "`on_demand` on ";

std::string error(const std::string& message, const std::string& code) {
  return R"({"error":{"message":")" + message + R"(","type":"tokens","code":")" + code + R"("}})";
}

} // namespace

// PROVIDERS §4.6.
TEST_CASE("Groq's answers") {
  check(
      signal_table::groq,
      {
          {429,
           error(
               reached
                   + "tokens per minute (TPM): Limit 15000, Used 11972, Requested 4351. Please try "
                     "again in 5.289s. Need more tokens?",
               "rate_limit_exceeded"),
           {},
           reason::rate_limit,
           scope::key_model,
           5289ms,
           "body"},
          {429,
           error(
               reached
                   + "tokens per day (TPD): Limit 500000, Used 499000, Requested 4351. Please try "
                     "again in 2h31m16.752s.",
               "rate_limit_exceeded"),
           {},
           reason::quota,
           scope::key_model,
           9'076'752ms,
           "body"},
          {413,
           error("Request too large for model `x` in organization `org_x` service tier `on_demand` "
                 "on "
                 "tokens per minute (TPM): Limit 8000, Requested 11088, please reduce your message "
                 "size and try again.",
                 "rate_limit_exceeded"),
           {{"retry-after", "65"}, {"x-should-retry", "false"}},
           reason::too_large,
           scope::key_model,
           none,
           "body"},
          {429,
           error("x", "rate_limit_exceeded"),
           {{"retry-after", "2"},
            {"x-ratelimit-remaining-tokens", "0"},
            {"x-ratelimit-reset-tokens", "7.66s"}},
           reason::rate_limit,
           scope::key_model,
           2s,
           "retry-after"},
          {429,
           error("x", "rate_limit_exceeded"),
           {{"x-ratelimit-limit-requests", "14400"},
            {"x-ratelimit-remaining-requests", "0"},
            {"x-ratelimit-reset-requests", "2m59.56s"}},
           reason::rate_limit,
           scope::key_model,
           179'560ms,
           "x-ratelimit-reset-requests"},
          {401,
           R"({"error":{"message":"Invalid API Key","type":"invalid_request_error","code":"invalid_api_key"}})",
           {},
           reason::credential,
           scope::key,
           none,
           "body"},
          {400,
           R"({"error":{"message":"Organization has been restricted. Please reach out to support if you believe this was in error.","type":"invalid_request_error","code":"organization_restricted"}})",
           {},
           reason::credential,
           scope::quota_group,
           none,
           "body"},
          {403,
           R"({"error":{"message":"Organization has been restricted. Please reach out"}})",
           {},
           reason::credential,
           scope::quota_group,
           none,
           "body"},
          {403, "error code: 1010", {}, reason::blocked, scope::key, none, "body"},
          {404,
           R"({"error":{"message":"x","code":"model_not_found"}})",
           {},
           reason::permission,
           scope::key_model,
           none,
           "body"},
          {400,
           error("x", "model_decommissioned"),
           {},
           reason::bad_request,
           scope::key_model,
           none,
           "body"},
          {400,
           error("x", "json_validate_failed"),
           {},
           reason::bad_request,
           scope::key_model,
           none,
           "body"},
          {400,
           error("x", "tool_use_failed"),
           {},
           reason::bad_request,
           scope::key_model,
           none,
           "body"},
          {498,
           error("x", "capacity_exceeded"),
           {},
           reason::overload,
           scope::provider_model,
           none,
           "body"},
          {498, "", {}, reason::overload, scope::provider_model, none, "status", false},
          {422, "", {}, reason::bad_request, scope::key_model, none, "status", false},
          {424, "", {}, reason::bad_request, scope::key_model, none, "status", false},
          {499, "", {}, reason::bad_request, scope::key_model, none, "status", false},
          {500, "", {}, reason::server_error, scope::key_model, none, "status", false},
          {200,
           R"({"error":")" + reached + R"(tokens per minute (TPM). Please try again in 1s."})",
           {},
           reason::rate_limit,
           scope::key_model,
           1s,
           "body"},
          {200,
           R"({"error":{"error":{"message":"x","code":"rate_limit_exceeded"}}})",
           {},
           reason::rate_limit,
           scope::key_model,
           none,
           "body"},
      });
}

TEST_CASE("Groq's answers name the organisation") {
  const auto result = judge(signal_table::groq,
                            answer(429, error(reached + "tokens", "rate_limit_exceeded")), arrival);
  CHECK(result.organization == "org_x");
}
