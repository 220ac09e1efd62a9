#include "dialect/event_content.hpp"

#include "dialect/json_tree.hpp"

#include <algorithm>

namespace keywheel::dialect {

namespace {

using value = rapidjson::Value;

constexpr std::string_view empty_types[] = {
    "ping",           "message_start", "message-start", "response.created", "response.in_progress",
    "response.queued"};

/// Whether the members of an object say nothing, apart from those that may say anything.
template <std::size_t Size>
bool members_are_void(const value& object, const std::string_view (&apart)[Size]) noexcept {
  return std::all_of(object.MemberBegin(), object.MemberEnd(), [&](const auto& each) {
    return is_void(&each.value)
           || std::find(std::begin(apart), std::end(apart), text_of(&each.name)) != std::end(apart);
  });
}

/// Whether a choice of a chat completion's chunk only says who will speak.
bool is_empty_choice(const value& choice) noexcept {
  constexpr std::string_view any_delta[] = {"role"};
  constexpr std::string_view any_choice[] = {"index", "delta", "content_filter_results"};
  const value* delta = member(&choice, "delta");
  return delta != nullptr && delta->IsObject() && members_are_void(*delta, any_delta)
         && members_are_void(choice, any_choice);
}

bool is_empty_chunk(const value& root) noexcept {
  const value* choices = member(&root, "choices");
  if (choices == nullptr || !choices->IsArray())
    return false;
  if (choices->Empty()) // Azure's word on the prompt, or the counts at the end
    return member(&root, "prompt_filter_results") != nullptr && is_void(member(&root, "usage"));
  return std::all_of(choices->Begin(), choices->End(), is_empty_choice);
}

/// Whether a part that begins has no text yet, such as {"type":"text","text":""}.
bool is_empty_part(const value* part) noexcept {
  const std::string_view type = text_of(member(part, "type"));
  constexpr std::string_view of_text[] = {"text", "thinking", "output_text", "reasoning_text"};
  return std::find(std::begin(of_text), std::end(of_text), type) != std::end(of_text)
         && is_void(member(part, "text")) && is_void(member(part, "thinking"));
}

/// Whether an item of a Responses answer that begins has nothing in it yet.
bool is_empty_item(const value* item) noexcept {
  const std::string_view type = text_of(member(item, "type"));
  return (type == "message" || type == "reasoning") && is_void(member(item, "content"))
         && is_void(member(item, "summary"));
}

} // namespace

bool has_content(const value& root, std::string_view type) noexcept {
  if (std::find(std::begin(empty_types), std::end(empty_types), type) != std::end(empty_types))
    return false;
  if (type == "content_block_start")
    return !is_empty_part(member(&root, "content_block"));
  if (type == "response.content_part.added")
    return !is_empty_part(member(&root, "part"));
  if (type == "response.output_item.added")
    return !is_empty_item(member(&root, "item"));
  return !is_empty_chunk(root);
}

} // namespace keywheel::dialect
