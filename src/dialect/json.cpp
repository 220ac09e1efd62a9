#include "dialect/json.hpp"

#include "dialect/request_scanner.hpp"

#include <rapidjson/document.h>

#include <cstddef>

namespace keywheel::dialect {

namespace {

/// How long the UTF-8 sequence at the start of `text` is (Unicode, table 3-7); 0 if there is none.
std::size_t sequence_size(std::string_view text) noexcept {
  const auto byte = [&](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
  };
  const auto tail = [&](std::size_t i) { return (byte(i) & 0xC0U) == 0x80U; };
  const unsigned first = byte(0);
  const unsigned second = byte(1);
  if (first < 0x80)
    return 1;
  if (first >= 0xC2 && first <= 0xDF)
    return tail(1) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    const unsigned low = first == 0xE0 ? 0xA0 : 0x80;
    const unsigned high = first == 0xED ? 0x9F : 0xBF;
    return second >= low && second <= high && tail(2) ? 3 : 0;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    const unsigned low = first == 0xF0 ? 0x90 : 0x80;
    const unsigned high = first == 0xF4 ? 0x8F : 0xBF;
    return second >= low && second <= high && tail(2) && tail(3) ? 4 : 0;
  }
  return 0;
}

/// How many bytes at the start of `text` are whole UTF-8 sequences.
std::size_t valid_prefix(std::string_view text) noexcept {
  std::size_t i = 0;
  while (i < text.size()) {
    const std::size_t size = sequence_size(text.substr(i));
    if (size == 0)
      break;
    i += size;
  }
  return i;
}

std::string repaired(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    const std::size_t good = valid_prefix(text);
    result += text.substr(0, good);
    text.remove_prefix(good);
    if (!text.empty()) {
      result += "\xEF\xBF\xBD";
      text.remove_prefix(1);
    }
  }
  return result;
}

auto size_type(std::string_view text) {
  return static_cast<rapidjson::SizeType>(text.size());
}

} // namespace

bool is_utf8(std::string_view bytes) noexcept {
  return valid_prefix(bytes) == bytes.size();
}

void put_string(json_writer& out, std::string_view text) {
  if (is_utf8(text)) {
    // RapidJSON wants a pointer even where there is nothing to read.
    out.String(text.empty() ? "" : text.data(), size_type(text));
  } else {
    const std::string good = repaired(text);
    out.String(good.data(), size_type(good));
  }
}

void put_name(json_writer& out, std::string_view name) {
  out.Key(name.data(), size_type(name));
}

void put_member(json_writer& out, std::string_view name, std::string_view value) {
  put_name(out, name);
  put_string(out, value);
}

std::optional<std::string> unescape(std::string_view between_quotes) {
  std::string result{between_quotes};
  if (between_quotes.find('\\') != std::string_view::npos) {
    const std::string quoted = '"' + result + '"';
    rapidjson::Document parsed;
    parsed.Parse(quoted.data(), quoted.size());
    if (parsed.HasParseError() || !parsed.IsString())
      return std::nullopt;
    result.assign(parsed.GetString(), parsed.GetStringLength());
  }
  if (!is_utf8(result))
    return std::nullopt;
  return result;
}

std::string json_string(std::string_view text) {
  rapidjson::StringBuffer buffer;
  json_writer out{buffer};
  put_string(out, text);
  return {buffer.GetString(), buffer.GetSize()};
}

} // namespace keywheel::dialect
