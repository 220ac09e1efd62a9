#include "tests/dialect/answers.hpp"

using namespace keywheel::dialect;
using namespace keywheel::dialect::test;
using namespace std::chrono_literals;

namespace {

constexpr auto none = std::nullopt;

std::string flat(const std::string& code, const std::string& error) {
  return R"({"code":")" + code + R"(","error":")" + error + R"("})";
}

} // namespace

// PROVIDERS §4.10.
TEST_CASE("xAI's answers") {
  const std::string incorrect =
      "Incorrect API key provided: xa***Jm. You can obtain an API key from "
      "https://console.x.ai.";
  const std::string credits = "Your team 1c2d has either used all available credits or reached its "
                              "monthly spending limit. To continue";
  check(signal_table::xai,
        {
            {400,
             flat("Client specified an invalid argument", incorrect),
             {},
             reason::credential,
             scope::key,
             none,
             "body"},
            {400,
             flat("invalid-argument", incorrect),
             {},
             reason::credential,
             scope::key,
             none,
             "body"},
            {400,
             flat("invalid-argument", "The prompt 'Incorrect API key provided' is wrong"),
             {},
             reason::bad_request,
             scope::key,
             none,
             "body"},
            {401,
             flat("unauthenticated:no-credentials", "x"),
             {},
             reason::credential,
             scope::key,
             none,
             "body"},
            {403,
             flat("permission-denied",
                  "Your newly created team doesn't have any credits or licenses yet. You can "
                  "purchase"),
             {},
             reason::billing,
             scope::quota_group,
             none,
             "body"},
            {403,
             flat("permission-denied", "You have run out of credits. Please"),
             {},
             reason::billing,
             scope::quota_group,
             none,
             "body"},
            {403,
             flat("permission-denied", credits),
             {},
             reason::billing,
             scope::quota_group,
             none,
             "body"},
            {429,
             flat("Some resource has been exhausted", credits),
             {},
             reason::billing,
             scope::quota_group,
             none,
             "body"},
            {429,
             flat("Some resource has been exhausted", "Too many requests"),
             {},
             reason::rate_limit,
             scope::key_model,
             none,
             "status",
             false},
            {429,
             "",
             {{"x-ratelimit-limit-requests", "480"},
              {"x-ratelimit-remaining-requests", "0"},
              {"x-ratelimit-reset-requests", "1755780002"}},
             reason::rate_limit,
             scope::key_model,
             2s,
             "x-ratelimit-reset-requests",
             false},
            {403,
             flat("permission-denied", "x"),
             {},
             reason::permission,
             scope::key_model,
             none,
             "body"},
            {404, "", {}, reason::bad_request, scope::key_model, none, "status", false},
            {415, "", {}, reason::bad_request, scope::key_model, none, "status", false},
            {422,
             "Failed to deserialize the JSON body: rate limit 429",
             {},
             reason::bad_request,
             scope::key_model,
             none,
             "status",
             false},
        });
}
