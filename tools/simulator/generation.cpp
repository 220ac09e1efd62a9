#include "tools/simulator/generation.hpp"

#include "tools/simulator/text.hpp"

#include <algorithm>

namespace keywheel::simulator {
namespace {

void append_base(std::string& out, const generation& what, std::string_view prefix,
                 std::string_view object) {
  out += R"({"id":")";
  out += prefix;
  out += what.id;
  out += R"(","object":")";
  out += object;
  out += R"(","created":)";
  append_number(out, what.created);
  out += R"(,"model":)";
  append_quoted(out, what.model);
}

} // namespace

std::string_view next_token(std::string_view text, std::size_t at) {
  auto end = text.find(' ', at + 1);
  return text.substr(at, end == std::string_view::npos ? end : end - at);
}

void compose_text(generation& result, std::string_view key, std::uint64_t number,
                  std::string_view last, std::int64_t least, std::optional<std::int64_t> most) {
  auto& text = result.text;
  text = "Hello from ";
  text += key;
  text += ", request ";
  append_number(text, number);
  text += ": ";
  text += first_code_points(last, 200);
  std::int64_t tokens = 0;
  std::size_t at = 0;
  result.cut = false;
  for (; at < text.size() && tokens != most; ++tokens)
    at += next_token(text, at).size();
  if (at < text.size()) {
    text.resize(at);
    result.cut = true;
  }
  for (; tokens < least && tokens != most; ++tokens)
    text += " word";
  result.cut = result.cut || tokens < least;
  result.answer_tokens = tokens;
}

void append_usage(std::string& out, const generation& what) {
  out += R"({"prompt_tokens":)";
  append_number(out, what.input_tokens());
  out += R"(,"completion_tokens":)";
  append_number(out, what.output_tokens());
  out += R"(,"total_tokens":)";
  append_number(out, what.input_tokens() + what.output_tokens());
  out += R"(,"prompt_tokens_details":{"cached_tokens":)";
  append_number(out, what.cached_tokens);
  out += R"(,"audio_tokens":0},"completion_tokens_details":{"reasoning_tokens":)";
  append_number(out, what.reasoning_tokens);
  out += R"(,"audio_tokens":0,)"
         R"("accepted_prediction_tokens":0,"rejected_prediction_tokens":0}})";
}

void append_chat_completion(std::string& out, const generation& what) {
  append_base(out, what, "chatcmpl-", "chat.completion");
  out += R"(,"choices":[{"index":0,"message":{"role":"assistant","content":)";
  append_quoted(out, what.text);
  out += R"(,"refusal":null,"annotations":[]},"logprobs":null,"finish_reason":")";
  out += what.cut ? "length" : "stop";
  out += R"("}],"usage":)";
  append_usage(out, what);
  out += R"(,"service_tier":"default","system_fingerprint":"fp_simulator"})";
}

void append_completion(std::string& out, const generation& what) {
  append_base(out, what, "cmpl-", "text_completion");
  out += R"(,"choices":[{"text":)";
  append_quoted(out, what.text);
  out += R"(,"index":0,"logprobs":null,"finish_reason":")";
  out += what.cut ? "length" : "stop";
  out += R"("}],"usage":)";
  append_usage(out, what);
  out += '}';
}

void append_response_part(std::string& out, std::string_view text) {
  out += R"({"type":"output_text","annotations":[],"logprobs":[],"text":)";
  append_quoted(out, text);
  out += '}';
}

void append_response_message(std::string& out, const generation& what, std::string_view status) {
  out += R"({"id":"msg_)";
  out += what.id;
  out += R"(","type":"message","status":")";
  out += status;
  out += R"(","content":[)";
  if (status != "in_progress")
    append_response_part(out, what.text);
  out += R"(],"role":"assistant"})";
}

void append_response(std::string& out, const generation& what, std::string_view status,
                     std::string_view error) {
  bool unfinished = status == "in_progress" || status == "failed";
  out += R"({"id":"resp_)";
  out += what.id;
  out += R"(","object":"response","created_at":)";
  append_number(out, what.created);
  out += R"(,"status":")";
  out += status;
  out += R"(","error":)";
  out += error;
  out += R"(,"incomplete_details":)";
  out += status == "incomplete" ? R"({"reason":"max_output_tokens"})" : "null";
  out += R"(,"instructions":null,"max_output_tokens":null,"model":)";
  append_quoted(out, what.model);
  out += R"(,"output":[)";
  if (!unfinished)
    append_response_message(out, what, status);
  out += R"(],"parallel_tool_calls":true,"previous_response_id":null,)"
         R"("reasoning":{"effort":null,"summary":null},"store":true,"temperature":1.0,)"
         R"("text":{"format":{"type":"text"}},"tool_choice":"auto","tools":[],"top_p":1.0,)"
         R"("truncation":"disabled","usage":)";
  if (unfinished) {
    out += "null";
  } else {
    out += R"({"input_tokens":)";
    append_number(out, what.input_tokens());
    out += R"(,"input_tokens_details":{"cached_tokens":)";
    append_number(out, what.cached_tokens);
    out += R"(},"output_tokens":)";
    append_number(out, what.output_tokens());
    out += R"(,"output_tokens_details":{"reasoning_tokens":)";
    append_number(out, what.reasoning_tokens);
    out += R"(},"total_tokens":)";
    append_number(out, what.input_tokens() + what.output_tokens());
    out += '}';
  }
  out += R"(,"user":null,"metadata":{}})";
}

void append_moderation(std::string& out, const generation& what, std::size_t count) {
  out += R"({"id":"modr-)";
  out += what.id;
  out += R"(","model":)";
  append_quoted(out, what.model);
  out += R"(,"results":[)";
  for (std::size_t i = 0; i < count; ++i) {
    out += i == 0 ? "" : ",";
    out += R"({"flagged":false,"categories":{"hate":false,"violence":false},)"
           R"("category_scores":{"hate":0.0001,"violence":0.0001}})";
  }
  out += "]}";
}

void append_model(std::string& out, std::string_view model) {
  out += R"({"id":)";
  append_quoted(out, model);
  out += R"(,"object":"model","created":1715367049,"owned_by":"simulator"})";
}

void append_models(std::string& out, const std::vector<std::string>& models) {
  out += R"({"object":"list","data":[)";
  for (auto& model : models) {
    out += &model == &models.front() ? "" : ",";
    append_model(out, model);
  }
  out += "]}";
}

} // namespace keywheel::simulator
