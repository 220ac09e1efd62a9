#include "config/toml_text.hpp"

#include <algorithm>

namespace keywheel::config {

namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

bool continues_code_point(char c) {
  return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
}

} // namespace

text_lines::text_lines(std::string_view text) : text_(text) {
  begins_.push_back(text.starts_with(byte_order_mark) ? byte_order_mark.size() : 0);
  for (std::size_t i = 0; i < text.size(); ++i)
    if (text[i] == '\n')
      begins_.push_back(i + 1);
}

std::size_t text_lines::offset(toml::source_position at) const {
  if (at.line == 0 || at.line > begins_.size())
    return text_.size();
  auto result = begins_[at.line - 1];
  for (auto column = at.column; column > 1 && result < text_.size(); --column) {
    ++result;
    while (result < text_.size() && continues_code_point(text_[result]))
      ++result;
  }
  return result;
}

char text_lines::at(toml::source_position position) const {
  const auto where = offset(position);
  return where < text_.size() ? text_[where] : '\0';
}

std::size_t text_lines::line_begin(std::size_t offset) const {
  return *std::prev(std::upper_bound(begins_.begin() + 1, begins_.end(), offset));
}

std::size_t text_lines::line_end(std::size_t offset) const {
  const auto feed = text_.find('\n', offset);
  if (feed == std::string_view::npos)
    return text_.size();
  return feed > offset && text_[feed - 1] == '\r' ? feed - 1 : feed;
}

std::string_view text_lines::indentation(std::size_t offset) const {
  const auto line = text_.substr(line_begin(offset));
  return line.substr(0, std::min(line.find_first_not_of(" \t"), line.size()));
}

std::string_view text_lines::line_break(std::size_t offset) const {
  auto feed = text_.find('\n', offset);
  if (feed == std::string_view::npos)
    feed = text_.find('\n');
  if (feed == std::string_view::npos || feed == 0 || text_[feed - 1] != '\r')
    return "\n";
  return "\r\n";
}

} // namespace keywheel::config
