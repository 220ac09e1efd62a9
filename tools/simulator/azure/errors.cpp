#include "tools/simulator/openai/errors.hpp"

#include "tools/simulator/duration.hpp"
#include "tools/simulator/exchange.hpp"
#include "tools/simulator/problem.hpp"
#include "tools/simulator/text.hpp"

#include <algorithm>

/// The literal texts of Azure OpenAI's error answers (PROVIDERS section 4.2). What Azure passes on
/// from the model is in OpenAI's words.
namespace keywheel::simulator::azure {
namespace {

std::string body_of(std::string_view code, std::string_view message) {
  std::string result = R"({"error":{"code":)";
  append_quoted(result, code);
  result += R"(,"message":)";
  append_quoted(result, message);
  result += "}}";
  return result;
}

void give(reply& result, int status, std::string body) {
  result.status = status;
  result.body = std::move(body);
}

std::string_view operation_of(endpoint where) {
  switch (where) {
  case endpoint::chat_completions:
    return "ChatCompletions_Create";
  case endpoint::completions:
    return "Completions_Create";
  case endpoint::embeddings:
    return "Embeddings_Create";
  case endpoint::responses:
    return "Responses_Create";
  default:
    return "Model_Invoke";
  }
}

std::int64_t seconds_of(std::chrono::nanoseconds wait) {
  return std::max<std::int64_t>(1, (ceil_ms(wait) + 999) / 1000);
}

void refuse_limit(reply& result, const refusal& why, const circumstances& around) {
  if (why.why == refusal::reason::too_large)
    return give(result, 429, refusal_body(why, around.model, around.organization));
  auto version = query_value(around.target, "api-version");
  auto seconds = std::to_string(seconds_of(why.wait));
  std::string message = "Requests to the ";
  message += operation_of(around.where);
  message += " Operation under Azure OpenAI API version ";
  message += version.empty() ? "v1" : version;
  message += why.of_tokens() ? " have exceeded token rate limit" : " have exceeded call rate limit";
  message += " of your current OpenAI S0 pricing tier. Please retry after " + seconds
             + " seconds. Please go here: https://aka.ms/oai/quotaincrease if you would like to "
               "further increase the default rate limit.";
  result.lines += "retry-after: " + seconds + "\r\nretry-after-ms: "
                  + std::to_string(std::max<std::int64_t>(1, ceil_ms(why.wait))) + "\r\n";
  give(result, 429, body_of("429", message));
}

void append_bucket(std::string& out, std::string_view what, const token_bucket* bucket) {
  if (bucket == nullptr)
    return;
  auto line = [&](std::string_view part, std::int64_t value) {
    out.append("x-ratelimit-").append(part).append(what).append(": ");
    append_number(out, value);
    out += "\r\n";
  };
  line("limit-", bucket->limit());
  line("remaining-", bucket->remaining());
  line("reset-", (ceil_ms(bucket->until_full()) + 999) / 1000);
}

constexpr std::string_view access_denied =
    "Access denied due to invalid subscription key or wrong API endpoint. Make sure to provide a "
    "valid key for an active subscription and use a correct regional API endpoint for your "
    "resource.";

} // namespace

void refuse(reply& result, const problem& what, const circumstances& around) {
  using kind = problem::kind;
  switch (what.what) {
  case kind::no_key:
  case kind::bad_key:
    return give(result, 401, body_of("401", access_denied));
  case kind::disabled:
    return give(result, 403, body_of("403", "The resource has been temporarily blocked."));
  case kind::unknown_path:
  case kind::no_version:
    return give(result, 404, body_of("404", "Resource not found"));
  case kind::unknown_model:
    return give(result, 404,
                body_of("DeploymentNotFound",
                        "The API deployment for this resource does not exist. If you created the "
                        "deployment within the last 5 minutes, please wait a moment and try "
                        "again."));
  case kind::limit:
    return refuse_limit(result, what.refused, around);
  case kind::capacity:
    return give(result, 429,
                body_of("429", "The system is currently experiencing high demand and cannot "
                               "process your request. Please try again later."));
  case kind::overload:
    return give(result, 503, status_body(503));
  default:
    return openai::refuse(result, what, around);
  }
}

std::string status_body(int status) {
  switch (status) {
  case 401:
    return body_of("401", access_denied);
  case 404:
    return body_of("404", "Resource not found");
  case 429:
    return body_of("429", "Rate limit is exceeded. Try again in 1 seconds.");
  case 503:
    return body_of("503", "The service is temporarily unable to process your request. Please try "
                          "again later.");
  default:
    return simulator::status_body(status);
  }
}

void append_limit_lines(std::string& out, const shown_limits& limits) {
  append_bucket(out, "requests", limits.requests);
  append_bucket(out, "tokens", limits.tokens);
}

} // namespace keywheel::simulator::azure
