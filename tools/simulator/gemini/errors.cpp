#include "tools/simulator/gemini/errors.hpp"

#include "tools/simulator/duration.hpp"
#include "tools/simulator/exchange.hpp"
#include "tools/simulator/problem.hpp"
#include "tools/simulator/response_head.hpp"
#include "tools/simulator/text.hpp"

#include <algorithm>

namespace keywheel::simulator::gemini {
namespace {

std::string_view status_name(int status) {
  switch (status) {
  case 400:
    return "INVALID_ARGUMENT";
  case 401:
    return "UNAUTHENTICATED";
  case 403:
    return "PERMISSION_DENIED";
  case 404:
    return "NOT_FOUND";
  case 402:
  case 429:
    return "RESOURCE_EXHAUSTED";
  case 499:
    return "CANCELLED";
  case 503:
    return "UNAVAILABLE";
  case 504:
    return "DEADLINE_EXCEEDED";
  default:
    return status < 500 ? "FAILED_PRECONDITION" : "INTERNAL";
  }
}

void give(reply& result, int status, std::string_view message, std::string_view details = {}) {
  result.status = status;
  result.content_type = "application/json; charset=UTF-8";
  result.body.clear();
  append_pretty(result.body, error_body(status, message, details));
  result.body += '\n';
}

std::string error_info(std::string_view reason) {
  return R"({"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":")" + std::string{reason}
         + R"(","domain":"googleapis.com","metadata":)"
           R"({"service":"generativelanguage.googleapis.com"}})";
}

/// What Gemini calls a limit.
struct quota {
  std::string_view metric; ///< Behind "generativelanguage.googleapis.com/".
  std::string_view id;
};

quota quota_of(refusal::reason why) {
  using reason = refusal::reason;
  switch (why) {
  case reason::requests:
    return {"generate_content_free_tier_requests",
            "GenerateRequestsPerMinutePerProjectPerModel-FreeTier"};
  case reason::requests_per_day:
    return {"generate_content_free_tier_requests",
            "GenerateRequestsPerDayPerProjectPerModel-FreeTier"};
  case reason::tokens_per_day:
    return {"generate_content_free_tier_input_token_count",
            "GenerateContentInputTokensPerModelPerDay-FreeTier"};
  case reason::concurrency:
    return {"generate_content_concurrent_requests", "GenerateConcurrentRequestsPerProjectPerModel"};
  default:
    return {"generate_content_free_tier_input_token_count",
            "GenerateContentInputTokensPerModelPerMinute-FreeTier"};
  }
}

/// A google.protobuf.Duration as JSON: "29.019961092s".
std::string seconds_text(std::chrono::nanoseconds span) {
  auto result = std::to_string(span.count() / 1'000'000'000);
  if (auto rest = span.count() % 1'000'000'000; rest > 0) {
    auto digits = std::to_string(rest);
    result += '.' + std::string(9 - digits.size(), '0') + digits;
    result.erase(result.find_last_not_of('0') + 1);
  }
  return result + 's';
}

void refuse_limit(reply& result, const refusal& why, const circumstances& around) {
  // Of a day's limit the answer does not say when it ends; its delay is about half a minute.
  constexpr std::chrono::nanoseconds misleading{34'074'824'224};
  auto wait = why.of_day() ? std::min<std::chrono::nanoseconds>(why.wait, misleading) : why.wait;
  auto [metric, id] = quota_of(why.why);
  auto delay = seconds_text(wait);
  auto limit = std::to_string(why.limit);
  std::string model{around.model};
  auto message = "You exceeded your current quota, please check your plan and billing details. For "
                 "more information on this error, head to: "
                 "https://ai.google.dev/gemini-api/docs/rate-limits. To monitor your current "
                 "usage, head to: https://ai.dev/usage?tab=rate-limit. \n* Quota exceeded for "
                 "metric: generativelanguage.googleapis.com/"
                 + std::string{metric} + ", limit: " + limit + ", model: " + model;
  std::string details =
      R"({"@type":"type.googleapis.com/google.rpc.QuotaFailure","violations":[{"quotaMetric":)"
      R"("generativelanguage.googleapis.com/)"
      + std::string{metric} + R"(","quotaId":")" + std::string{id}
      + R"(","quotaDimensions":{"location":"global","model":)";
  append_quoted(details, model);
  details += R"(},"quotaValue":")" + limit
             + R"("}]},)"
               R"({"@type":"type.googleapis.com/google.rpc.Help","links":[{"description":)"
               R"("Learn more about Gemini API quotas","url":)"
               R"("https://ai.google.dev/gemini-api/docs/rate-limits"}]})";
  if (wait.count() > 0) {
    message += "\nPlease retry in " + delay + ".";
    details +=
        R"(,{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":")" + delay + R"("})";
  }
  give(result, 429, message, details);
}

