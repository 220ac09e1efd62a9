#include "tests/dialect/answers.hpp"

using namespace keywheel::dialect;
using namespace keywheel::dialect::test;
using namespace std::chrono_literals;

namespace {

constexpr auto none = std::nullopt;

} // namespace

// PROVIDERS §4.16.
TEST_CASE("vLLM's answers") {
  check(
      signal_table::vllm,
      {
          {401, R"({"error":"Unauthorized"})", {}, reason::credential, scope::key, none, "body"},
          {400,
           R"({"error":{"message":"rate limit","type":"BadRequestError","param":null,"code":400}})",
           {},
           reason::bad_request,
           scope::key,
           none,
           "body"},
          {404,
           R"({"error":{"message":"The model `x` does not exist.","type":"NotFoundError","param":null,"code":404}})",
           {},
           reason::permission,
           scope::key_model,
           none,
           "body"},
          {500,
           R"({"error":{"message":"x","type":"InternalServerError","param":null,"code":500}})",
           {},
           reason::server_error,
           scope::key_model,
           none,
           "body"},
          {200,
           R"({"error":{"message":"x","type":"BadRequestError","code":400}})",
           {},
           reason::bad_request,
           scope::key,
           none,
           "body"},
      });
}

TEST_CASE("Ollama's answers") {
  check(signal_table::ollama,
        {
            {503,
             R"({"error":"server busy, please try again.  maximum pending requests exceeded"})",
             {},
             reason::overload,
             scope::provider_model,
             none,
             "body"},
            {404,
             R"({"error":"model \"x\" not found, try pulling it first"})",
             {},
             reason::permission,
             scope::key_model,
             none,
             "body"},
            {500,
             R"({"error":{"message":"x","type":"api_error","param":null,"code":null}})",
             {},
             reason::server_error,
             scope::key_model,
             none,
             "body"},
            {401,
             R"({"error":"unauthorized"})",
             {},
             reason::credential,
             scope::key,
             none,
             "status",
             false},
            {502, "", {}, reason::server_error, scope::key_model, none, "status", false},
            {200,
             R"({"error":"an error was encountered while running the model"})",
             {},
             reason::server_error,
             scope::key_model,
             none,
             "status",
             false},
        });
}
