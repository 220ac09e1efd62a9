#pragma once

#include <rapidjson/document.h>

#include <string_view>

namespace keywheel::dialect {

/// Whether an event says something that a client waits for, rather than that an answer will come
/// (PROVIDERS §7). What is not known to be empty is content: nothing is held that isn't understood.
/// `type` is the event's own word for what it is, empty if it has none. @pre `root` is an object
bool has_content(const rapidjson::Value& root, std::string_view type) noexcept;

} // namespace keywheel::dialect
