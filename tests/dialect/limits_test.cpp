#include "dialect/limits.hpp"
#include "tests/dialect/answers.hpp"

using namespace keywheel::dialect;
using namespace keywheel::dialect::test;
using namespace std::chrono_literals;
using dimension = limit_reading::dimension;

namespace {

constexpr auto none = std::nullopt;

std::vector<limit_reading> read(signal_table of, const headers& with) {
  const signal what = answer(200, "", with);
  const limit_readings found = limits_from(of, what.head.headers, arrival);
  return {found.begin(), found.end()};
}

struct expected {
  dimension of;
  std::int64_t limit;
  std::int64_t remaining;
  std::optional<std::chrono::milliseconds> reset;
  bool refills;
  std::string_view source;
};

void check(signal_table of, const headers& with, const std::vector<expected>& wanted) {
  const auto found = read(of, with);
  CAPTURE(to_string(of));
  REQUIRE(found.size() == wanted.size());
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    CHECK(found[i].of == wanted[i].of);
    CHECK(found[i].limit == wanted[i].limit);
    CHECK(found[i].remaining == wanted[i].remaining);
    CHECK(found[i].reset == wanted[i].reset);
    CHECK(found[i].refills == wanted[i].refills);
    CHECK(found[i].source == wanted[i].source);
    CHECK(found[i].reset_source.empty() == !found[i].reset.has_value());
  }
}

} // namespace

TEST_CASE("OpenAI's names for limits") {
  const headers with{
      {"x-ratelimit-limit-requests", "10000"}, {"X-RateLimit-Remaining-Requests", "9999"},
      {"x-ratelimit-reset-requests", "6m0s"},  {"x-ratelimit-limit-tokens", "200000"},
      {"x-ratelimit-remaining-tokens", "0"},   {"x-ratelimit-reset-tokens", "1m26.4s"}};
  for (const signal_table of : {signal_table::openai, signal_table::groq, signal_table::generic})
    check(of, with,
          {{dimension::requests, 10'000, 9'999, 360s, true, "x-ratelimit-remaining-requests"},
           {dimension::tokens, 200'000, 0, 86'400ms, true, "x-ratelimit-remaining-tokens"}});
  check(signal_table::openai,
        {{"x-ratelimit-limit-project-tokens", "5"},
         {"x-ratelimit-remaining-project-tokens", "4"},
         {"x-ratelimit-reset-project-tokens", "6ms"}},
        {{dimension::tokens, 5, 4, 6ms, true, "x-ratelimit-remaining-project-tokens"}});
  for (const signal_table of :
       {signal_table::gemini, signal_table::deepseek, signal_table::zhipu, signal_table::dashscope,
        signal_table::bedrock, signal_table::vllm, signal_table::ollama})
    check(of, with, {});
}

TEST_CASE("Azure counts in seconds") {
  check(signal_table::azure,
        {{"x-ratelimit-remaining-requests", "9"}, {"x-ratelimit-reset-requests", "7"}},
        {{dimension::requests, 0, 9, 7s, true, "x-ratelimit-remaining-requests"}});
}

TEST_CASE("a reset as seconds or date says nothing about refilling") {
  for (const signal_table of : {signal_table::xai, signal_table::generic}) {
    check(of,
          {{"x-ratelimit-remaining-requests", "3"}, {"x-ratelimit-reset-requests", "1755780010"}},
          {{dimension::requests, 0, 3, 10s, false, "x-ratelimit-remaining-requests"}});
    check(of, {{"x-ratelimit-remaining-requests", "3"}, {"x-ratelimit-reset-requests", "2"}},
          {{dimension::requests, 0, 3, 2s, false, "x-ratelimit-remaining-requests"}});
  }
}

TEST_CASE("Anthropic's limits") {
  const std::string reset = "2025-08-21T12:40:59Z";
  headers with;
  for (const std::string of : {"requests", "tokens", "input-tokens", "output-tokens"}) {
    with.emplace_back("anthropic-ratelimit-" + of + "-limit", "50");
    with.emplace_back("anthropic-ratelimit-" + of + "-remaining", "49");
    with.emplace_back("anthropic-ratelimit-" + of + "-reset", reset);
  }
  check(signal_table::anthropic, with,
        {{dimension::requests, 50, 49, 59s, true, "anthropic-ratelimit-requests-remaining"},
         {dimension::tokens, 50, 49, 59s, true, "anthropic-ratelimit-tokens-remaining"},
         {dimension::input_tokens, 50, 49, 59s, true, "anthropic-ratelimit-input-tokens-remaining"},
         {dimension::output_tokens, 50, 49, 59s, true,
          "anthropic-ratelimit-output-tokens-remaining"}});
}

