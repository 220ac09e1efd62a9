#pragma once

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <optional>
#include <string>
#include <string_view>

namespace keywheel::dialect {

using json_writer = rapidjson::Writer<rapidjson::StringBuffer>;

/// Writes a string value. Bytes that are no UTF-8 become U+FFFD, so that what we send can always
/// be read (RFC 8259 §8.1).
void put_string(json_writer& out, std::string_view text);

/// Writes a member's name. @pre `name` is valid UTF-8
void put_name(json_writer& out, std::string_view name);

/// Writes a member whose value is a string.
void put_member(json_writer& out, std::string_view name, std::string_view value);

/// Whether the bytes are text in UTF-8 (Unicode, table 3-7).
bool is_utf8(std::string_view bytes) noexcept;

/// Decodes what stands between the quotes of a JSON string. Returns nothing if that is no text:
/// half a surrogate pair, or bytes that are no UTF-8.
std::optional<std::string> unescape(std::string_view between_quotes);

} // namespace keywheel::dialect
