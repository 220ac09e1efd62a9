#include "tools/simulator/event_stream.hpp"
#include "tools/simulator/gemini/answers.hpp"
#include "tools/simulator/text.hpp"

/// The chunks of Gemini's streams: server-sent events, or the elements of one array (PROVIDERS
/// section 7). Nothing marks the end but a finishReason.
namespace keywheel::simulator {

void event_stream::gemini_event(std::string& out) {
  auto text = stage_ == stage::text ? take_token() : std::string_view{};
  bool last = stage_ == stage::closing;
  auto tokens = last ? what_.answer_tokens : static_cast<std::int64_t>(count_) + 1;
  std::string chunk;
  gemini::append_content(chunk, what_, {text, tokens, last});
  if (shape_ == shape::gemini_sse) {
    out.append("data: ").append(chunk).append("\r\n\r\n");
  } else {
    out += count_ == 0 ? "[" : ",\r\n";
    append_pretty(out, chunk);
    out += last ? "]" : "";
  }
  if (last)
    stage_ = stage::done;
}

} // namespace keywheel::simulator
