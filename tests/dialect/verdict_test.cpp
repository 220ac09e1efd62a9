#include "tests/dialect/answers.hpp"
#include "tests/dialect/deflated.hpp"

using namespace keywheel::dialect;
using namespace keywheel::dialect::test;
using namespace std::chrono_literals;
using request = verdict::request;

namespace {

constexpr auto none = std::nullopt;

constexpr signal_table last_table = signal_table::generic;

std::vector<signal_table> tables() {
  std::vector<signal_table> result;
  for (int i = 0; i <= static_cast<int>(last_table); ++i)
    result.push_back(static_cast<signal_table>(i));
  return result;
}

std::string gzipped(std::string_view text) {
  return deflated(text, MAX_WBITS + 16);
}

} // namespace

TEST_CASE("answers below 400 say nothing is wrong") {
  for (const signal_table of : tables())
    for (const unsigned status : {200U, 201U, 204U, 206U, 302U, 304U, 399U}) {
      const verdict result = judge(
          of, answer(status, R"({"error":{"code":"insufficient_quota"}})", {{"retry-after", "5"}}),
          arrival);
      CHECK(result.why == reason::none);
      CHECK(result.for_request == request::pass);
      CHECK_FALSE(result.rest.has_value());
      CHECK(result.source.empty());
      CHECK_FALSE(result.certain);
    }
}

TEST_CASE("a status alone decides, but not for certain") {
  struct row {
    unsigned status;
    reason why;
    scope where;
  };
  for (const row& each : std::vector<row>{
           {400, reason::bad_request, scope::key_model},
           {401, reason::credential, scope::key},
           {402, reason::billing, scope::quota_group},
           {403, reason::permission, scope::key_model},
           {404, reason::bad_request, scope::key_model},
           {405, reason::bad_request, scope::key_model},
           {408, reason::server_error, scope::key_model},
           {409, reason::bad_request, scope::key_model},
           {413, reason::bad_request, scope::key_model},
           {415, reason::bad_request, scope::key_model},
           {422, reason::bad_request, scope::key_model},
           {425, reason::server_error, scope::key_model},
           {429, reason::rate_limit, scope::key_model},
           {498, reason::bad_request, scope::key_model},
           {499, reason::bad_request, scope::key_model},
           {500, reason::server_error, scope::key_model},
           {501, reason::bad_request, scope::key_model},
           {502, reason::server_error, scope::key_model},
           {503, reason::overload, scope::provider_model},
           {504, reason::server_error, scope::key_model},
           {520, reason::server_error, scope::key_model},
           {527, reason::server_error, scope::key_model},
           {529, reason::overload, scope::provider_model},
           {599, reason::server_error, scope::key_model},
       })
    for (const std::string body :
         {"", "<html>rate limit</html>", "{}", "[]", "null", "{\"error\":{", "{\"error\":null}",
          "{\"error\":{\"message\":7,\"code\":[]}}"})
      check(signal_table::generic,
            {{each.status, body, {}, each.why, each.where, none, "status", false}});
}

TEST_CASE("a 401 never reaches a caller as a matter of the credential") {
  for (const signal_table of : tables())
    for (const std::string body :
         {"", R"({"error":{"type":"invalid_request_error","code":"x"}})", R"({"detail":"x"})",
          R"({"error":{"type":"invalid_request_error","code":"invalid_request_error"}})"}) {
      const verdict result = judge(of, answer(401, body), arrival);
      CHECK(result.why == reason::credential);
      CHECK(result.for_request == request::next_key);
    }
}

TEST_CASE("only what was not sent is tried again") {
  struct row {
    failure how;
    request expected;
    reason why;
  };
  for (const row& each :
       std::vector<row>{{failure::not_sent, request::next_key, reason::unreachable},
                        {failure::no_answer, request::fail, reason::no_answer},
                        {failure::timed_out, request::fail, reason::timed_out},
                        {failure::deadline, request::fail, reason::deadline}}) {
    signal what = answer(429, "", {{"retry-after", "5"}}); // of no meaning beside a failure
    what.failed = each.how;
    const verdict result = judge(signal_table::gemini, what, arrival);
    CHECK(result.for_request == each.expected);
    CHECK(result.why == each.why);
    CHECK(result.source == "transport");
    CHECK_FALSE(result.rest.has_value());
  }
}

TEST_CASE("bodies may be compressed") {
  const std::string plain = R"({"error":{"message":"x","code":"insufficient_quota"}})";
  const std::string packed = gzipped(plain);
  const fixture billing{429, packed, {}, reason::billing, scope::quota_group, none, "body"};
  check(signal_table::openai, {billing});
  check(signal_table::openai, {{429,
                                packed,
                                {{"content-encoding", "gzip"}},
                                reason::billing,
                                scope::quota_group,
                                none,
                                "body"}});
  // The checksum at the end is missing, the text is not.
  check(signal_table::openai, {{429,
                                packed.substr(0, packed.size() - 8),
                                {},
                                reason::billing,
                                scope::quota_group,
                                none,
                                "body"}});
  check(signal_table::openai, {{429,
                                packed.substr(0, packed.size() / 2),
                                {},
                                reason::rate_limit,
                                scope::key_model,
                                none,
                                "status",
                                false}});
  check(signal_table::openai,
        {{429, "\x1f\x8b", {}, reason::rate_limit, scope::key_model, none, "status", false}});
  check(signal_table::openai, {{429,
                                "\x1f\x8b\x08\xff garbage",
                                {},
                                reason::rate_limit,
                                scope::key_model,
                                none,
                                "status",
                                false}});
  // Ten megabytes of blanks before the error, and within.
  const std::string blanks(10'000'000, ' ');
  check(signal_table::openai, {{429,
                                gzipped(blanks + plain),
                                {},
                                reason::rate_limit,
                                scope::key_model,
                                none,
                                "status",
                                false}});
  check(signal_table::openai,
        {{429, gzipped(plain + blanks), {}, reason::billing, scope::quota_group, none, "body"}});
}

