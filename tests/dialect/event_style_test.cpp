#include "dialect/answer_reader.hpp"
#include "dialect/event_style.hpp"
#include "dialect/refusal.hpp"
#include "tests/catch.hpp"

#include <string>
#include <vector>

using namespace keywheel;
using dialect::event_style;

namespace {

event_style style_at(std::string_view target, bool stream = true) {
  dialect::request_facts facts;
  facts.stream = stream;
  return dialect::event_style_of(dialect::route_of("POST", target), facts);
}

http::response answer(unsigned status, std::string body) {
  http::response result;
  result.head.status = status;
  result.body = std::move(body);
  return result;
}

/// Whether a reader of that dialect's streams takes it for an error, and for nothing else.
bool reads_as_error(dialect::kind of, std::string_view text, std::string_view tail) {
  dialect::answer_reader reader;
  reader.begin(of, dialect::event_stream_head(), tail);
  reader.feed(dialect::keep_alive_comment());
  if (reader.content_seen() || reader.error() != nullptr)
    return false;
  reader.feed(text);
  reader.finish();
  return reader.error() != nullptr && !reader.content_seen();
}

} // namespace

TEST_CASE("how a call's stream is written") {
  struct row {
    std::string_view target;
    event_style style;
  };
  const std::vector<row> rows{
      {"/v1/chat/completions", event_style::openai},
      {"/v1/completions", event_style::openai},
      {"/v1/images/generations", event_style::openai},
      {"/v1/responses", event_style::responses},
      {"/openai/v1/responses", event_style::responses},
      {"/openai/deployments/x/chat/completions?api-version=1", event_style::openai},
      {"/v1/messages", event_style::anthropic},
      {"/v1/messages?beta=true", event_style::anthropic},
      {"/v1beta/models/x:streamGenerateContent?alt=sse", event_style::gemini},
      {"/v1beta/models/x:streamGenerateContent?key=k&$alt=sse", event_style::gemini},
      {"/v1beta/models/x:streamGenerateContent", event_style::none},
      {"/v1beta/models/x:streamGenerateContent?alt=json", event_style::none},
      {"/v1beta/models/x:generateContent?alt=sse", event_style::none},
      {"/v1/embeddings", event_style::none},
      {"/v1/moderations", event_style::none},
      {"/v1/messages/count_tokens", event_style::none},
  };
  for (const auto& row : rows) {
    CAPTURE(row.target);
    CHECK(style_at(row.target) == row.style);
  }
  CHECK(style_at("/v1/chat/completions", false) == event_style::none);
  CHECK(style_at("/v1/messages", false) == event_style::none);
}

TEST_CASE("which answers go on as the stream that has begun") {
  const auto continues = [](unsigned status, std::string_view type,
                            std::string_view encoding = {}) {
    http::response_head head;
    head.status = status;
    if (!type.empty())
      head.headers.add("Content-Type", type);
    if (!encoding.empty())
      head.headers.add("content-encoding", encoding);
    return dialect::continues_stream(head);
  };
  CHECK(continues(200, "text/event-stream"));
  CHECK(continues(200, "Text/Event-Stream ; charset=utf-8", "identity"));
  CHECK(continues(200, dialect::event_stream_head().headers.find("content-type").value_or("")));
  CHECK_FALSE(continues(200, "application/json"));
  CHECK_FALSE(continues(200, ""));
  CHECK_FALSE(continues(200, "text/event-stream", "gzip"));
  CHECK_FALSE(continues(429, "text/event-stream"));
  CHECK_FALSE(continues(500, "text/event-stream"));
}

TEST_CASE("a provider's error becomes an event on one line") {
  const auto openai =
      answer(400, "{\n  \"error\": {\n    \"message\": \"a\\nb\",\n    \"code\": null\n  }\n}");
  CHECK(dialect::error_event(event_style::openai, openai)
        == "data: {\"error\":{\"message\":\"a\\nb\",\"code\":null}}\n\n");
  CHECK(
      dialect::error_event(event_style::responses, openai)
      == "event: error\ndata: {\"type\":\"error\",\"error\":{\"message\":\"a\\nb\",\"code\":null},"
         "\"code\":null,\"message\":\"a\\nb\",\"param\":null,\"sequence_number\":0}\n\n");
  CHECK(
      dialect::error_event(event_style::anthropic,
                           answer(529, R"({"type":"error","error":{"type":"overloaded_error"}})"))
      == "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\"}}\n\n");
  CHECK(dialect::error_event(event_style::gemini, answer(503, R"([{"error": {"code": 503}}])"))
        == "data: {\"error\":{\"code\":503}}\n\n");
}

TEST_CASE("what says nothing that an SDK takes for an error is told in our words") {
  const std::vector<std::string> bodies{"",
                                        "<html>nginx</html>",
                                        R"({"detail":"Not Found"})",
                                        R"({"choices":[]})",
                                        R"({"error":null})",
                                        R"({"error":{}})",
                                        "{\"error\":",
                                        "[]",
                                        "\x1f\x8b\x08"};
  for (const auto& body : bodies) {
    CAPTURE(body);
    const auto event = dialect::error_event(event_style::openai, answer(502, body));
    CHECK(event.substr(0, 19) == R"(data: {"error":{"me)");
    CHECK(event.find("the provider answered 502 and no stream") != std::string::npos);
    CHECK(event.find("\"code\":\"upstream_failed\"") != std::string::npos);
    CHECK(event.find('\n') == event.size() - 2);
  }
  const auto told =
      dialect::error_event(event_style::openai, answer(404, R"({"detail":"Not Found"})"));
  CHECK(told.find("no stream: Not Found") != std::string::npos);
  // OpenAI's shape would not make Anthropic's SDK raise, nor a bare string Gemini's.
  CHECK(dialect::error_event(event_style::anthropic, answer(400, R"({"error":{"message":"x"}})"))
            .find(R"(data: {"type":"error","error":{"type":"api_error")")
        != std::string::npos);
  CHECK(dialect::error_event(event_style::gemini, answer(400, R"({"error":"x"})"))
            .find("\"status\":\"UNAVAILABLE\"")
        != std::string::npos);
}

TEST_CASE("every style's error reads as one, refusals of ours included") {
  struct row {
    event_style style;
    dialect::kind of;
    std::string_view tail;
  };
  for (const auto& row :
       {row{event_style::openai, dialect::kind::openai, "/chat/completions"},
        row{event_style::responses, dialect::kind::openai, "/responses"},
        row{event_style::openai, dialect::kind::azure, "/chat/completions"},
        row{event_style::anthropic, dialect::kind::anthropic, "/v1/messages"},
        row{event_style::gemini, dialect::kind::gemini, ":streamGenerateContent?alt=sse"}}) {
    CAPTURE(static_cast<int>(row.style));
    const auto ours =
        dialect::render(row.of, {dialect::refusal_code::no_key_available, "all keys rest", {}, {}});
    const auto event = dialect::error_event(row.style, ours);
    CHECK(reads_as_error(row.of, event, row.tail));
    CHECK(event.find("all keys rest") != std::string::npos);
    CHECK(event.ends_with("\n\n"));
    CHECK(reads_as_error(row.of, dialect::error_event(row.style, answer(500, "?")), row.tail));
  }
}
