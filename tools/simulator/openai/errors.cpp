#include "tools/simulator/openai/errors.hpp"

#include "tools/simulator/duration.hpp"
#include "tools/simulator/response_head.hpp"
#include "tools/simulator/text.hpp"

#include <algorithm>

namespace keywheel::simulator {
namespace {

constexpr std::string_view invalid_request = "invalid_request_error";
constexpr std::string_view server_error_text =
    "The server had an error while processing your request. Sorry about that!";

void append_quoted_or_null(std::string& out, std::string_view text) {
  if (text.empty())
    out += "null";
  else
    append_quoted(out, text);
}

std::string_view dimension_of(refusal::reason why) {
  using reason = refusal::reason;
  switch (why) {
  case reason::requests:
    return " on requests per min (RPM)";
  case reason::requests_per_day:
    return " on requests per day (RPD)";
  case reason::tokens_per_day:
    return " on tokens per day (TPD)";
  case reason::concurrency:
    return " on concurrent requests";
  default:
    return " on tokens per min (TPM)";
  }
}

} // namespace

std::string error_body(std::string_view message, std::string_view type, std::string_view param,
                       std::string_view code) {
  std::string result = R"({"error":{"message":)";
  append_quoted(result, message);
  result += R"(,"type":)";
  append_quoted(result, type);
  result += R"(,"param":)";
  append_quoted_or_null(result, param);
  result += R"(,"code":)";
  append_quoted_or_null(result, code);
  result += "}}";
  return result;
}

std::string no_key_body() {
  return error_body("You didn't provide an API key. You need to provide your API key in an "
                    "Authorization header using Bearer auth (i.e. Authorization: Bearer "
                    "YOUR_KEY), or as the password field (with blank username) if you're "
                    "accessing the API from your browser and are prompted for a username and "
                    "password. You can obtain an API key from "
                    "https://platform.openai.com/account/api-keys.",
                    invalid_request, {}, {});
}

std::string bad_key_body(std::string_view secret) {
  auto shown = secret.substr(0, std::min<std::size_t>(6, secret.size() / 3));
  return error_body("Incorrect API key provided: " + std::string{shown}
                        + "***. You can find your API key at "
                          "https://platform.openai.com/account/api-keys.",
                    invalid_request, {}, "invalid_api_key");
}

std::string bad_model_body(std::string_view model) {
  return error_body("The model `" + std::string{model}
                        + "` does not exist or you do not have access to it.",
                    invalid_request, {}, "model_not_found");
}

std::string disabled_body() {
  return error_body("The OpenAI account associated with this API key has been deactivated.",
                    invalid_request, {}, "account_deactivated");
}

std::string unpaid_body() {
  return error_body("You exceeded your current quota, please check your plan and billing details. "
                    "For more information on this error, read the docs: "
                    "https://platform.openai.com/docs/guides/error-codes/api-errors.",
                    "insufficient_quota", {}, "insufficient_quota");
}

std::string forbidden_model_body(std::string_view model, std::string_view organization) {
  return error_body("Project `" + std::string{organization} + "` does not have access to model `"
                        + std::string{model} + "`",
                    invalid_request, {}, "model_not_found");
}

std::string capacity_body() {
  return error_body("Service tier capacity exceeded for this model.", invalid_request, {}, "3505");
}

std::string refusal_body(const refusal& why, std::string_view model,
                         std::string_view organization) {
  using reason = refusal::reason;
  std::string message =
      why.why == reason::too_large ? "Request too large for " : "Rate limit reached for ";
  message += model;
  message += " in organization ";
  message += organization;
  message += dimension_of(why.why);
  message += ": Limit " + std::to_string(why.limit);
  if (why.why != reason::too_large)
    message += ", Used " + std::to_string(why.used);
  message += ", Requested " + std::to_string(why.requested) + ". ";
  if (why.why == reason::too_large) {
    message += "The input or output tokens must be reduced in order to run successfully.";
  } else {
    message += "Please try again in ";
    append_go_duration(message, why.wait);
    message += '.';
  }
  message += " Visit https://platform.openai.com/account/rate-limits to learn more.";
  return error_body(message, why.of_tokens() ? "tokens" : "requests", {}, "rate_limit_exceeded");
}

std::string refusal_lines(const refusal& why) {
  if (why.why == refusal::reason::too_large)
    return {};
  auto ms = std::max<std::int64_t>(1, ceil_ms(why.wait));
  return "retry-after: " + std::to_string((ms + 999) / 1000)
         + "\r\nretry-after-ms: " + std::to_string(ms) + "\r\n";
}

std::string status_body(int status) {
  switch (status) {
  case 401:
    return bad_key_body({});
  case 403:
    return error_body("Country, region, or territory not supported", "request_forbidden", {},
                      "unsupported_country_region_territory");
  case 429:
    return error_body("Rate limit reached for requests", "requests", {}, "rate_limit_exceeded");
  case 500:
    return error_body(server_error_text, "server_error", {}, {});
  case 503:
    return error_body("The engine is currently overloaded, please try again later",
                      "service_unavailable_error", {}, "server_is_overloaded");
  default:
    return error_body(reason_phrase(status), status < 500 ? invalid_request : "server_error", {},
                      {});
  }
}

std::string stream_error_body() {
  return error_body("The server experienced an error while processing your request. Sorry about "
                    "that!",
                    "server_error", {}, {});
}

} // namespace keywheel::simulator