/// Problems with what the caller wrote.
void refuse_request(reply& result, const problem& what, const circumstances& around) {
  using kind = problem::kind;
  std::string model{around.model};
  switch (what.what) {
  case kind::bad_json:
    return give(result, 400, "Invalid JSON payload received. Unexpected token.\n^",
                R"({"@type":"type.googleapis.com/google.rpc.BadRequest","fieldViolations":)"
                R"([{"description":"Invalid JSON payload received. Unexpected token.\n^"}]})");
  case kind::bad_field:
    return give(result, 400, "* " + std::string{what.param} + ": " + std::string{what.text} + "\n");
  case kind::unknown_object:
    return give(result, 403, what.text);
  case kind::unknown_model:
    return give(result, 404,
                "models/" + model
                    + " is not found for API version v1beta, or is not supported for "
                      "generateContent. Call ListModels to see the list of available models and "
                      "their supported methods.");
  default:
    result.content_type = "text/html; charset=UTF-8";
    result.status = what.what == kind::wrong_method ? 405 : 404;
    result.body = "<!DOCTYPE html>\n<html lang=en>\n  <title>Error " + std::to_string(result.status)
                  + "</title>\n";
  }
}

constexpr std::string_view overloaded = "The model is overloaded. Please try again later.";

} // namespace

std::string error_body(int status, std::string_view message, std::string_view details) {
  std::string result = R"({"error":{"code":)";
  append_number(result, status);
  result += R"(,"message":)";
  append_quoted(result, message);
  result += R"(,"status":")";
  result += status_name(status);
  result += '"';
  if (!details.empty())
    result.append(R"(,"details":[)").append(details).append("]");
  result += "}}";
  return result;
}

std::string stream_error_body() {
  return error_body(503, overloaded);
}

void refuse(reply& result, const problem& what, const circumstances& around) {
  using kind = problem::kind;
  switch (what.what) {
  case kind::no_key:
    return give(result, 403,
                "Method doesn't allow unregistered callers (callers without established "
                "identity). Please use API Key or other form of API consumer identity to call "
                "this API.");
  case kind::bad_key:
    return give(result, 400, "API key not valid. Please pass a valid API key.",
                error_info("API_KEY_INVALID"));
  case kind::disabled:
    return give(result, 403, "Your project has been denied access. Please contact support.");
  case kind::unpaid:
    return give(result, 402,
                "Your prepayment credits are depleted. Please go to AI Studio at "
                "https://ai.studio/projects to manage your project and billing.");
  case kind::forbidden_model:
    return give(result, 403,
                "The caller does not have permission to use models/" + std::string{around.model}
                    + ".");
  case kind::limit:
    return refuse_limit(result, what.refused, around);
  case kind::overload:
    return give(result, 503, overloaded);
  case kind::capacity:
    return give(result, 429,
                "No capacity available for model " + std::string{around.model} + " on the server",
                error_info("MODEL_CAPACITY_EXHAUSTED"));
  case kind::broken:
    return give(result, 500,
                "An internal error has occurred. Please retry or report in "
                "https://developers.generativeai.google/guide/troubleshooting");
  default:
    return refuse_request(result, what, around);
  }
}

std::string status_body(int status) {
  reply made;
  if (status == 429)
    give(made, status, "Resource has been exhausted (e.g. check quota).");
  else
    give(made, status, status == 503 ? overloaded : reason_phrase(status));
  return made.body;
}

} // namespace keywheel::simulator::gemini