TEST_CASE("a subscription of Anthropic is used up or it is not") {
  check(signal_table::anthropic,
        {{"anthropic-ratelimit-unified-status", "rejected"},
         {"anthropic-ratelimit-unified-reset", "1755780030"}},
        {{dimension::requests, 0, 0, 30s, false, "anthropic-ratelimit-unified-status"}});
  check(signal_table::anthropic,
        {{"anthropic-ratelimit-unified-status", "allowed"},
         {"anthropic-ratelimit-unified-reset", "1755780030"}},
        {});
}

TEST_CASE("limits by window") {
  check(
      signal_table::mistral,
      {{"x-ratelimit-limit-req-minute", "60"},
       {"x-ratelimit-remaining-req-minute", "59"},
       {"x-ratelimit-limit-tokens-minute", "500000"},
       {"x-ratelimit-remaining-tokens-minute", "499000"},
       {"x-ratelimit-tokens-query-cost", "32000"}},
      {{dimension::requests, 60, 59, none, false, "x-ratelimit-remaining-req-minute"},
       {dimension::tokens, 500'000, 499'000, none, false, "x-ratelimit-remaining-tokens-minute"}});
  check(
      signal_table::mistral,
      {{"x-ratelimitbysize-limit-minute", "500000"},
       {"x-ratelimitbysize-remaining-minute", "1"},
       {"x-ratelimitbysize-limit-month", "1000000000"},
       {"x-ratelimitbysize-remaining-month", "999"},
       {"ratelimitbysize-reset", "13"}},
      {{dimension::tokens, 500'000, 1, 13s, false, "x-ratelimitbysize-remaining-minute"},
       {dimension::tokens, 1'000'000'000, 999, none, false, "x-ratelimitbysize-remaining-month"}});
  check(signal_table::together,
        {{"x-ratelimit-limit", "10"},
         {"x-ratelimit-remaining", "9.5"},
         {"x-ratelimit-reset", "0.25"},
         {"x-tokenlimit-limit", "100"},
         {"x-tokenlimit-remaining", "90"}},
        {{dimension::requests, 10, 9, 250ms, false, "x-ratelimit-remaining"},
         {dimension::tokens, 100, 90, 250ms, false, "x-tokenlimit-remaining"}});
  for (const signal_table of : {signal_table::openrouter, signal_table::moonshot,
                                signal_table::cohere, signal_table::generic})
    check(of,
          {{"X-RateLimit-Limit", "20"},
           {"X-RateLimit-Remaining", "0"},
           {"X-RateLimit-Reset", "1755780030000"}},
          {{dimension::requests, 20, 0, 30s, false, "x-ratelimit-remaining"}});
  check(signal_table::cohere,
        {{"x-trial-endpoint-call-limit", "40"}, {"x-trial-endpoint-call-remaining", "39"}},
        {{dimension::requests, 40, 39, none, false, "x-trial-endpoint-call-remaining"}});
}

TEST_CASE("placeholders and nonsense are as if absent") {
  for (const std::string limit : {"0", "-1", "NaN", "", "unlimited"})
    check(signal_table::openai,
          {{"x-ratelimit-limit-tokens", limit}, {"x-ratelimit-remaining-tokens", "0"}}, {});
  for (const std::string remaining : {"-1", "-0", "NaN", "inf", "", " ", "1e3", "0x1", "1.",
                                      "1,000", "1 2", "1000000000001", "99999999999999999999"})
    check(signal_table::openai,
          {{"x-ratelimit-limit-tokens", "10"}, {"x-ratelimit-remaining-tokens", remaining}}, {});
  check(signal_table::openai,
        {{"x-ratelimit-limit-tokens", "-1"},
         {"x-ratelimit-remaining-tokens", " 7 "},
         {"x-ratelimit-reset-tokens", "soon"}},
        {{dimension::tokens, 0, 7, none, true, "x-ratelimit-remaining-tokens"}});
  check(signal_table::openai, {{"x-ratelimit-remaining-tokens", "0"}},
        {{dimension::tokens, 0, 0, none, true, "x-ratelimit-remaining-tokens"}});
  check(signal_table::openai, {{"x-ratelimit-limit-tokens", "5"}}, {});
}

TEST_CASE("readings beyond the eighth are dropped") {
  limit_readings list;
  for (int i = 0; i < 10; ++i)
    list.add({});
  CHECK(list.size() == 8);
}
