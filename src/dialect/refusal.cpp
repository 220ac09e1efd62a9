#include "dialect/refusal.hpp"

#include "dialect/json.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace keywheel::dialect {

namespace {

namespace ch = std::chrono;

struct code_row {
  refusal_code code;
  std::string_view word;
  std::string_view reason; ///< the word as Google's ErrorInfo writes reasons
  unsigned status;
};

constexpr std::array code_rows{
    code_row{refusal_code::bad_request, "bad_request", "BAD_REQUEST", 400},
    code_row{refusal_code::not_authorized, "not_authorized", "NOT_AUTHORIZED", 401},
    code_row{refusal_code::not_allowed, "not_allowed", "NOT_ALLOWED", 403},
    code_row{refusal_code::unknown_model, "unknown_model", "UNKNOWN_MODEL", 404},
    code_row{refusal_code::not_found, "not_found", "NOT_FOUND", 404},
    code_row{refusal_code::method_not_allowed, "method_not_allowed", "METHOD_NOT_ALLOWED", 405},
    code_row{refusal_code::request_timeout, "request_timeout", "REQUEST_TIMEOUT", 408},
    code_row{refusal_code::body_too_large, "body_too_large", "BODY_TOO_LARGE", 413},
    code_row{refusal_code::headers_too_large, "headers_too_large", "HEADERS_TOO_LARGE", 431},
    code_row{refusal_code::no_key_available, "no_key_available", "NO_KEY_AVAILABLE", 429},
    code_row{refusal_code::waiting_line_full, "waiting_line_full", "WAITING_LINE_FULL", 429},
    code_row{refusal_code::internal_error, "internal_error", "INTERNAL_ERROR", 500},
    code_row{refusal_code::not_implemented, "not_implemented", "NOT_IMPLEMENTED", 501},
    code_row{refusal_code::key_rejected, "key_rejected", "KEY_REJECTED", 502},
    code_row{refusal_code::upstream_unreachable, "upstream_unreachable", "UPSTREAM_UNREACHABLE",
             502},
    code_row{refusal_code::upstream_failed, "upstream_failed", "UPSTREAM_FAILED", 502},
    code_row{refusal_code::shutting_down, "shutting_down", "SHUTTING_DOWN", 503},
    code_row{refusal_code::deadline_exceeded, "deadline_exceeded", "DEADLINE_EXCEEDED", 504},
};

constexpr bool rows_are_in_order() {
  for (std::size_t i = 0; i < code_rows.size(); ++i)
    if (static_cast<std::size_t>(code_rows[i].code) != i)
      return false;
  return code_rows.size() == static_cast<std::size_t>(refusal_code::deadline_exceeded) + 1;
}
static_assert(rows_are_in_order());

const code_row& row_of(refusal_code code) noexcept {
  return code_rows[static_cast<std::size_t>(code)];
}

/// What each vendor calls an error of a status: OpenAI's and Anthropic's error `type`, Google's
/// status (google.rpc.Code).
struct status_row {
  unsigned status;
  std::string_view openai;
  std::string_view anthropic;
  std::string_view google;
};

constexpr std::array status_rows{
    status_row{400, "invalid_request_error", "invalid_request_error", "INVALID_ARGUMENT"},
    status_row{401, "invalid_request_error", "authentication_error", "UNAUTHENTICATED"},
    status_row{403, "invalid_request_error", "permission_error", "PERMISSION_DENIED"},
    status_row{404, "invalid_request_error", "not_found_error", "NOT_FOUND"},
    status_row{405, "invalid_request_error", "invalid_request_error", "INVALID_ARGUMENT"},
    status_row{408, "invalid_request_error", "invalid_request_error", "DEADLINE_EXCEEDED"},
    status_row{413, "invalid_request_error", "request_too_large", "INVALID_ARGUMENT"},
    status_row{429, "rate_limit_error", "rate_limit_error", "RESOURCE_EXHAUSTED"},
    status_row{431, "invalid_request_error", "request_too_large", "INVALID_ARGUMENT"},
    status_row{500, "server_error", "api_error", "INTERNAL"},
    status_row{501, "server_error", "api_error", "UNIMPLEMENTED"},
    status_row{502, "server_error", "api_error", "UNAVAILABLE"},
    status_row{503, "server_error", "overloaded_error", "UNAVAILABLE"},
    status_row{504, "server_error", "timeout_error", "DEADLINE_EXCEEDED"},
};

constexpr const status_row* find_status(unsigned status) {
  for (const status_row& row : status_rows)
    if (row.status == status)
      return &row;
  return nullptr;
}

constexpr bool every_code_has_its_status() {
  for (const code_row& row : code_rows)
    if (find_status(row.status) == nullptr)
      return false;
  return true;
}
static_assert(every_code_has_its_status());

/// "41.200s", as protobuf writes a Duration in JSON.
std::string protobuf_duration(ch::milliseconds time) {
  const std::string millis = std::to_string(time.count() % 1000);
  return std::to_string(time.count() / 1000) + '.' + std::string(3 - millis.size(), '0') + millis
         + 's';
}

void put_openai(json_writer& out, const code_row& row, const refusal& what) {
  put_member(out, "message", what.message);
  put_member(out, "type", find_status(row.status)->openai);
  put_name(out, "param");
  out.Null();
  put_member(out, "code", row.word);
}

void put_anthropic(json_writer& out, const code_row& row, const refusal& what) {
  put_member(out, "type", find_status(row.status)->anthropic);
  put_member(out, "message", what.message);
  put_member(out, "code", row.word);
}

void put_gemini(json_writer& out, const code_row& row, const refusal& what,
                std::optional<ch::milliseconds> retry_after) {
  put_name(out, "code");
  out.Uint(row.status);
  put_member(out, "message", what.message);
  put_member(out, "status", find_status(row.status)->google);
  put_name(out, "details");
  out.StartArray();
  out.StartObject();
  put_member(out, "@type", "type.googleapis.com/google.rpc.ErrorInfo");
  put_member(out, "reason", row.reason);
  put_member(out, "domain", "keywheel");
  out.EndObject();
  if (retry_after) {
    out.StartObject();
    put_member(out, "@type", "type.googleapis.com/google.rpc.RetryInfo");
    put_member(out, "retryDelay", protobuf_duration(*retry_after));
    out.EndObject();
  }
  out.EndArray();
}

std::string render_body(kind caller, const refusal& what,
                        std::optional<ch::milliseconds> retry_after) {
  const code_row& row = row_of(what.code);
  rapidjson::StringBuffer buffer;
  json_writer out{buffer};
  out.StartObject();
  if (caller == kind::anthropic)
    put_member(out, "type", "error");
  put_name(out, "error");
  out.StartObject();
  switch (caller) {
  case kind::openai:
  case kind::azure:
    put_openai(out, row, what);
    break;
  case kind::anthropic:
    put_anthropic(out, row, what);
    break;
  case kind::gemini:
    put_gemini(out, row, what, retry_after);
    break;
  }
  out.EndObject();
  out.EndObject();
  return {buffer.GetString(), buffer.GetSize()};
}

/// The provider's own answer, less the hints that ours replace.
http::response answer_of(const refusal& what, bool has_hint) {
  const auto replaced = [&](std::string_view name) {
    return (has_hint
            && (http::name_equals(name, "retry-after")
                || http::name_equals(name, "retry-after-ms")))
           || (what.should_retry && http::name_equals(name, "x-should-retry"));
  };
  http::response result;
  result.head.status = what.said->head.status;
  for (const auto& [name, value] : what.said->head.headers)
    if (!replaced(name))
      result.head.headers.add(name, value);
  result.body = what.said->body;
  return result;
}

http::response answer_of_ours(kind caller, const refusal& what,
                              std::optional<ch::milliseconds> retry_after) {
  http::response result;
  result.head.status = status_of(what.code);
  result.head.headers.add("content-type", "application/json");
  result.body = render_body(caller, what, retry_after);
  return result;
}

} // namespace

std::string_view to_string(refusal_code code) noexcept {
  return row_of(code).word;
}

unsigned status_of(refusal_code code) noexcept {
  return row_of(code).status;
}

http::response render(kind caller, const refusal& what) {
  // The SDKs ignore a delay of zero and would come back at a time of their own.
  std::optional<ch::milliseconds> retry_after = what.retry_after;
  if (retry_after)
    retry_after = std::max(*retry_after, ch::milliseconds{1});
  auto result = what.said ? answer_of(what, retry_after.has_value())
                          : answer_of_ours(caller, what, retry_after);
  auto& headers = result.head.headers;
  if (retry_after) {
    headers.add("retry-after", std::to_string(ch::ceil<ch::seconds>(*retry_after).count()));
    headers.add("retry-after-ms", std::to_string(retry_after->count()));
  }
  if (what.should_retry)
    headers.add("x-should-retry", *what.should_retry ? "true" : "false");
  return result;
}

} // namespace keywheel::dialect
