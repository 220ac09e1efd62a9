#include "dialect/verdict.hpp"

#include "dialect/body_hint.hpp"
#include "dialect/inflate.hpp"
#include "dialect/limits.hpp"
#include "dialect/organization.hpp"
#include "dialect/pattern.hpp"
#include "dialect/signals/rule.hpp"
#include "dialect/times.hpp"
#include "http/ascii.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace keywheel::dialect {

namespace {

namespace ch = std::chrono;

using request = verdict::request;
using signals::evidence;
using signals::outcome;
using signals::rest_rule;

/// No more of a body is read, compressed or not.
constexpr std::size_t max_body = std::size_t{64} * 1024;

struct reason_row {
  std::string_view word;
  request then;
};

/// In the order of `reason`.
constexpr std::array reason_rows{
    reason_row{"none", request::pass},           reason_row{"rate_limit", request::next_key},
    reason_row{"quota", request::next_key},      reason_row{"billing", request::next_key},
    reason_row{"credential", request::next_key}, reason_row{"permission", request::next_key},
    reason_row{"overload", request::next_key},   reason_row{"server_error", request::next_key},
    reason_row{"bad_request", request::pass},    reason_row{"too_large", request::next_key},
    reason_row{"blocked", request::pass},        reason_row{"unreachable", request::next_key},
    reason_row{"no_answer", request::fail},      reason_row{"timed_out", request::fail},
    reason_row{"deadline", request::fail},
};
static_assert(reason_rows.size() == static_cast<std::size_t>(reason::deadline) + 1);

/// In the order of `scope`.
constexpr std::array<std::string_view, 4> scope_words{"key_model", "key", "quota_group",
                                                      "provider_model"};
static_assert(scope_words.size() == static_cast<std::size_t>(scope::provider_model) + 1);

/// In the order of `failure`.
constexpr std::array after_failure{reason::none, reason::unreachable, reason::no_answer,
                                   reason::timed_out, reason::deadline};
static_assert(after_failure.size() == static_cast<std::size_t>(failure::deadline) + 1);

const reason_row& row_of(reason why) noexcept {
  return reason_rows[static_cast<std::size_t>(why)];
}

constexpr std::string_view bedrock_header = "x-amzn-errortype";

error_body body_of(const signal& what) {
  const auto coding = what.head.headers.find("content-encoding");
  const bool is_deflate = coding && matches("*deflate*", *coding);
  if (!what.in_stream && (is_deflate || is_gzip(what.body)))
    return read_error_body(inflated(what.body, max_body));
  return read_error_body(std::string_view{what.body}.substr(0, max_body));
}

std::optional<bool> should_retry(const http::fields& headers) noexcept {
  const auto value = headers.find("x-should-retry");
  if (value && matches("true", http::trim(*value)))
    return true;
  if (value && matches("false", http::trim(*value)))
    return false;
  return std::nullopt;
}

/// A number such as "30,000" after `words` in a message.
std::optional<std::int64_t> number_after(std::string_view message, std::string_view words) {
  const std::size_t at = find_words(message, words);
  if (at == std::string_view::npos)
    return std::nullopt;
  std::optional<std::int64_t> result;
  for (const char c : message.substr(at + words.size())) {
    if (c == ',' && result)
      continue;
    if (c < '0' || c > '9' || result > 1'000'000'000'000)
      break;
    result = result.value_or(0) * 10 + (c - '0');
  }
  return result;
}

/// Whether a rate limit is one that this request can never keep (PROVIDERS §11.4).
bool is_too_large(const evidence& what) {
  if (!matches("rate_limit_exceeded", what.body.code))
    return false;
  const std::string_view message = what.body.message;
  if (what.status == 413 || matches("Request too large*", message))
    return true;
  if (!matches("Rate limit reached for *", message)
      || find_words(message, "Used ") != std::string_view::npos)
    return false;
  const auto limit = number_after(message, ": Limit ");
  const auto requested = number_after(message, ", Requested ");
  return limit && requested && *requested > *limit;
}

/// What was found out, and how.
struct finding {
  outcome what;
  bool certain = false;
  std::string_view source = "status";
};

finding found_in(signal_table of, const evidence& what) {
  const signals::rule* rule = signals::first_match(signals::rules_of(of), what);
  if (rule == nullptr)
    rule = signals::first_match(signals::generic_rules(), what);
  if (rule == nullptr) {
    // An error inside a stream that nothing recognises: the provider broke off.
    if (what.status == 0)
      return {{reason::server_error}};
    return {signals::by_status(of, what.status)};
  }
  const bool by_code = rule->in == signals::place::word || rule->in == signals::place::code;
  const bool by_header = by_code && what.body.code.empty() && !what.header_code.empty();
  finding result{rule->then, true, by_header ? bedrock_header : "body"};
  if (result.what.why == reason::rate_limit && is_too_large(what))
    result.what = {reason::too_large};
  return result;
}

/// The longest reset of a limit of which nothing is left.
std::optional<delay> exhausted_reset(signal_table of, const http::fields& headers, wall_time now) {
  std::optional<delay> result;
  for (const limit_reading& each : limits_from(of, headers, now))
    if (each.remaining == 0 && each.reset > ch::milliseconds{0}
        && (!result || *each.reset > result->rest))
      result = delay{*each.reset, each.reset_source};
  return result;
}

/// A delay in the order of PROVIDERS §3.
std::optional<delay> stated(signal_table of, const evidence& what, const outcome& then,
                            wall_time now) {
  if (what.by_header)
    return what.by_header;
  if (const auto rest = body_hint(of, what.body, now))
    return delay{*rest, "body"};
  if (const auto rest = exhausted_reset(of, what.headers, now))
    return rest;
  if (then.usual > ch::seconds{0})
    return delay{then.usual, "table"};
  return std::nullopt;
}

std::optional<delay> rest_after(signal_table of, const evidence& what, const outcome& then,
                                wall_time now) {
  switch (then.rest) {
  case rest_rule::pacific_midnight:
    return delay{until(next_pacific_midnight(now), now), "body"};
  case rest_rule::utc_midnight:
    return delay{until(next_midnight(now, ch::minutes{0}), now), "body"};
  case rest_rule::shanghai_midnight:
    return delay{until(next_midnight(now, ch::hours{8}), now), "body"};
  case rest_rule::next_month:
    return delay{until(next_month(now), now), "body"};
  case rest_rule::stated:
    break;
  }
  return stated(of, what, then, now);
}

/// Whether a refusal passes with time. Of the others a time may be said too, but it is of no use:
/// Groq's Retry-After on a request that is too large, for instance (§4.6).
bool passes_with_time(const outcome& what) noexcept {
  switch (what.why) {
  case reason::rate_limit:
  case reason::quota:
  case reason::billing:
  case reason::overload:
  case reason::server_error:
    return true;
  default:
    return what.usual > ch::seconds{0};
  }
}

verdict after(failure how) {
  verdict result;
  result.why = after_failure[static_cast<std::size_t>(how)];
  result.for_request = row_of(result.why).then;
  result.source = "transport";
  return result;
}

verdict judge_error(signal_table of, const signal& what, wall_time now) {
  const error_body body = body_of(what);
  const http::fields& headers = what.head.headers;
  evidence seen{
      what.in_stream ? body.http_status : what.head.status,      what.in_stream, headers, body,
      aws_error_name(headers.find(bedrock_header).value_or("")), std::nullopt};
  // What the head of a stream said, it said of a success.
  if (!what.in_stream)
    seen.by_header = delay_from(headers, now);
  const finding found = found_in(of, seen);

  verdict result;
  result.why = found.what.why;
  result.for_request = row_of(result.why).then;
  result.scope = found.what.where.value_or(signals::scope_of(of, result.why));
  result.certain = found.certain;
  result.source = found.source;
  result.should_retry = should_retry(headers);
  result.organization = organization_in(headers);
  if (result.organization.empty())
    result.organization = organization_in(body.message);
  if (!passes_with_time(found.what))
    return result;
  if (const auto rest = rest_after(of, seen, found.what, now)) {
    result.rest = rest->rest;
    result.source = rest->source;
  }
  return result;
}

} // namespace

std::string_view to_string(scope where) noexcept {
  return scope_words[static_cast<std::size_t>(where)];
}

std::string_view to_string(reason why) noexcept {
  return row_of(why).word;
}

std::optional<scope> scope_from_string(std::string_view word) noexcept {
  for (std::size_t i = 0; i < scope_words.size(); ++i)
    if (scope_words[i] == word)
      return static_cast<scope>(i);
  return std::nullopt;
}

std::optional<reason> reason_from_string(std::string_view word) noexcept {
  for (std::size_t i = 0; i < reason_rows.size(); ++i)
    if (reason_rows[i].word == word)
      return static_cast<reason>(i);
  return std::nullopt;
}

verdict judge(signal_table of, const signal& what, wall_time now) {
  if (what.failed != failure::none)
    return after(what.failed);
  if (what.in_stream || what.head.status >= 400)
    return judge_error(of, what, now);
  verdict result;
  result.organization = organization_in(what.head.headers);
  return result;
}

} // namespace keywheel::dialect
