#include "tests/dialect/answers.hpp"

using namespace keywheel::dialect;
using namespace keywheel::dialect::test;
using namespace std::chrono_literals;

namespace {

constexpr auto none = std::nullopt;

} // namespace

// PROVIDERS §4.8.
TEST_CASE("Together's answers") {
  check(
      signal_table::together,
      {
          {429,
           R"({"error":{"message":"x","type":"x","error_type":"dynamic_request_limited"}})",
           {{"x-ratelimit-limit", "10"},
            {"x-ratelimit-remaining", "0"},
            {"x-ratelimit-reset", "1"}},
           reason::rate_limit,
           scope::key_model,
           1s,
           "x-ratelimit-reset"},
          {429,
           R"({"error_type":"dynamic_token_limited","error":{"message":"x"}})",
           {},
           reason::rate_limit,
           scope::key_model,
           none,
           "body"},
          {503, "", {}, reason::overload, scope::provider_model, none, "status", false},
          {402, "", {}, reason::billing, scope::quota_group, none, "status", false},
          {403,
           R"({"error":{"message":"Input validation error: tokens + max_tokens must be <= 8193"}})",
           {},
           reason::bad_request,
           scope::key_model,
           none,
           "status",
           false},
          {400, "", {}, reason::bad_request, scope::key_model, none, "status", false},
          {401, "", {}, reason::credential, scope::key, none, "status", false},
          {404, "", {}, reason::bad_request, scope::key_model, none, "status", false},
          {500, "", {}, reason::server_error, scope::key_model, none, "status", false},
      });
}
