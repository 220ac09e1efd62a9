#include "tools/simulator/duration.hpp"
#include "tools/simulator/exchange.hpp"
#include "tools/simulator/openai/errors.hpp"
#include "tools/simulator/problem.hpp"
#include "tools/simulator/text.hpp"

/// Which of OpenAI's errors fits which problem, and its headers.
namespace keywheel::simulator::openai {
namespace {

constexpr std::string_view bad_json =
    "We could not parse the JSON body of your request. (HINT: This likely means you aren't "
    "using your HTTP library correctly. The OpenAI API expects a JSON payload, but what was "
    "sent was not valid JSON. If you have trouble figuring out how to fix this, please contact "
    "us through our help center at help.openai.com.)";

void give(reply& result, int status, std::string body) {
  result.status = status;
  result.body = std::move(body);
}

void complain(reply& result, int status, std::string_view message, std::string_view param = {},
              std::string_view code = {}) {
  give(result, status, error_body(message, "invalid_request_error", param, code));
}

/// Problems with what the caller wrote.
void refuse_request(reply& result, const problem& what, const circumstances& around) {
  using kind = problem::kind;
  std::string method{around.method}, path{around.path()};
  switch (what.what) {
  case kind::wrong_method:
    return complain(result, 405,
                    "Not allowed to " + method + " on " + path
                        + ". (HINT: Perhaps you meant to use a different HTTP method?)");
  case kind::bad_json:
    return complain(result, 400, bad_json);
  case kind::no_model:
    return complain(result, 400, "you must provide a model parameter");
  case kind::bad_field:
    return complain(result, 400, what.text, what.param);
  case kind::unknown_object:
    return complain(result, 404, what.text, what.param);
  case kind::unknown_previous_response:
    return complain(result, 400,
                    "Previous response with id '" + std::string{what.text} + "' not found.",
                    "previous_response_id", "previous_response_not_found");
  default:
    return complain(result, 404, "Invalid URL (" + method + " " + path + ")");
  }
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
  out.append("x-ratelimit-reset-").append(what).append(": ");
  append_go_duration(out, bucket->until_full());
  out += "\r\n";
}

} // namespace

void refuse(reply& result, const problem& what, const circumstances& around) {
  using kind = problem::kind;
  switch (what.what) {
  case kind::no_key:
    return give(result, 401, no_key_body());
  case kind::bad_key:
    return give(result, 401, bad_key_body(around.secret));
  case kind::disabled:
    return give(result, 401, disabled_body());
  case kind::unpaid:
    return give(result, 429, unpaid_body());
  case kind::unknown_model:
    return give(result, 404, bad_model_body(around.model));
  case kind::forbidden_model:
    return give(result, 403, forbidden_model_body(around.model, around.organization));
  case kind::limit:
    result.lines += refusal_lines(what.refused);
    return give(result, 429, refusal_body(what.refused, around.model, around.organization));
  case kind::overload:
    return give(result, 503, status_body(503));
  case kind::capacity:
    return give(result, 429, capacity_body());
  case kind::broken:
    return give(result, 500, status_body(500));
  default:
    return refuse_request(result, what, around);
  }
}

void append_limit_lines(std::string& out, const shown_limits& limits) {
  append_bucket(out, "requests", limits.requests);
  append_bucket(out, "tokens", limits.tokens);
}

} // namespace keywheel::simulator::openai
