#include "tests/dialect/streams.hpp"

namespace keywheel::dialect::test {

namespace {

const source anthropic{kind::anthropic, "text/event-stream; charset=utf-8", "/v1/messages"};
const source responses{kind::openai, "text/event-stream; charset=utf-8", "/responses"};
const source gemini{kind::gemini, "text/event-stream",
                    "/models/gemini-2.0-flash:streamGenerateContent?alt=sse"};

// -- OpenAI Responses ----------------------------------------------------------------------------

std::string event(const std::string& name, const std::string& data) {
  return "event: " + name + "\ndata: " + data + "\n\n";
}

const std::string created =
    event("response.created",
          R"({"type":"response.created","response":{"id":"r","error":null,"usage":null}})")
    + event("response.in_progress", R"({"type":"response.in_progress","response":{"id":"r"}})");
const std::string item_added =
    event(
        "response.output_item.added",
        R"({"type":"response.output_item.added","item":{"id":"m","type":"message","status":"in_progress","content":[],"role":"assistant"}})")
    + event(
        "response.content_part.added",
        R"({"type":"response.content_part.added","part":{"type":"output_text","text":"","annotations":[]}})");
const std::string response_text =
    event("response.output_text.delta", R"({"type":"response.output_text.delta","delta":"Hi"})");
const std::string completed = event(
    "response.completed",
    R"({"type":"response.completed","response":{"usage":{"input_tokens":36,"input_tokens_details":{"cached_tokens":5},"output_tokens":87,"output_tokens_details":{"reasoning_tokens":60},"total_tokens":123}}})");
const std::string response_error =
    R"({"type":"error","code":"rate_limit_exceeded","message":"m","param":null,"sequence_number":1})";
const std::string response_failed =
    R"({"type":"response.failed","response":{"error":{"code":"rate_limit_exceeded","message":"m"}}})";

std::vector<answer_row> response_rows() {
  return {
      {"responses: success", responses, created + item_added + response_text + completed,
       well({36, 5, 87, 60, true})},
      {"responses: nothing yet", responses, created + item_added, cut(false)},
      {"responses: function call", responses,
       event("response.output_item.added",
             R"({"type":"response.output_item.added","item":{"type":"function_call"}})"),
       cut(true)},
      {"responses: error", responses, created + event("error", response_error),
       failed(false, response_error, false)},
      {"responses: error without a name", responses, "data: " + response_error + "\n\n",
       failed(false, response_error, false)},
      {"responses: failed", responses, created + event("response.failed", response_failed),
       failed(false, response_failed, true)},
      {"responses: failed after text", responses,
       response_text + event("response.failed", response_failed),
       failed(true, response_failed, true)},
      {"responses: cut", responses, created + item_added + response_text, cut(true)},
      {"speech", responses,
       "data: {\"type\":\"speech.audio.delta\",\"audio\":\"AA\"}\n\n"
       "data: {\"type\":\"speech.audio.done\",\"usage\":{\"input_tokens\":3,\"output_tokens\":9,"
       "\"total_tokens\":12}}\n\n",
       well({3, 0, 9, 0, true})},
      {"responses: incomplete", responses,
       response_text + event("response.incomplete", "{\"type\":\"response.incomplete\"}"), well()},
  };
}

// -- Anthropic -----------------------------------------------------------------------------------

const std::string message_start = event(
    "message_start",
    R"({"type":"message_start","message":{"content":[],"usage":{"input_tokens":25,"cache_creation_input_tokens":3,"cache_read_input_tokens":100,"output_tokens":1}}})");
const std::string block_start =
    event("content_block_start",
          R"({"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}})");
const std::string anthropic_ping = event("ping", R"({"type": "ping"})");
const std::string block_delta = event(
    "content_block_delta",
    R"({"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Hello"}})");
const std::string message_delta = event(
    "message_delta",
    R"({"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":15}})");
const std::string message_stop = event("message_stop", R"({"type":"message_stop"})");
const std::string overloaded =
    R"({"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}})";

std::vector<answer_row> anthropic_rows() {
  return {
      {"anthropic: success", anthropic,
       message_start + block_start + anthropic_ping + block_delta + message_delta + message_stop,
       well({128, 100, 15, 0, true})},
      {"anthropic: error first", anthropic, event("error", overloaded),
       failed(false, overloaded, false)},
      {"anthropic: error second", anthropic,
       message_start + anthropic_ping + block_start + event("error", overloaded),
       failed(false, overloaded, false, {128, 100, 1, 0, true})},
      {"anthropic: error after content", anthropic, block_delta + event("error", overloaded),
       failed(true, overloaded, false)},
      {"anthropic: cut", anthropic, message_start + block_start + block_delta,
       cut(true, {128, 100, 1, 0, true})},
      {"anthropic: tool use", anthropic,
       event(
           "content_block_start",
           R"({"type":"content_block_start","content_block":{"type":"tool_use","id":"t","name":"n","input":{}}})"),
       cut(true)},
      {"anthropic: unknown event", anthropic, event("news", "{\"type\":\"news\"}"), cut(true)},
  };
}

// -- Gemini --------------------------------------------------------------------------------------

const std::string gemini_1 =
    R"({"candidates":[{"content":{"parts":[{"text":"a [ \" ] b"}],"role":"model"}}],"usageMetadata":{"promptTokenCount":10,"totalTokenCount":10}})";
const std::string gemini_2 =
    R"({"candidates":[{"content":{"parts":[{"text":"c"}]},"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":10,"cachedContentTokenCount":4,"candidatesTokenCount":20,"thoughtsTokenCount":30,"toolUsePromptTokenCount":2,"totalTokenCount":62}})";
