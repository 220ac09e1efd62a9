#pragma once

#include <rapidjson/document.h>

#include <array>
#include <cstddef>
#include <string_view>

namespace keywheel::dialect {

/// A small JSON text as a tree. It is parsed without recursion, so no nesting can exhaust the
/// stack.
class json_tree {
public:
  using value = rapidjson::Value;

  explicit json_tree(std::string_view text);
  json_tree(const json_tree&) = delete;
  json_tree& operator=(const json_tree&) = delete;

  /// Null if the text is no JSON. Valid as long as this tree.
  const value* root() const noexcept { return document_.HasParseError() ? nullptr : &document_; }

private:
  /// Enough for most events: what is beyond comes from the heap.
  alignas(std::max_align_t) std::array<char, 8192> memory_;
  rapidjson::MemoryPoolAllocator<> pool_;
  rapidjson::Document document_;
};

/// The member of that name; null if `object` is null, no object, or has none.
const json_tree::value* member(const json_tree::value* object, std::string_view name) noexcept;

/// The first element; null if `array` is null, no array, or empty.
const json_tree::value* first_of(const json_tree::value* array) noexcept;

/// The text of a string; empty if `what` is null or no string.
std::string_view text_of(const json_tree::value* what) noexcept;

/// Whether a value says nothing: no value, null, false, zero, or an empty string, array or object.
bool is_void(const json_tree::value* what) noexcept;

} // namespace keywheel::dialect
