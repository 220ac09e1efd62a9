#include "tests/dialect/answers.hpp"

using namespace keywheel::dialect;
using namespace keywheel::dialect::test;
using namespace std::chrono_literals;

namespace {

constexpr auto none = std::nullopt;

} // namespace

// PROVIDERS §4.7.
TEST_CASE("DeepSeek's answers") {
  check(
      signal_table::deepseek,
      {
          {401,
           R"({"error":{"message":"Authentication Fails, Your api key: ****0000 is invalid","type":"authentication_error","param":null,"code":"invalid_request_error"}})",
           {},
           reason::credential,
           scope::key,
           none,
           "body"},
          {402,
           R"({"error":{"message":"Insufficient Balance","type":"unknown_error","param":null,"code":"invalid_request_error"}})",
           {},
           reason::billing,
           scope::quota_group,
           none,
           "body"},
          {429,
           R"({"error":{"message":"x"}})",
           {},
           reason::rate_limit,
           scope::key_model,
           2s,
           "table",
           false},
          {429,
           R"({"error":{"message":"x"}})",
           {{"retry-after", "1"}},
           reason::rate_limit,
           scope::key_model,
           1s,
           "retry-after",
           false},
          {400,
           R"({"error":{"message":"Invalid Format","type":"invalid_request_error"}})",
           {},
           reason::bad_request,
           scope::key_model,
           none,
           "body"},
          {422,
           R"({"error":{"message":"Invalid Parameters"}})",
           {},
           reason::bad_request,
           scope::key_model,
           none,
           "status",
           false},
          {500, "", {}, reason::server_error, scope::key_model, none, "status", false},
          {503,
           R"({"error":{"message":"Server Overloaded"}})",
           {},
           reason::overload,
           scope::provider_model,
           none,
           "body"},
      });
}
