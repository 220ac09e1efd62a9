#include "tools/simulator/event_stream.hpp"

#include "tools/simulator/text.hpp"

namespace keywheel::simulator {

event_stream::event_stream(shape form, generation what, bool include_usage, stream_breaks breaks)
    : shape_(form),
      what_(std::move(what)),
      include_usage_(include_usage),
      breaks_(std::move(breaks)) {
  // The first event of a plain completion and of Gemini is already text.
  if (shape_ == shape::completion || shape_ == shape::gemini_sse || shape_ == shape::gemini_array)
    stage_ = what_.text.empty() ? stage::closing : stage::text;
}

bool event_stream::next(std::string& out) {
  if (stage_ == stage::done)
    return false;
  if (count_ == breaks_.end_after || count_ == breaks_.silence_after) {
    silent_ = count_ == breaks_.silence_after;
    stage_ = stage::done;
    return false;
  }
  if (count_ == breaks_.garbage_after) {
    out += breaks_.garbage;
    stage_ = stage::done;
    return true;
  }
  auto begin = out.size();
  if (count_ == breaks_.error_after)
    append_error(out);
  else
    append_event(out);
  if (count_ == breaks_.lose_after) {
    out.resize(begin + (out.size() - begin) / 2);
    stage_ = stage::done;
    lost_ = true;
  }
  ++count_;
  return true;
}

void event_stream::append_event(std::string& out) {
  switch (shape_) {
  case shape::chat:
    chat_event(out);
    break;
  case shape::completion:
    completion_event(out);
    break;
  case shape::response:
    response_event(out);
    break;
  case shape::message:
    message_event(out);
    break;
  case shape::gemini_sse:
  case shape::gemini_array:
    gemini_event(out);
    break;
  }
}

void event_stream::step(std::size_t last) {
  if (++step_ < last)
    return;
  step_ = 0;
  stage_ = stage_ == stage::closing ? stage::done
           : what_.text.empty()     ? stage::closing
                                    : stage::text;
}

std::string_view event_stream::take_token() {
  auto result = next_token(what_.text, at_);
  at_ += result.size();
  if (at_ == what_.text.size())
    stage_ = stage::closing;
  return result;
}

// -- chat completions and completions ---------------------------------------------------------

void event_stream::begin_chunk(std::string& out, std::string_view prefix, std::string_view object) {
  out += R"(data: {"id":")";
  out += prefix;
  out += what_.id;
  out += R"(","object":")";
  out += object;
  out += R"(","created":)";
  append_number(out, what_.created);
  out += R"(,"model":)";
  append_quoted(out, what_.model);
  if (shape_ == shape::chat)
    out += R"(,"service_tier":"default","system_fingerprint":"fp_simulator")";
  out += R"(,"choices":[)";
}

void event_stream::end_chunk(std::string& out, std::string_view usage) {
  out += ']';
  if (include_usage_) {
    out += R"(,"usage":)";
    out += usage;
  }
  out += "}\n\n";
}

void event_stream::usage_chunk(std::string& out, std::string_view prefix, std::string_view object) {
  begin_chunk(out, prefix, object);
  std::string usage;
  append_usage(usage, what_);
  end_chunk(out, usage);
}

void event_stream::chat_event(std::string& out) {
  constexpr std::string_view prefix = "chatcmpl-";
  constexpr std::string_view object = "chat.completion.chunk";
  constexpr std::string_view unfinished = R"(},"logprobs":null,"finish_reason":null})";
  auto steps = include_usage_ ? 3u : 2u;
  if (stage_ == stage::closing && step_ + 1 == steps) {
    out += "data: [DONE]\n\n";
  } else if (stage_ == stage::closing && step_ == 1) {
    usage_chunk(out, prefix, object);
  } else {
    begin_chunk(out, prefix, object);
    out += R"({"index":0,"delta":{)";
    if (stage_ == stage::opening) {
      out += R"("role":"assistant","content":"","refusal":null)";
      out += unfinished;
    } else if (stage_ == stage::text) {
      out += R"("content":)";
      append_quoted(out, take_token());
      out += unfinished;
      end_chunk(out);
      return;
    } else {
      out += R"(},"logprobs":null,"finish_reason":")";
      out += what_.cut ? R"(length"})" : R"(stop"})";
    }
    end_chunk(out);
  }
  step(stage_ == stage::opening ? 1 : steps);
}

void event_stream::completion_event(std::string& out) {
  constexpr std::string_view prefix = "cmpl-";
  constexpr std::string_view object = "text_completion";
  auto steps = include_usage_ ? 3u : 2u;
  if (stage_ == stage::closing && step_ + 1 == steps) {
    out += "data: [DONE]\n\n";
  } else if (stage_ == stage::closing && step_ == 1) {
    usage_chunk(out, prefix, object);
  } else {
    begin_chunk(out, prefix, object);
    out += R"({"text":)";
    bool text = stage_ == stage::text;
    append_quoted(out, text ? take_token() : std::string_view{});
    out += R"(,"index":0,"logprobs":null,"finish_reason":)";
    out += text ? "null}" : what_.cut ? R"("length"})" : R"("stop"})";
    end_chunk(out);
    if (text)
      return;
  }
  step(steps);
}

// -- responses --------------------------------------------------------------------------------

void event_stream::begin_response_event(std::string& out, std::string_view type) {
  out += "event: ";
  out += type;
  out += "\ndata: {\"type\":\"";
  out += type;
  out += R"(","sequence_number":)";
  append_number(out, count_);
}

void event_stream::response_event(std::string& out) {
  if (stage_ == stage::closing)
    return response_closing(out);
  if (stage_ == stage::text) {
    begin_response_event(out, "response.output_text.delta");
    out += R"(,"item_id":"msg_)" + what_.id
           + R"(","output_index":0,"content_index":0,"logprobs":[],"delta":)";
    append_quoted(out, take_token());
    out += "}\n\n";
    return;
  }
  if (step_ < 2) {
    begin_response_event(out, step_ == 0 ? "response.created" : "response.in_progress");
    out += R"(,"response":)";
    append_response(out, what_, "in_progress");
  } else if (step_ == 2) {
    begin_response_event(out, "response.output_item.added");
    out += R"(,"output_index":0,"item":)";
    append_response_message(out, what_, "in_progress");
  } else {
    begin_response_event(out, "response.content_part.added");
    out += R"(,"item_id":"msg_)" + what_.id + R"(","output_index":0,"content_index":0,"part":)";
    append_response_part(out, {});
  }
  out += "}\n\n";
  step(4);
}

void event_stream::response_closing(std::string& out) {
  std::string_view status = what_.cut ? "incomplete" : "completed";
  if (step_ == 0) {
    begin_response_event(out, "response.output_text.done");
    out += R"(,"item_id":"msg_)" + what_.id
           + R"(","output_index":0,"content_index":0,"logprobs":[],"text":)";
    append_quoted(out, what_.text);
  } else if (step_ == 1) {
    begin_response_event(out, "response.content_part.done");
    out += R"(,"item_id":"msg_)" + what_.id + R"(","output_index":0,"content_index":0,"part":)";
    append_response_part(out, what_.text);
  } else if (step_ == 2) {
    begin_response_event(out, "response.output_item.done");
    out += R"(,"output_index":0,"item":)";
    append_response_message(out, what_, status);
  } else {
    begin_response_event(out, what_.cut ? "response.incomplete" : "response.completed");
    out += R"(,"response":)";
    append_response(out, what_, status);
  }
  out += "}\n\n";
  step(4);
}

} // namespace keywheel::simulator
