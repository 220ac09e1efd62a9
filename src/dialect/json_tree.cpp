#include "dialect/json_tree.hpp"

namespace keywheel::dialect {

json_tree::json_tree(std::string_view text)
    : pool_{memory_.data(), memory_.size()}, document_{&pool_} {
  document_.Parse<rapidjson::kParseIterativeFlag>(text.data(), text.size());
}

const json_tree::value* member(const json_tree::value* object, std::string_view name) noexcept {
  if (object == nullptr || !object->IsObject())
    return nullptr;
  for (const auto& each : object->GetObject())
    if (text_of(&each.name) == name)
      return &each.value;
  return nullptr;
}

const json_tree::value* first_of(const json_tree::value* array) noexcept {
  return array != nullptr && array->IsArray() && !array->Empty() ? array->Begin() : nullptr;
}

std::string_view text_of(const json_tree::value* what) noexcept {
  if (what == nullptr || !what->IsString())
    return {};
  return {what->GetString(), what->GetStringLength()};
}

bool is_void(const json_tree::value* what) noexcept {
  if (what == nullptr)
    return true;
  switch (what->GetType()) {
  case rapidjson::kNullType:
  case rapidjson::kFalseType:
    return true;
  case rapidjson::kTrueType:
    return false;
  case rapidjson::kStringType:
    return what->GetStringLength() == 0;
  case rapidjson::kArrayType:
    return what->Empty();
  case rapidjson::kObjectType:
    return what->ObjectEmpty();
  case rapidjson::kNumberType:
    return what->GetDouble() == 0;
  }
  return false;
}

} // namespace keywheel::dialect
