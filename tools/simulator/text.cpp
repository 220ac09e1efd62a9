#include "tools/simulator/text.hpp"

#include <algorithm>
#include <array>

namespace keywheel::simulator {
namespace {

bool continues(std::string_view text, std::size_t at) {
  return at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0u) == 0x80u;
}

/// Length of the well-formed UTF-8 sequence (RFC 3629) at `at`, 0 if there is none.
std::size_t sequence_length(std::string_view text, std::size_t at) {
  auto lead = static_cast<unsigned char>(text[at]);
  if (lead < 0x80)
    return 1;
  if (lead < 0xC2 || lead > 0xF4 || !continues(text, at + 1))
    return 0;
  if (lead < 0xE0)
    return 2;
  auto second = static_cast<unsigned char>(text[at + 1]);
  if (lead < 0xF0) {
    if ((lead == 0xE0 && second < 0xA0) || (lead == 0xED && second > 0x9F))
      return 0;
    return continues(text, at + 2) ? 3 : 0;
  }
  if ((lead == 0xF0 && second < 0x90) || (lead == 0xF4 && second > 0x8F))
    return 0;
  return continues(text, at + 2) && continues(text, at + 3) ? 4 : 0;
}

bool plain(char c) {
  auto byte = static_cast<unsigned char>(c);
  return byte >= 0x20 && byte < 0x80 && c != '"' && c != '\\';
}

void append_special(std::string& out, char c) {
  static constexpr char hex[] = "0123456789abcdef";
  switch (c) {
  case '"':
    out += "\\\"";
    break;
  case '\\':
    out += "\\\\";
    break;
  case '\n':
    out += "\\n";
    break;
  case '\r':
    out += "\\r";
    break;
  case '\t':
    out += "\\t";
    break;
  default:
    out += "\\u00";
    out += hex[static_cast<unsigned char>(c) >> 4];
    out += hex[static_cast<unsigned char>(c) & 15];
  }
}

} // namespace

void append_escaped(std::string& out, std::string_view text) {
  std::size_t at = 0;
  while (at < text.size()) {
    auto stop = at;
    while (stop < text.size() && plain(text[stop]))
      ++stop;
    out.append(text, at, stop - at);
    at = stop;
    if (at == text.size())
      return;
    if (static_cast<unsigned char>(text[at]) < 0x80) {
      append_special(out, text[at++]);
    } else if (auto length = sequence_length(text, at); length > 0) {
      out.append(text, at, length);
      at += length;
    } else {
      out += "\xEF\xBF\xBD";
      ++at;
    }
  }
}

void append_quoted(std::string& out, std::string_view text) {
  out += '"';
  append_escaped(out, text);
  out += '"';
}

void append_pretty(std::string& out, std::string_view json) {
  std::size_t depth = 0;
  bool inside = false; // a string
  auto line = [&] {
    out += '\n';
    out.append(2 * depth, ' ');
  };
  for (std::size_t i = 0; i < json.size(); ++i) {
    char c = json[i];
    bool opens = c == '{' || c == '[', closes = c == '}' || c == ']';
    bool empty = i > 0 && closes && (json[i - 1] == '{' || json[i - 1] == '[');
    if (inside || c == '"') {
      out += c;
      if (c == '\\')
        out += json[++i];
      else if (c == '"')
        inside = !inside;
    } else if (closes) {
      --depth;
      if (!empty)
        line();
      out += c;
    } else {
      out += c;
      depth += opens ? 1 : 0;
      if (c == ':')
        out += ' ';
      else if (c == ',' || (opens && i + 1 < json.size() && json[i + 1] != c + 2))
        line();
    }
  }
}

std::string_view first_code_points(std::string_view text, std::size_t count) {
  std::size_t at = 0;
  while (at < text.size() && count-- > 0)
    at += std::max<std::size_t>(1, sequence_length(text, at));
  return text.substr(0, at);
}

void append_base64(std::string& out, std::string_view bytes) {
  static constexpr char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                     "0123456789+/";
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    auto left = std::min<std::size_t>(3, bytes.size() - at);
    std::uint32_t group = 0;
    for (std::size_t i = 0; i < 3; ++i)
      group = group << 8 | (i < left ? static_cast<unsigned char>(bytes[at + i]) : 0u);
    out += alphabet[group >> 18];
    out += alphabet[group >> 12 & 63];
    out += left > 1 ? alphabet[group >> 6 & 63] : '=';
    out += left > 2 ? alphabet[group & 63] : '=';
  }
}

bool equal_nocase(std::string_view text, std::string_view lower) {
  return std::equal(text.begin(), text.end(), lower.begin(), lower.end(), [](char a, char b) {
    return (a >= 'A' && a <= 'Z' ? static_cast<char>(a + ('a' - 'A')) : a) == b;
  });
}

std::uint64_t random_source::next() {
  auto z = state_ += 0x9E3779B97F4A7C15u;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return z ^ (z >> 31);
}

double random_source::fraction() {
  return static_cast<double>(next() >> 11) * 0x1.0p-53;
}

void random_source::append_id(std::string& out, std::size_t count) {
  static constexpr char alphabet[] = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUV"
                                     "WX";
  while (count > 0) {
    auto bits = next();
    char block[10];
    auto size = std::min<std::size_t>(count, sizeof block);
    for (std::size_t i = 0; i < size; ++i) {
      block[i] = alphabet[bits % 60];
      bits /= 60;
    }
    out.append(block, size);
    count -= size;
  }
}

} // namespace keywheel::simulator