const usage gemini_used{12, 4, 50, 30, true};
const std::string gemini_error = "{\n  \"error\": {\n    \"code\": 503,\n    \"message\": \"The "
                                 "model is overloaded. Please try again later.\",\n    "
                                 "\"status\": \"UNAVAILABLE\"\n  }\n}";
const std::string gemini_chunk_error = R"({"error":{"code":503,"status":"UNAVAILABLE"}})";

std::string crlf(const std::string& data) {
  return "data: " + data + "\r\n\r\n";
}

std::vector<answer_row> gemini_rows() {
  const usage first{10, 0, 0, 0, true};
  return {
      {"gemini: success", gemini, crlf(gemini_1) + crlf(gemini_2), well(gemini_used)},
      {"gemini: cut", gemini, crlf(gemini_1), cut(true, first)},
      {"gemini: raw error", gemini, gemini_error, failed(false, gemini_error, false)},
      {"gemini: raw error, a line behind", gemini, gemini_error + "\n",
       failed(false, gemini_error, false)},
      {"gemini: raw error, then data", gemini, gemini_error + "\n" + crlf(gemini_1),
       failed(false, gemini_error, false, first)},
      {"gemini: raw error after content", gemini, crlf(gemini_1) + gemini_error + "\r\n\r\n",
       failed(true, gemini_error, false, first)},
      {"gemini: raw array of an error", gemini, "[" + gemini_error + "]\n\n",
       failed(false, "[" + gemini_error + "]", false)},
      {"gemini: error as a chunk", gemini, crlf(gemini_chunk_error),
       failed(false, gemini_chunk_error, false)},
      {"gemini: raw error cut", gemini, gemini_error.substr(0, 30), cut(false)},
      {"gemini: blocked prompt", gemini, crlf("{\"promptFeedback\":{\"blockReason\":\"SAFETY\"}}"),
       well()},
      {"gemini: blocked after content", gemini,
       crlf(gemini_1) + crlf("{\"promptFeedback\":{\"blockReason\":\"OTHER\"}}"), well(first)},
      {"array: success", gemini_array, "[" + gemini_1 + "\n,\r\n" + gemini_2 + "\n]\n",
       well(gemini_used)},
      {"array: cut after an element", gemini_array, "[" + gemini_1 + "\n,\r\n" + gemini_2,
       cut(true, gemini_used)},
      {"array: cut in the first element", gemini_array, "[" + gemini_1.substr(0, 40), cut(false)},
      {"array: error first", gemini_array, "[" + gemini_error + "\n]",
       failed(false, gemini_error, true)},
      {"array: error after content", gemini_array, "[" + gemini_1 + ",\n" + gemini_error + "]",
       failed(true, gemini_error, true, first)},
      {"array: error alone", gemini_array, gemini_error + "\n", failed(false, gemini_error, true)},
      {"array: empty", gemini_array, "[]", read_answer{false, false, "", true, {}}},
      {"array: garbage", gemini_array, "  <html>[]", cut(true)},
  };
}

// -- Cohere and Ollama ---------------------------------------------------------------------------

std::vector<answer_row> other_rows() {
  const std::string line =
      "{\"message\":{\"role\":\"assistant\",\"content\":\"h\"},\"done\":false}\n";
  const std::string last = "{\"message\":{\"content\":\"\"},\"done\":true,\"prompt_eval_count\":26,"
                           "\"eval_count\":298}";
  const std::string cohere_text = event(
      "content-delta", R"({"type":"content-delta","delta":{"message":{"content":{"text":"Hi"}}}})");
  const std::string cohere_end = event(
      "message-end",
      R"({"type":"message-end","delta":{"finish_reason":"COMPLETE","usage":{"billed_units":{"input_tokens":1,"output_tokens":1},"tokens":{"input_tokens":496.0,"output_tokens":14.0},"cached_tokens":16}}})");
  const std::string cohere_start =
      event("message-start", "{\"type\":\"message-start\",\"delta\":{\"message\":{}}}");
  return {
      {"cohere: success", sse, cohere_start + cohere_text + cohere_end,
       well({496, 16, 14, 0, true})},
      {"cohere: cut", sse, cohere_start + cohere_text, cut(true)},
      {"cohere: nothing yet", sse, cohere_start, cut(false)},
      {"ollama: success", ndjson, line + "\n" + line + last + "\n", well({26, 0, 298, 0, true})},
      {"ollama: no line end at the end", ndjson, line + last, well({26, 0, 298, 0, true})},
      {"ollama: error first", ndjson, "{\"error\":\"out of memory\"}\n",
       failed(false, "{\"error\":\"out of memory\"}", false)},
      {"ollama: error after content", ndjson, line + "{\"error\":\"unexpected EOF\"}\r\n",
       failed(true, "{\"error\":\"unexpected EOF\"}", false)},
      {"ollama: cut", ndjson, line + last.substr(0, 20), cut(true)},
      {"ollama: garbage", ndjson, "oops\n", cut(true)},
      {"ollama: nothing", ndjson, "\n\n", cut(false)},
  };
}

} // namespace

const std::vector<answer_row>& answer_rows() {
  static const std::vector<answer_row> rows = [] {
    std::vector<answer_row> result;
    for (auto part : {chat_rows(), response_rows(), anthropic_rows(), gemini_rows(), other_rows()})
      result.insert(result.end(), part.begin(), part.end());
    return result;
  }();
  return rows;
}

} // namespace keywheel::dialect::test