TEST_CASE("what a caller wrote decides nothing") {
  const std::vector<std::string> echoes{
      "litellm.BadRequestError: OpenAIException - invalid prompt: 429 rate limit "
      "insufficient_quota",
      "Invalid value: 'Rate limit reached for gpt-4o in organization org-x'. Please try again in "
      "9s.",
      "Invalid content: 'API key not valid. Please pass a valid API key.'",
      "messages.0: Your credit balance is too low to access the Anthropic API",
      "messages.0: This organization has been disabled.",
      "'You have reached your specified API usage limits. You will regain access on 2025-09-01'",
      "bad: \\\"error\\\":{\\\"code\\\":\\\"insufficient_quota\\\"}",
      "Could not parse 'Incorrect API key provided'",
      "x Organization has been restricted. x",
      "x Access terminated only available for Coding Agents",
      "The tool rate_limit_exceeded, limit: 0, Requested 5, Limit 4",
      std::string(70'000, 'x') + " rate limit",
  };
  for (const signal_table of : tables())
    for (const unsigned status : {400U, 422U})
      for (const std::string& echo : echoes) {
        const std::string body =
            R"({"error":{"message":")" + echo + R"(","type":"invalid_request_error","code":null}})";
        const verdict result = judge(of, answer(status, body, {{"retry-after", "5"}}), arrival);
        CAPTURE(to_string(of), body.substr(0, 200));
        CHECK(result.why == reason::bad_request);
        CHECK(result.for_request == request::pass);
        CHECK_FALSE(result.rest.has_value());
        CHECK(result.organization.empty());
      }
}

TEST_CASE("bodies that want to hurt") {
  const std::string deep_list(64 * 1024, '[');
  std::string deep_object;
  while (deep_object.size() < 60'000)
    deep_object += R"({"error":)";
  std::string nested = deep_object + "1" + std::string(deep_object.size() / 9, '}');
  for (const signal_table of : tables())
    for (const std::string& body :
         {deep_list, deep_object, nested, std::string(64 * 1024, '"'), std::string(70'000, '\0'),
          std::string("{\"error\":{\"code\":\"\xff\xfe\",\"message\":\"\xc3\"}}"),
          std::string("{\"error\":{\"message\":\"\\ud800\"}}"), std::string("data:"),
          std::string("data: data: {"), std::string(":\n:\n"), std::string("\xef\xbb\xbf{}"),
          std::string("{\"error\":{\"details\":[1,[],{},{\"violations\":[7,{\"quotaId\":{}}]}]}}"),
          std::string("{\"choices\":[7]}"), std::string("{\"code\":1e400}"),
          std::string("{\"code\":-9223372036854775808,\"error\":\"\"}")}) {
      CHECK(judge(of, answer(500, body), arrival).why == reason::server_error);
      CHECK(judge(of, answer(400, body), arrival).why == reason::bad_request);
      CHECK(judge(of, event(body), arrival).why == reason::server_error);
    }
}

TEST_CASE("an error inside a stream that nobody knows is the provider's") {
  for (const signal_table of : tables())
    for (const std::string body : {"", "{}", "no", R"({"error":{"message":"429 rate limit"}})"}) {
      const verdict result = judge(of, event(body), arrival);
      CHECK(result.why == reason::server_error);
      CHECK(result.for_request == request::next_key);
      CHECK_FALSE(result.certain);
    }
}

TEST_CASE("the order of what says how long") {
  const std::string body =
      R"({"error":{"code":"rate_limit_exceeded","message":"Please try again in 4s."}})";
  const headers all{{"x-ratelimit-remaining-requests", "0"},
                    {"x-ratelimit-reset-requests", "5s"},
                    {"retry-after", "3"},
                    {"x-ms-retry-after-ms", "2000"},
                    {"retry-after-ms", "1000"}};
  const std::vector<std::pair<std::chrono::milliseconds, std::string_view>> expected{
      {1s, "retry-after-ms"}, {2s, "x-ms-retry-after-ms"}, {3s, "retry-after"}, {4s, "body"}};
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const headers some(all.begin(), all.end() - static_cast<std::ptrdiff_t>(i));
    check(signal_table::openai, {{429, body, some, reason::rate_limit, scope::key_model,
                                  expected[i].first, expected[i].second}});
  }
  check(signal_table::openai, {{429,
                                R"({"error":{"code":"rate_limit_exceeded"}})",
                                {all[0], all[1]},
                                reason::rate_limit,
                                scope::key_model,
                                5s,
                                "x-ratelimit-reset-requests"}});
  for (const std::string bad : {"-1", "NaN", "inf", "soon", ""})
    check(signal_table::openai, {{429,
                                  body,
                                  {{"retry-after", bad}, {"retry-after-ms", bad}},
                                  reason::rate_limit,
                                  scope::key_model,
                                  4s,
                                  "body"}});
}

TEST_CASE("scopes and reasons have the words of the admin API") {
  CHECK(to_string(scope::key_model) == "key_model");
  CHECK(to_string(scope::key) == "key");
  CHECK(to_string(scope::quota_group) == "quota_group");
  CHECK(to_string(scope::provider_model) == "provider_model");
  CHECK(to_string(reason::none) == "none");
  CHECK(to_string(reason::rate_limit) == "rate_limit");
  CHECK(to_string(reason::deadline) == "deadline");
}
