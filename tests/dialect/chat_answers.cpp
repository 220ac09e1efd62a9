#include "tests/dialect/streams.hpp"

namespace keywheel::dialect::test {

namespace {

using namespace std::string_literals;

const source azure{kind::azure, "text/event-stream; charset=utf-8", "/chat/completions"};

const std::string role =
    R"(data: {"id":"c1","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"role":"assistant","content":"","refusal":null},"logprobs":null,"finish_reason":null}],"usage":null})"
    "\n\n";
const std::string text =
    R"(data: {"id":"c1","choices":[{"index":0,"delta":{"content":"the \"error\": {} word, \"usage\" too"},"finish_reason":null}],"usage":null})"
    "\n\n";
const std::string stop =
    R"(data: {"id":"c1","choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"usage":null})"
    "\n\n";
const std::string chat_usage =
    R"(data: {"id":"c1","choices":[],"usage":{"prompt_tokens":19,"completion_tokens":10,"total_tokens":29,"prompt_tokens_details":{"cached_tokens":8},"completion_tokens_details":{"reasoning_tokens":4}}})"
    "\n\n";
const std::string done = "data: [DONE]\n\n";
const usage chat_used{19, 8, 10, 4, true};

const std::string error_text =
    R"({"error":{"message":"The server experienced an error while processing your request","type":"server_error","param":null,"code":null}})";
const std::string error_event = "data: " + error_text + "\n\n";

const std::string azure_filter =
    R"(data: {"choices":[],"created":0,"id":"","model":"","object":"","prompt_filter_results":[{"prompt_index":0,"content_filter_results":{"hate":{"filtered":false,"severity":"safe"}}}]})"
    "\n\n";

const std::string openrouter_error =
    R"({"id":"g","error":{"code":502,"message":"Provider disconnected"},"choices":[{"index":0,"delta":{"content":""},"finish_reason":"error"}]})";
const std::string choice_error =
    R"({"id":"g","choices":[{"index":0,"error":{"code":502,"message":"x"},"delta":{"content":""},"finish_reason":null}]})";

} // namespace

