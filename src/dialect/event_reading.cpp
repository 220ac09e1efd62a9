#include "dialect/event_reading.hpp"

#include "dialect/event_content.hpp"
#include "dialect/json_tree.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace keywheel::dialect {

namespace {

using value = rapidjson::Value;

// What the last event calls itself: with Anthropic, Cohere, and the streams of OpenAI's Responses,
// audio and images.
constexpr std::string_view last_types[] = {
    "message_stop",        "message-end",          "response.completed",
    "response.incomplete", "response.failed",      "transcript.text.done",
    "speech.audio.done",   "image_edit.completed", "image_generation.completed",
};

// How the names of the other members begin that say more than content does.
constexpr std::string_view telling_names[] = {"usage", "error", "finish", "done\"", "blockReason"};

constexpr auto telling_bytes = [] {
  std::array<bool, 256> result{};
  for (const std::string_view word : last_types)
    result[static_cast<unsigned char>(word.front())] = true;
  for (const std::string_view word : telling_names)
    result[static_cast<unsigned char>(word.front())] = true;
  return result;
}();

template <std::size_t Size>
bool begins_with_one_of(std::string_view text, const std::string_view (&words)[Size]) noexcept {
  return std::any_of(std::begin(words), std::end(words),
                     [&](std::string_view word) { return text.starts_with(word); });
}

/// Whether the value of a member, of whose name `text` is what follows the first quote, is null or
/// false: most events have `"finish_reason":null` and the like.
bool is_null_or_false(std::string_view text) noexcept {
  const std::size_t quote = text.find('"');
  if (quote == std::string_view::npos)
    return false;
  std::size_t at = text.find_first_not_of(" \t\r\n", quote + 1);
  if (at == std::string_view::npos || text[at] != ':')
    return false;
  at = text.find_first_not_of(" \t\r\n", at + 1);
  return at != std::string_view::npos && (text[at] == 'n' || text[at] == 'f');
}

/// Whether an event may say anything beside content: a single pass over its quotes.
bool may_tell(std::string_view data) noexcept {
  for (std::size_t at = data.find('"'); at != std::string_view::npos; at = data.find('"', at + 1)) {
    const std::string_view text = data.substr(at + 1);
    if (text.empty() || !telling_bytes[static_cast<unsigned char>(text.front())])
      continue;
    if (begins_with_one_of(text, last_types)
        || (begins_with_one_of(text, telling_names) && !is_null_or_false(text)))
      return true;
  }
  return false;
}

bool is_failed_choice(const value& choice) noexcept {
  const std::string_view reason = text_of(member(&choice, "finish_reason"));
  return reason == "error" || reason == "network_error" || !is_void(member(&choice, "error"));
}

bool is_error(const value& root, std::string_view type) noexcept {
  if (type == "error" || type == "response.failed" || !is_void(member(&root, "error"))
      || !is_void(member(member(&root, "x_groq"), "error")))
    return true;
  const value* choices = member(&root, "choices");
  return choices != nullptr && choices->IsArray()
         && std::any_of(choices->Begin(), choices->End(), is_failed_choice);
}

/// Whether DashScope's own API says why it stopped; while it goes on it says "null", a string.
bool is_last_output(const value* output) noexcept {
  const value* of = first_of(member(output, "choices"));
  const std::string_view reason = text_of(member(of != nullptr ? of : output, "finish_reason"));
  return !reason.empty() && reason != "null";
}

bool is_end(const value& root, std::string_view type) noexcept {
  if (std::find(std::begin(last_types), std::end(last_types), type) != std::end(last_types))
    return true;
  const value* done = member(&root, "done");
  return (done != nullptr && done->IsTrue())
         || !is_void(member(first_of(member(&root, "candidates")), "finishReason"))
         || !is_void(member(member(&root, "promptFeedback"), "blockReason"))
         || is_last_output(member(&root, "output"));
}

/// Reads an event that is no JSON object.
event_reading read_other(const stream_event& event) noexcept {
  event_reading result;
  result.error = event.name == "error";
  // No client sees a part of an event that the end of the body has cut off.
  result.content = !result.error && !event.cut;
  return result;
}

event_reading content_only() noexcept {
  event_reading result;
  result.content = true;
  return result;
}

} // namespace

event_reading read_event(const stream_event& event, bool content_seen, usage_tally& tally) {
  const std::size_t begin = std::min(event.data.find_first_not_of(" \t\r\n"), event.data.size());
  const std::string_view data = event.data.substr(begin);
  if (event.unseen)
    return content_only();
  event_reading result;
  if (data.empty())
    return result;
  if (data.starts_with("[DONE]")) {
    result.content = result.end = true;
    return result;
  }
  if (content_seen && event.name != "error" && !may_tell(data))
    return content_only();
  const json_tree tree{data};
  // Gemini may put an error into an array.
  const value* root =
      tree.root() != nullptr && tree.root()->IsArray() ? first_of(tree.root()) : tree.root();
  if (root == nullptr || !root->IsObject())
    return read_other(event);
  const value* own_type = member(root, "type");
  const std::string_view type = is_void(own_type) ? event.name : text_of(own_type);
  result.error = event.name == "error" || is_error(*root, type);
  result.end = is_end(*root, type);
  result.usage = tally.read(*root);
  result.content = !result.error && has_content(*root, type);
  return result;
}

} // namespace keywheel::dialect
