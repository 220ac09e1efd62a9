#include "tests/dialect/answers.hpp"

using namespace keywheel::dialect;
using namespace keywheel::dialect::test;
using namespace std::chrono_literals;

namespace {

constexpr auto none = std::nullopt;

} // namespace

// PROVIDERS §4.11. arrival is 21 August, 12:40 UTC.
TEST_CASE("Cohere's answers") {
  const auto message = [](const std::string& text) {
    return R"({"id":"1","message":")" + text + R"("})";
  };
  const auto to_september = std::chrono::hours{24 * 10 + 11} + 20min;
  check(signal_table::cohere,
        {
            {401, message("no api key supplied"), {}, reason::credential, scope::key, none, "body"},
            {401, message("invalid api token"), {}, reason::credential, scope::key, none, "body"},
            {401,
             message("Your API key has expired. Please create a production key"),
             {},
             reason::credential,
             scope::key,
             none,
             "body"},
            {402,
             message("Please add or update your payment method to continue"),
             {},
             reason::billing,
             scope::quota_group,
             none,
             "body"},
            {402,
             message("Maximum billing reached for this API key as set in your dashboard, please go "
                     "to https://x. Your key will reset at the beginning of next month"),
             {},
             reason::billing,
             scope::key,
             to_september,
             "body"},
            {429,
             message("You are past the per minute request limit, please wait and try again later."),
             {},
             reason::rate_limit,
             scope::key,
             none,
             "body"},
            {429,
             message("You are using a Trial key, which is limited to 40 API calls / minute. You"),
             {{"x-trial-endpoint-call-limit", "40"},
              {"x-trial-endpoint-call-remaining", "0"},
              {"X-RateLimit-Reset", "1755780020"}},
             reason::rate_limit,
             scope::key,
             20s,
             "x-ratelimit-reset"},
            {429,
             message("You are using a Trial key, which is limited to 1000 API calls / month. You"),
             {},
             reason::quota,
             scope::key,
             to_september,
             "body"},
            {429, "", {}, reason::rate_limit, scope::key, none, "status", false},
            {400,
             message("too many tokens"),
             {},
             reason::bad_request,
             scope::key,
             none,
             "status",
             false},
            {422, "", {}, reason::bad_request, scope::key, none, "status", false},
            {498,
             message("blocked input"),
             {},
             reason::bad_request,
             scope::key,
             none,
             "status",
             false},
            {499, "", {}, reason::server_error, scope::key_model, none, "status", false},
            {500, "", {}, reason::server_error, scope::key_model, none, "status", false},
            {503, "", {}, reason::overload, scope::provider_model, none, "status", false},
        });
}
