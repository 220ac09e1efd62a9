#include "tools/simulator/event_stream.hpp"
#include "tools/simulator/gemini/errors.hpp"
#include "tools/simulator/openai/errors.hpp"
#include "tools/simulator/text.hpp"

/// Errors inside streams, in every dialect's form (PROVIDERS section 7).
namespace keywheel::simulator {
namespace {

constexpr std::string_view openai_text =
    "The server experienced an error while processing your request. Sorry about that!";

} // namespace

/// The script's object, or else what the dialect says when it breaks down.
std::string_view event_stream::error_object() {
  if (!breaks_.error.empty())
    return breaks_.error;
  switch (shape_) {
  case shape::message:
    breaks_.error =
        R"({"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}})";
    break;
  case shape::gemini_sse:
  case shape::gemini_array:
    breaks_.error = gemini::stream_error_body();
    break;
  case shape::response:
    breaks_.error = R"({"type":"error","code":"server_error","message":")";
    breaks_.error += openai_text;
    breaks_.error += R"(","param":null,"sequence_number":)" + std::to_string(count_) + "}";
    break;
  default:
    breaks_.error = stream_error_body();
  }
  return breaks_.error;
}

void event_stream::append_error(std::string& out) {
  switch (breaks_.form) {
  case error_form::failed:
    if (shape_ == shape::response)
      return append_failed_response(out);
    return append_usual_error(out);
  case error_form::string:
    out += R"(data: {"error":)";
    append_quoted(out, breaks_.error.empty() ? openai_text : std::string_view{breaks_.error});
    out += "}\n\n";
    return end_after_error();
  case error_form::data:
    out.append("data: ").append(error_object()).append("\n\n");
    stage_ = stage::done;
    return;
  case error_form::raw:
    append_pretty(out, error_object());
    out += '\n';
    stage_ = stage::done;
    return;
  case error_form::usual:
    return append_usual_error(out);
  }
}

void event_stream::append_usual_error(std::string& out) {
  auto object = error_object();
  switch (shape_) {
  case shape::gemini_array:
    out += count_ == 0 ? "[" : ",\r\n";
    append_pretty(out, object);
    out += ']';
    break;
  case shape::gemini_sse:
    append_pretty(out, object);
    out += '\n';
    break;
  case shape::response:
  case shape::message:
    out.append("event: error\ndata: ").append(object).append("\n\n");
    break;
  default:
    out.append("data: ").append(object).append("\n\n");
  }
  end_after_error();
}

void event_stream::append_failed_response(std::string& out) {
  std::string error{breaks_.error};
  if (error.empty())
    error = R"({"code":"server_error","message":")" + std::string{openai_text} + R"("})";
  begin_response_event(out, "response.failed");
  out += R"(,"response":)";
  append_response(out, what_, "failed", error);
  out += "}\n\n";
  stage_ = stage::done;
}

/// What follows an error of chat completions is [DONE]; elsewhere the stream is over.
void event_stream::end_after_error() {
  bool marked = shape_ == shape::chat || shape_ == shape::completion;
  stage_ = marked ? stage::closing : stage::done;
  step_ = include_usage_ ? 2 : 1;
}

} // namespace keywheel::simulator
