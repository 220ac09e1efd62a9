#include "tests/dialect/answers.hpp"

using namespace keywheel::dialect;
using namespace keywheel::dialect::test;
using namespace std::chrono_literals;

namespace {

constexpr auto none = std::nullopt;

} // namespace

// PROVIDERS §4.5.
TEST_CASE("Mistral's answers") {
  check(
      signal_table::mistral,
      {
          {429,
           R"({"object":"error","message":"Rate limit exceeded","type":"rate_limited","param":null,"code":"1300","raw_status_code":429})",
           {{"x-ratelimit-limit-req-minute", "60"}},
           reason::rate_limit,
           scope::key_model,
           none,
           "body"},
          {429,
           R"({"message":"Requests rate limit exceeded"})",
           {{"x-ratelimitbysize-limit-minute", "500000"},
            {"x-ratelimitbysize-remaining-minute", "0"},
            {"ratelimitbysize-reset", "13"}},
           reason::rate_limit,
           scope::key_model,
           13s,
           "ratelimitbysize-reset"},
          {429,
           R"({"object":"error","message":"Service tier capacity exceeded for this model.","type":"invalid_request_error","param":null,"code":"3505"})",
           {},
           reason::overload,
           scope::provider_model,
           none,
           "body"},
          {503,
           R"({"message":"Service tier capacity exceeded for this model."})",
           {},
           reason::overload,
           scope::provider_model,
           none,
           "body"},
          {429,
           R"({"message":"Rate limit exceeded","type":"rate_limited","code":"1300"})",
           {{"x-ratelimit-limit-req-minute", "0"}, {"x-ratelimit-remaining-req-minute", "0"}},
           reason::permission,
           scope::key_model,
           none,
           "body"},
          {401, R"({"detail":"Unauthorized"})", {}, reason::credential, scope::key, none, "body"},
          {401,
           R"({"message":"Unauthorized","request_id":"1"})",
           {},
           reason::credential,
           scope::key,
           none,
           "body"},
          {402, "", {}, reason::billing, scope::quota_group, none, "status", false},
          {403,
           R"({"object":"error","message":"Not enabled","type":"x","code":"1913"})",
           {},
           reason::permission,
           scope::key_model,
           none,
           "body"},
          {400,
           R"({"object":"error","message":{"detail":[{"type":"missing","loc":["body"],"msg":"Field required"}]},"type":"invalid_request_error","code":null})",
           {},
           reason::bad_request,
           scope::key_model,
           none,
           "body"},
          {422,
           R"({"detail":[{"type":"extra_forbidden","loc":["body","x"],"msg":"x"}]})",
           {},
           reason::bad_request,
           scope::key_model,
           none,
           "status",
           false},
          {500, "", {}, reason::server_error, scope::key_model, none, "status", false},
          {503, "upstream", {}, reason::overload, scope::provider_model, none, "status", false},
      });
}
