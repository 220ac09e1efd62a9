#include "tools/simulator/anthropic/answers.hpp"
#include "tools/simulator/event_stream.hpp"
#include "tools/simulator/text.hpp"

/// The events of Anthropic's streams (PROVIDERS section 7).
namespace keywheel::simulator {

void event_stream::message_event(std::string& out) {
  if (stage_ == stage::closing)
    return message_closing(out);
  if (stage_ == stage::text) {
    out += "event: content_block_delta\n"
           R"(data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":)";
    append_quoted(out, take_token());
    out += "}}\n\n";
    return;
  }
  if (step_ == 0) {
    out += "event: message_start\n"
           R"(data: {"type":"message_start","message":)";
    anthropic::append_message_start(out, what_);
    out += "}\n\n";
  } else if (step_ == 1) {
    out += "event: content_block_start\n"
           R"(data: {"type":"content_block_start","index":0,)"
           R"("content_block":{"type":"text","text":""}})"
           "\n\n";
  } else {
    out += "event: ping\n"
           R"(data: {"type": "ping"})"
           "\n\n";
  }
  step(3);
}

void event_stream::message_closing(std::string& out) {
  if (step_ == 0) {
    out += "event: content_block_stop\n"
           R"(data: {"type":"content_block_stop","index":0})"
           "\n\n";
  } else if (step_ == 1) {
    out += "event: message_delta\n"
           R"(data: {"type":"message_delta","delta":{"stop_reason":")";
    out += what_.cut ? "max_tokens" : "end_turn";
    out += R"(","stop_sequence":null},"usage":)";
    anthropic::append_usage(out, what_, what_.output_tokens());
    out += "}\n\n";
  } else {
    out += "event: message_stop\n"
           R"(data: {"type":"message_stop"})"
           "\n\n";
  }
  step(3);
}

} // namespace keywheel::simulator
