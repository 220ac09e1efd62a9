#include "tests/dialect/answers.hpp"

using namespace keywheel::dialect;
using namespace keywheel::dialect::test;
using namespace std::chrono_literals;

namespace {

constexpr auto none = std::nullopt;

} // namespace

// PROVIDERS §4.3. arrival is 2025-08-21, 12:40 UTC.
TEST_CASE("Anthropic's answers") {
  const auto error = [](std::string type, std::string message) {
    return R"({"type":"error","error":{"type":")" + type + R"(","message":")" + message
           + R"("},"request_id":"req_1"})";
  };
  const auto to_september = std::chrono::hours{24 * 10 + 11} + 20min;
  check(
      signal_table::anthropic,
      {
          {400,
           error("invalid_request_error", "prompt is too long: 205351 tokens > 200000 maximum"),
           {},
           reason::bad_request,
           scope::key_model,
           none,
           "body"},
          {400,
           error("invalid_request_error",
                 "Your credit balance is too low to access the Anthropic API. Please go to Plans & "
                 "Billing to upgrade or purchase credits."),
           {{"x-should-retry", "false"}},
           reason::billing,
           scope::quota_group,
           none,
           "body"},
          {400,
           error("invalid_request_error",
                 "You have reached your specified API usage limits. You will regain access on "
                 "2025-09-01 at 00:00 UTC."),
           {},
           reason::quota,
           scope::quota_group,
           to_september,
           "body"},
          {400,
           error(
               "invalid_request_error",
               "You have reached your specified workspace API usage limits. You will regain access "
               "on 2025-09-01."),
           {},
           reason::quota,
           scope::quota_group,
           to_september,
           "body"},
          {400,
           error("invalid_request_error", "This organization has been disabled."),
           {},
           reason::credential,
           scope::quota_group,
           none,
           "body"},
          {403,
           error("permission_error", "This organization has been disabled."),
           {},
           reason::credential,
           scope::quota_group,
           none,
           "body"},
          {401,
           error("authentication_error", "invalid x-api-key"),
           {},
           reason::credential,
           scope::key,
           none,
           "body"},
          {402, error("billing_error", "x"), {}, reason::billing, scope::quota_group, none, "body"},
          {403,
           error("permission_error", "x"),
           {},
           reason::permission,
           scope::key_model,
           none,
           "body"},
          {403,
           error("permission_error",
                 "OAuth authentication is currently not allowed for this organization."),
           {},
           reason::credential,
           scope::key,
           none,
           "body"},
          {404,
           error("not_found_error", "model: claude-x"),
           {},
           reason::permission,
           scope::key_model,
           none,
           "body"},
          {404,
           error("not_found_error", "Not found"),
           {},
           reason::bad_request,
           scope::key_model,
           none,
           "body"},
          {409,
           error("conflict_error", "x"),
           {},
           reason::bad_request,
           scope::key_model,
           none,
           "body"},
          {413,
           error("request_too_large", "x"),
           {},
           reason::bad_request,
           scope::key_model,
           none,
           "body"},
          {413,
           "<html>413</html>",
           {},
           reason::bad_request,
           scope::key_model,
           none,
           "status",
           false},
          {429,
           error("rate_limit_error",
                 "This request would exceed your organization's rate limit of 50,000 input tokens "
                 "per minute (org: 1c2d-ab, model: claude-x)."),
           {{"retry-after", "21"}},
           reason::rate_limit,
           scope::key_model,
           21s,
           "retry-after"},
          {429,
           error("rate_limit_error", "x"),
           {{"anthropic-ratelimit-requests-limit", "50"},
            {"anthropic-ratelimit-requests-remaining", "49"},
            {"anthropic-ratelimit-requests-reset", "2025-08-21T13:40:59Z"},
            {"anthropic-ratelimit-input-tokens-limit", "50000"},
            {"anthropic-ratelimit-input-tokens-remaining", "0"},
            {"anthropic-ratelimit-input-tokens-reset", "2025-08-21T12:40:59Z"}},
           reason::rate_limit,
           scope::key_model,
           59s,
           "anthropic-ratelimit-input-tokens-reset"},
          {429,
           R"({"type":"error","error":{"type":"rate_limit_error","message":"You have reached your API usage limits: x. You will regain access on 2025-09-01 at 00:00 UTC.","details":{"error_code":"enforced_spend_limit_reached"}}})",
           {},
           reason::quota,
           scope::quota_group,
           to_september,
           "body"},
          {429,
           R"({"type":"error","error":{"type":"rate_limit_error","message":"x","details":{"error_code":"enforced_spend_limit_reached"}}})",
           {},
           reason::quota,
           scope::quota_group,
           none,
           "body"},
          {429,
           error("rate_limit_error", "Your usage rose sharply (acceleration limit)"),
           {},
           reason::rate_limit,
           scope::key_model,
           none,
           "body"},
          {500, error("api_error", "x"), {}, reason::server_error, scope::key_model, none, "body"},
          {504,
           error("timeout_error", "x"),
           {},
           reason::server_error,
           scope::key_model,
           none,
           "body"},
          {529,
           error("overloaded_error", "Overloaded"),
           {},
           reason::overload,
           scope::provider_model,
           none,
           "body"},
          {200,
           R"({"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}})",
           {},
           reason::overload,
           scope::provider_model,
           none,
           "body"},
          {200,
           "event: error\r\ndata: {\"type\": \"error\", \"error\": {\"type\": "
           "\"rate_limit_error\", \"message\": \"x\"}}\r\n\r\n",
           {},
           reason::rate_limit,
           scope::key_model,
           none,
           "body"},
      });
}

TEST_CASE("Anthropic's answers name the organisation and whether to retry") {
  verdict result = judge(signal_table::anthropic,
                         answer(200, "", {{"anthropic-organization-id", "1c2d"}}), arrival);
  CHECK(result.why == reason::none);
  CHECK(result.source.empty());
  CHECK(result.organization == "1c2d");

  const std::string message =
      "This request would exceed your organization's rate limit of 5 tokens "
      "(org: 1c2d-ab, model: x)";
  result =
      judge(signal_table::anthropic,
            answer(429, R"({"error":{"type":"rate_limit_error","message":")" + message + "\"}}",
                   {{"X-Should-Retry", "False"}}),
            arrival);
  CHECK(result.organization == "1c2d-ab");
  CHECK(result.should_retry == false);
  CHECK(judge(signal_table::anthropic, answer(409, "", {{"x-should-retry", "true"}}), arrival)
            .should_retry
        == true);
  CHECK_FALSE(judge(signal_table::anthropic, answer(409, "", {{"x-should-retry", "1"}}), arrival)
                  .should_retry.has_value());
}
