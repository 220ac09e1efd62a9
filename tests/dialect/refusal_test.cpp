#include "dialect/refusal.hpp"
#include "tests/catch.hpp"

#include <rapidjson/document.h>

#include <vector>

using namespace keywheel;
using namespace keywheel::dialect;
using namespace std::chrono_literals;

namespace {

const std::vector<kind> dialects{kind::openai, kind::anthropic, kind::gemini, kind::azure};

std::string_view text(const rapidjson::Value& value) {
  return {value.GetString(), value.GetStringLength()};
}

rapidjson::Document parsed(const std::string& body) {
  rapidjson::Document result;
  result.Parse(body.c_str());
  REQUIRE_FALSE(result.HasParseError());
  return result;
}

} // namespace

TEST_CASE("each code has its word and its status, whatever the dialect") {
  struct row {
    refusal_code code;
    std::string_view word;
    unsigned status;
  };
  const std::vector<row> rows{
      {refusal_code::bad_request, "bad_request", 400},
      {refusal_code::not_authorized, "not_authorized", 401},
      {refusal_code::not_allowed, "not_allowed", 403},
      {refusal_code::unknown_model, "unknown_model", 404},
      {refusal_code::not_found, "not_found", 404},
      {refusal_code::method_not_allowed, "method_not_allowed", 405},
      {refusal_code::request_timeout, "request_timeout", 408},
      {refusal_code::body_too_large, "body_too_large", 413},
      {refusal_code::headers_too_large, "headers_too_large", 431},
      {refusal_code::no_key_available, "no_key_available", 429},
      {refusal_code::waiting_line_full, "waiting_line_full", 429},
      {refusal_code::internal_error, "internal_error", 500},
      {refusal_code::not_implemented, "not_implemented", 501},
      {refusal_code::key_rejected, "key_rejected", 502},
      {refusal_code::upstream_unreachable, "upstream_unreachable", 502},
      {refusal_code::upstream_failed, "upstream_failed", 502},
      {refusal_code::shutting_down, "shutting_down", 503},
      {refusal_code::deadline_exceeded, "deadline_exceeded", 504},
  };
  REQUIRE(rows.size() == static_cast<std::size_t>(refusal_code::deadline_exceeded) + 1);
  for (const row& each : rows) {
    CAPTURE(each.word);
    CHECK(to_string(each.code) == each.word);
    CHECK(status_of(each.code) == each.status);
    for (const kind caller : dialects) {
      const auto result = render(caller, {each.code, "a \"message\"\n", {}, {}});
      CHECK(result.head.status == each.status);
      CHECK(result.head.headers.find("content-type") == "application/json");
      const auto body = parsed(result.body);
      CHECK(text(body["error"]["message"]) == "a \"message\"\n");
      if (caller == kind::gemini) {
        CHECK(body["error"]["code"].GetUint() == each.status);
        CHECK(body["error"]["status"].IsString());
      } else {
        CHECK(text(body["error"]["code"]) == each.word);
        CHECK(body["error"]["type"].IsString());
      }
    }
  }
}

TEST_CASE("bodies have each vendor's shape") {
  const refusal what{refusal_code::no_key_available, "all keys rest", 41200ms, {}};
  const std::string openai = R"({"error":{"message":"all keys rest","type":"rate_limit_error",)"
                             R"("param":null,"code":"no_key_available"}})";
  CHECK(render(kind::openai, what).body == openai);
  CHECK(render(kind::azure, what).body == openai);
  CHECK(render(kind::anthropic, what).body
        == R"({"type":"error","error":{"type":"rate_limit_error","message":"all keys rest",)"
           R"("code":"no_key_available"}})");
  CHECK(render(kind::gemini, what).body
        == R"({"error":{"code":429,"message":"all keys rest","status":"RESOURCE_EXHAUSTED",)"
           R"("details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo",)"
           R"("reason":"NO_KEY_AVAILABLE","domain":"keywheel"},)"
           R"({"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"41.200s"}]}})");
}

