#include "config/document.hpp"

#include <algorithm>

namespace keywheel::config {

namespace {

/// Longer ones than the file's own keys have may be secrets in the wrong place.
constexpr std::size_t longest_key_shown = 30;
constexpr std::size_t longest_value_shown = 2;

/// The length of the longest part between dots.
std::size_t longest_part(std::string_view path) {
  std::size_t result = 0;
  while (!path.empty()) {
    const auto dot = std::min(path.find('.'), path.size());
    result = std::max(result, dot);
    path.remove_prefix(std::min(dot + 1, path.size()));
  }
  return result;
}

/// Leaves out what stands between quotes from `begin` on, if a part of it is longer than `most`.
std::string without_long_quote(std::string text, std::size_t begin, std::size_t most) {
  const auto open = text.find('\'', begin);
  if (open == std::string::npos)
    return text;
  const auto last = text.rfind('\'');
  const auto close = last > open ? last : text.size(); // toml++ cuts a message that is too long
  const auto length = close - open - 1;
  if (longest_part(std::string_view{text}.substr(open + 1, length)) > most)
    text.replace(open + 1, length, "…");
  return text;
}

/// toml++'s messages quote the text where it stumbled: keys of the file, which a person needs to
/// see, or pieces of values, which nobody may.
std::string without_values(const std::string& text) {
  if (text.find("cannot redefine") != std::string::npos
      || text.find("cannot insert") != std::string::npos)
    return without_long_quote(text, 0, longest_key_shown);
  const auto saw = text.rfind("saw '");
  return without_long_quote(text, saw == std::string::npos ? 0 : saw, longest_value_shown);
}

/// toml++ finds a key that is given twice only behind it: point to its line's first character.
unsigned column_of(const toml::parse_error& error, std::string_view text) {
  const auto at = error.source().begin;
  if (error.description().find("key-value pair: cannot redefine") == std::string_view::npos)
    return at.column;
  std::size_t begin = 0;
  for (unsigned line = 1; line < at.line && begin != std::string_view::npos; ++line)
    begin = text.find('\n', begin) + 1;
  const auto line = text.substr(std::min(begin, text.size()), at.column);
  const auto first = line.find_first_not_of(" \t");
  if (first == std::string_view::npos || line.find('{') != std::string_view::npos)
    return at.column;
  return static_cast<unsigned>(first + 1);
}

} // namespace

document parse_document(std::string_view text) {
  document result;
  try {
    result.root = toml::parse(text);
  } catch (const toml::parse_error& error) {
    result.wrong.line = error.source().begin.line;
    result.wrong.column = column_of(error, text);
    result.wrong.message = without_values(std::string{error.description()});
  }
  return result;
}

} // namespace keywheel::config
