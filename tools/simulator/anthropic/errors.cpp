#include "tools/simulator/anthropic/errors.hpp"

#include "tools/simulator/duration.hpp"
#include "tools/simulator/exchange.hpp"
#include "tools/simulator/problem.hpp"
#include "tools/simulator/response_head.hpp"
#include "tools/simulator/text.hpp"

#include <algorithm>

namespace keywheel::simulator::anthropic {
namespace {

std::string_view type_of(int status) {
  switch (status) {
  case 401:
    return "authentication_error";
  case 402:
    return "billing_error";
  case 403:
    return "permission_error";
  case 404:
    return "not_found_error";
  case 409:
    return "conflict_error";
  case 413:
    return "request_too_large";
  case 429:
    return "rate_limit_error";
  case 503:
  case 529:
    return "overloaded_error";
  case 504:
    return "timeout_error";
  default:
    return status < 500 ? "invalid_request_error" : "api_error";
  }
}

void give(reply& result, int status, std::string_view message, const circumstances& around) {
  result.status = status;
  result.body = error_body(type_of(status), message, around.request_id);
}

/// "50,000": how the texts write numbers.
std::string grouped(std::int64_t number) {
  auto digits = std::to_string(number);
  std::string result;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (i > 0 && (digits.size() - i) % 3 == 0)
      result += ',';
    result += digits[i];
  }
  return result;
}

std::string_view dimension_of(refusal::reason why) {
  using reason = refusal::reason;
  switch (why) {
  case reason::requests:
    return " requests per minute";
  case reason::requests_per_day:
    return " requests per day";
  case reason::tokens_per_day:
    return " input tokens per day";
  default:
    return " input tokens per minute";
  }
}

void refuse_limit(reply& result, const refusal& why, const circumstances& around) {
  if (why.wait.count() > 0)
    result.lines += "retry-after: "
                    + std::to_string(std::max<std::int64_t>(1, (ceil_ms(why.wait) + 999) / 1000))
                    + "\r\n";
  if (why.why == refusal::reason::concurrency)
    return give(result, 429,
                "Number of concurrent connections has exceeded your rate limit. Please try again "
                "later or contact sales at https://www.anthropic.com/contact-sales to discuss "
                "your options for a rate limit increase.",
                around);
  std::string message = "This request would exceed your organization's rate limit of ";
  message += grouped(why.limit);
  message += dimension_of(why.why);
  message += " (org: ";
  message += around.organization;
  message += ", model: ";
  message += around.model;
  message += "). For details, refer to: https://docs.claude.com/en/api/rate-limits. You can see "
             "the response headers for current usage. Please reduce the prompt length or the "
             "maximum tokens requested, or try again later. You may also contact sales at "
             "https://www.anthropic.com/contact-sales to discuss your options for a rate limit "
             "increase.";
  give(result, 429, message, around);
}

/// Problems with what the caller wrote.
void refuse_request(reply& result, const problem& what, const circumstances& around) {
  using kind = problem::kind;
  switch (what.what) {
  case kind::no_version:
    return give(result, 400, "anthropic-version: header is required", around);
  case kind::wrong_method:
    return give(result, 405, "Method Not Allowed", around);
  case kind::bad_json:
    return give(result, 400, "The request body is not valid JSON", around);
  case kind::no_model:
    return give(result, 400, "model: Field required", around);
  case kind::unknown_object:
    return give(result, 404, what.text, around);
  case kind::bad_field:
    return give(result, 400, std::string{what.param} + ": " + std::string{what.text}, around);
  default:
    return give(result, 404, "Not Found", around);
  }
}

void append_limit(std::string& out, std::string_view what, const token_bucket& bucket,
                  std::int64_t seconds) {
  auto begin = [&](std::string_view part) {
    out.append("anthropic-ratelimit-").append(what).append(part);
  };
  begin("-limit: ");
  append_number(out, bucket.limit());
  out += "\r\n";
  begin("-remaining: ");
  append_number(out, bucket.remaining());
  out += "\r\n";
  begin("-reset: ");
  append_rfc3339(out, seconds + (ceil_ms(bucket.until_full()) + 999) / 1000);
  out += "\r\n";
}

} // namespace

std::string error_body(std::string_view type, std::string_view message,
                       std::string_view request_id) {
  std::string result = R"({"type":"error","error":{"type":)";
  append_quoted(result, type);
  result += R"(,"message":)";
  append_quoted(result, message);
  result += R"(},"request_id":"req_)";
  result += request_id;
  result += R"("})";
  return result;
}

void refuse(reply& result, const problem& what, const circumstances& around) {
  using kind = problem::kind;
  switch (what.what) {
  case kind::no_key:
    return give(result, 401, "x-api-key header is required", around);
  case kind::bad_key:
    return give(result, 401, "invalid x-api-key", around);
  case kind::disabled:
    return give(result, 400, "This organization has been disabled.", around);
  case kind::unpaid:
    result.lines += "x-should-retry: false\r\n";
    return give(result, 400,
                "Your credit balance is too low to access the Anthropic API. Please go to Plans & "
                "Billing to upgrade or purchase credits.",
                around);
  case kind::unknown_model:
    return give(result, 404, "model: " + std::string{around.model}, around);
  case kind::forbidden_model:
    return give(result, 403,
                "Your API key does not have permission to use the model "
                    + std::string{around.model} + ".",
                around);
  case kind::limit:
    return refuse_limit(result, what.refused, around);
  case kind::overload:
  case kind::capacity:
    return give(result, 529, "Overloaded", around);
  case kind::broken:
    return give(result, 500, "Internal server error", around);
  default:
    return refuse_request(result, what, around);
  }
}

std::string status_body(int status, std::string_view request_id) {
  auto message = status == 401                    ? "invalid x-api-key"
                 : status == 500                  ? "Internal server error"
                 : status == 503 || status == 529 ? "Overloaded"
                                                  : reason_phrase(status);
  return error_body(type_of(status), message, request_id);
}

void append_limit_lines(std::string& out, const shown_limits& limits, std::int64_t seconds) {
  if (limits.requests != nullptr)
    append_limit(out, "requests", *limits.requests, seconds);
  if (limits.tokens == nullptr)
    return;
  append_limit(out, "tokens", *limits.tokens, seconds);
  append_limit(out, "input-tokens", *limits.tokens, seconds);
}

} // namespace keywheel::simulator::anthropic