TEST_CASE("errors have the vendors' types") {
  struct row {
    refusal_code code;
    std::string_view openai;
    std::string_view anthropic;
    std::string_view google;
  };
  for (const row& each : std::vector<row>{
           {refusal_code::bad_request, "invalid_request_error", "invalid_request_error",
            "INVALID_ARGUMENT"},
           {refusal_code::not_authorized, "invalid_request_error", "authentication_error",
            "UNAUTHENTICATED"},
           {refusal_code::not_allowed, "invalid_request_error", "permission_error",
            "PERMISSION_DENIED"},
           {refusal_code::unknown_model, "invalid_request_error", "not_found_error", "NOT_FOUND"},
           {refusal_code::body_too_large, "invalid_request_error", "request_too_large",
            "INVALID_ARGUMENT"},
           {refusal_code::internal_error, "server_error", "api_error", "INTERNAL"},
           {refusal_code::not_implemented, "server_error", "api_error", "UNIMPLEMENTED"},
           {refusal_code::shutting_down, "server_error", "overloaded_error", "UNAVAILABLE"},
           {refusal_code::deadline_exceeded, "server_error", "timeout_error",
            "DEADLINE_EXCEEDED"}}) {
    CAPTURE(to_string(each.code));
    const refusal what{each.code, "x", {}, {}};
    const auto openai = parsed(render(kind::openai, what).body);
    const auto anthropic = parsed(render(kind::anthropic, what).body);
    const auto gemini = parsed(render(kind::gemini, what).body);
    CHECK(text(openai["error"]["type"]) == each.openai);
    CHECK(text(anthropic["error"]["type"]) == each.anthropic);
    CHECK(text(gemini["error"]["status"]) == each.google);
  }
}

TEST_CASE("when to come back is said in seconds, rounded up, and in milliseconds") {
  struct row {
    std::chrono::milliseconds after;
    std::string_view seconds;
    std::string_view millis;
    std::string_view google;
  };
  for (const row& each : std::vector<row>{{41200ms, "42", "41200", "41.200s"},
                                          {60s, "60", "60000", "60.000s"},
                                          {1ms, "1", "1", "0.001s"},
                                          {0ms, "1", "1", "0.001s"},
                                          {-5s, "1", "1", "0.001s"}}) {
    CAPTURE(each.millis);
    const refusal what{refusal_code::waiting_line_full, "x", each.after, {}};
    for (const kind caller : dialects) {
      const auto headers = render(caller, what).head.headers;
      CHECK(headers.find("retry-after") == each.seconds);
      CHECK(headers.find("retry-after-ms") == each.millis);
      CHECK_FALSE(headers.contains("x-should-retry"));
    }
    const auto gemini = parsed(render(kind::gemini, what).body);
    CHECK(text(gemini["error"]["details"][1]["retryDelay"]) == each.google);
  }
}

TEST_CASE("what is not known is not said") {
  for (const kind caller : dialects) {
    const auto plain = render(caller, {refusal_code::no_key_available, "x", {}, {}});
    CHECK_FALSE(plain.head.headers.contains("retry-after"));
    CHECK_FALSE(plain.head.headers.contains("retry-after-ms"));
    CHECK(plain.body.find("RetryInfo") == std::string::npos);
    const auto no = render(caller, {refusal_code::key_rejected, "x", {}, false});
    CHECK(no.head.headers.find("x-should-retry") == "false");
    const auto yes = render(caller, {refusal_code::shutting_down, "x", {}, true});
    CHECK(yes.head.headers.find("x-should-retry") == "true");
  }
}

TEST_CASE("a message with any bytes leaves a readable body") {
  for (const kind caller : dialects) {
    const auto result = render(caller, {refusal_code::unknown_model, "no model \xFF\xC0", {}, {}});
    const auto body = parsed(result.body);
    CHECK(text(body["error"]["message"]) == "no model \xEF\xBF\xBD\xEF\xBF\xBD");
  }
}