std::vector<answer_row> chat_rows() {
  return {
      {"chat: success", sse, role + text + stop + chat_usage + done, well(chat_used)},
      {"chat: byte order mark", sse, "\xEF\xBB\xBF" + text + done, well()},
      {"chat: byte order mark before an error", sse, "\xEF\xBB\xBF" + error_event,
       failed(false, error_text, false)},
      {"chat: error first", sse, error_event + done, failed(false, error_text, true)},
      {"chat: error second", sse, ": hello\n\n" + role + error_event + done,
       failed(false, error_text, true)},
      {"chat: error after content", sse, role + text + error_event,
       failed(true, error_text, false)},
      {"chat: two errors", sse, error_event + "data: {\"error\":\"later\"}\n\n",
       failed(false, error_text, false)},
      {"chat: no end mark", sse, role + text + stop, cut(true)},
      {"chat: nothing but a role", sse, role, cut(false)},
      {"chat: error without an empty line behind", sse, "data: " + error_text,
       failed(false, error_text, false)},
      {"chat: cut inside the first text", sse, role + text.substr(0, 60), cut(false)},
      {"chat: cut inside the end mark", sse, text + "data: [DON", cut(true)},
      {"chat: end mark without an empty line behind", sse, text + "data: [DONE]", well()},
      {"chat: only the end mark", sse, done, well()},
      {"chat: tool call", sse,
       "data: {\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":null,"
       "\"tool_calls\":[{\"index\":0,\"id\":\"t\"}]},\"finish_reason\":null}]}\n\n",
       cut(true)},
      {"chat: reasoning", sse,
       "data: {\"choices\":[{\"delta\":{\"content\":null,\"reasoning_content\":\"h\"}}]}\n\n",
       cut(true)},
      {"chat: legacy completion", sse, "data: {\"choices\":[{\"text\":\"\",\"index\":0}]}\n\n",
       cut(true)},
      {"chat: garbage data", sse, "data: {]\n\n", cut(true)},
      {"chat: an event of a name alone", sse, "event: error\n\ndata:\n\n", cut(false)},
      {"azure: filter first", azure, azure_filter, cut(false)},
      {"azure: filtered role", azure,
       "data: {\"choices\":[{\"content_filter_results\":{\"hate\":{\"filtered\":false}},\"delta\":{"
       "\"role\":\"assistant\",\"content\":\"\"},\"finish_reason\":null,\"index\":0}]}\n\n",
       cut(false)},
      {"azure: filter with usage", azure,
       "data: {\"choices\":[],\"prompt_filter_results\":[],\"usage\":{\"prompt_tokens\":1}}\n\n",
       cut(true, {1, 0, 0, 0, true})},
      {"azure: filter, then text", azure, azure_filter + role + text + done, well()},
      {"deepseek: comments", sse, ": keep-alive\n\n: keep-alive\n\n", cut(false)},
      {"openrouter: error", sse, ": OPENROUTER PROCESSING\n\ndata: " + openrouter_error + "\n\n",
       failed(false, openrouter_error, false)},
      {"openrouter: error in a choice", sse, text + "data: " + choice_error + "\n\n",
       failed(true, choice_error, false)},
      {"groq: bare string", sse, "data: {\"error\":\"Rate limit reached\"}\n\n",
       failed(false, "{\"error\":\"Rate limit reached\"}", false)},
      {"groq: nested", sse, "event: error\ndata: {\"error\":{\"error\":{\"code\":\"x\"}}}\n\n",
       failed(false, "{\"error\":{\"error\":{\"code\":\"x\"}}}", false)},
      {"groq: error in x_groq", sse,
       text + "data: {\"choices\":[],\"x_groq\":{\"id\":\"r\",\"error\":\"over capacity\"}}\n\n",
       failed(true, "{\"choices\":[],\"x_groq\":{\"id\":\"r\",\"error\":\"over capacity\"}}",
              false)},
      {"zhipu: network error", sse,
       "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"network_error\"}]}\n\n",
       failed(false, "{\"choices\":[{\"delta\":{},\"finish_reason\":\"network_error\"}]}", false)},
      {"groq: usage", sse,
       text
           + R"(data: {"choices":[{"delta":{},"finish_reason":"stop"}],"x_groq":{"id":"r","usage":{"prompt_tokens":3,"completion_tokens":2,"total_tokens":5}}})"
           + "\n\n" + done,
       well({3, 0, 2, 0, true})},
      {"moonshot: usage in a choice", sse,
       R"(data: {"choices":[{"delta":{},"finish_reason":"stop","usage":{"prompt_tokens":7,"completion_tokens":2,"total_tokens":9,"cached_tokens":6}}]})"
           + "\n\n"s + done,
       well({7, 6, 2, 0, true})},
      {"no errors", sse, "data: {\"error\":null,\"choices\":[]}\n\n" + done, well()},
      {"llama.cpp: error line", sse, "error: {\"code\":500,\"message\":\"m\"}\n\n",
       failed(false, "{\"code\":500,\"message\":\"m\"}", false)},
      {"dashscope: success", sse,
       "id:1\nevent:result\n:HTTP_STATUS/200\ndata:{\"output\":{\"text\":\"a\",\"finish_reason\":"
       "\"null\"},\"usage\":{\"input_tokens\":2,\"output_tokens\":1,\"total_tokens\":3}}\n\n"
       "id:2\nevent:result\n:HTTP_STATUS/200\ndata:{\"output\":{\"text\":\"ab\",\"finish_reason\":"
       "\"stop\"},\"usage\":{\"input_tokens\":2,\"output_tokens\":2,\"total_tokens\":4}}\n\n",
       well({2, 0, 2, 0, true})},
      {"dashscope: error", sse,
       "id:1\nevent:error\n:HTTP_STATUS/400\ndata:{\"code\":\"Throttling\",\"message\":\"m\"}\n\n",
       failed(false, "{\"code\":\"Throttling\",\"message\":\"m\"}", false)},
      {"several lines of data", sse, "data: {\"error\":\ndata: \"x\"}\n\n",
       failed(false, "{\"error\":\n\"x\"}", false)},
      {"unknown fields", sse, "retry: 5\nfoo: bar\nid\n\nnonsense\n\n", cut(false)},
  };
}

} // namespace keywheel::dialect::test
