// What of toml_text takes something out of a text.

#include "config/toml_text.hpp"

#include <algorithm>

namespace keywheel::config {

namespace {

constexpr std::string_view blanks = " \t";

bool is_bare(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'
         || c == '-';
}

} // namespace

std::string toml_text::without(const node_path& owner, const toml::key& key,
                               const toml::node& what) const {
  const auto container = container_of(owner);
  const bool in_line = container > 0 && is_inline(*owner[container - 1].node->as_table());
  std::vector<piece> pieces;
  collect(&key, what, in_line, false, pieces);
  return without_pieces(std::move(pieces));
}

std::string toml_text::without_element(const toml::array& array, std::size_t index) const {
  const auto& element = *array.get(index);
  if (form_of(array) == form::header) {
    std::vector<piece> pieces;
    collect(nullptr, element, false, false, pieces);
    return without_pieces(std::move(pieces));
  }
  const auto begin = lines_.offset(element.source().begin);
  const auto end = lines_.offset(element.source().end);
  if (has_its_own_lines(begin, end))
    return without_pieces({lines_of(first_comment_above(lines_.line_begin(begin)), end)});
  return without_pieces({element_in_line(array, index)});
}

/// Finds all that is written of `node`. `covered`: it stands in a section that goes as a whole.
void toml_text::collect(const toml::key* key, const toml::node& node, bool in_line, bool covered,
                        std::vector<piece>& into) const {
  const auto shape = form_of(node);
  if (shape == form::plain) {
    if (!covered)
      into.push_back(in_line ? assignment_in_line(*key, node)
                             : lines_of(lines_.line_begin(lines_.offset(key->source().begin)),
                                        lines_.offset(node.source().end)));
    return;
  }
  if (const auto* array = node.as_array()) {
    for (const auto& element : *array)
      collect(nullptr, element, false, false, into);
    return;
  }
  if (shape == form::header)
    into.push_back(section_of(node));
  for (const auto& [inner_key, inner] : *node.as_table())
    collect(&inner_key, inner, in_line, covered || shape == form::header, into);
}

/// A table's header and own fields, and what goes with them.
toml_text::piece toml_text::section_of(const toml::node& node) const {
  const auto header = lines_.line_begin(lines_.offset(node.source().begin));
  auto end = lines_.offset(node.source().end);
  std::size_t fields_end = 0;
  if (last_own_key(*node.as_table(), fields_end))
    end = std::max(end, fields_end);
  auto begin = first_comment_above(header);
  if (begin == lines_.line_begin(0))
    begin = header; // a comment that begins the file is about all of it
  if (begin == lines_.line_begin(0)) {
    auto result = lines_of(begin, below_comments(end));
    if (result.end < lines_.text().size() && is_blank_line(result.end))
      result.end = next_line(result.end);
    return result;
  }
  const auto above = lines_.line_begin(begin - 1);
  return lines_of(is_blank_line(above) ? above : begin, below_comments(end));
}

/// Whole lines, with the break behind the last, or in front where there is none behind.
toml_text::piece toml_text::lines_of(std::size_t begin, std::size_t end) const {
  const auto next = next_line(end);
  const bool ends_with_break = lines_.line_end(end) < next;
  if (!ends_with_break && begin > lines_.line_begin(0))
    begin = lines_.line_end(lines_.line_begin(begin - 1));
  return {begin, next};
}

/// An assignment in an inline table, with the comma that it needs no more.
toml_text::piece toml_text::assignment_in_line(const toml::key& key, const toml::node& what) const {
  const auto text = lines_.text();
  const auto begin = assignment_begin(lines_.offset(key.source().begin));
  const auto end = lines_.offset(what.source().end);
  const auto behind = skip_blanks(end);
  if (text.substr(behind, 1) == ",")
    return {begin, skip_blanks(behind + 1)};
  const auto before = text.find_last_not_of(blanks, begin - 1);
  return text[before] == ',' ? piece{before, end} : piece{begin, end};
}

/// An element beside others, with the comma that it needs no more. Comments around it stay.
toml_text::piece toml_text::element_in_line(const toml::array& array, std::size_t index) const {
  const auto text = lines_.text();
  const auto begin = lines_.offset(array.get(index)->source().begin);
  const auto end = lines_.offset(array.get(index)->source().end);
  const auto behind = skip_blanks(end);
  if (text.substr(behind, 1) == ",")
    return {begin, skip_blanks(behind + 1)};
  // A comma that is left behind before the bracket does no harm; before another one it would.
  const auto before = text.find_last_not_of(blanks, begin - 1);
  return index + 1 == array.size() && text[before] == ',' ? piece{before, end} : piece{begin, end};
}

/// Where the comment lines directly above `line` begin; `line` itself if there are none.
std::size_t toml_text::first_comment_above(std::size_t line) const {
  extent all;
  measure(*root_, all);
  std::size_t floor = 0; // a line of a text of many lines may look like a comment
  for (const auto end : all.ends)
    if (end <= line)
      floor = std::max(floor, end);
  auto result = line;
  while (result > lines_.line_begin(0)) {
    const auto above = lines_.line_begin(result - 1);
    const auto first = lines_.text().find_first_not_of(blanks, above);
    if (lines_.text()[first] != '#' || above < floor)
      break;
    result = above;
  }
  return result;
}

/// Where an assignment begins whose key, or the last part of it, stands at `key`.
std::size_t toml_text::assignment_begin(std::size_t key) const {
  const auto text = lines_.text();
  for (;;) {
    const auto dot = text.find_last_not_of(blanks, key - 1);
    if (dot == std::string_view::npos || text[dot] != '.')
      return key;
    auto first = text.find_last_not_of(blanks, dot - 1);
    if (text[first] == '"' || text[first] == '\'')
      first = text.rfind(text[first], first - 1);
    else
      while (first > 0 && is_bare(text[first - 1]))
        --first;
    key = first;
  }
}

/// Answers whether nothing but a comma and a comment stands beside something.
bool toml_text::has_its_own_lines(std::size_t begin, std::size_t end) const {
  const auto line = lines_.line_begin(begin);
  if (line + lines_.indentation(begin).size() != begin)
    return false;
  auto behind = skip_blanks(end);
  if (lines_.text().substr(behind, 1) == ",")
    behind = skip_blanks(behind + 1);
  return behind == lines_.line_end(end) || lines_.text().substr(behind, 1) == "#";
}

bool toml_text::is_blank_line(std::size_t begin) const {
  return skip_blanks(begin) == lines_.line_end(begin);
}

std::size_t toml_text::skip_blanks(std::size_t from) const {
  return std::min(lines_.text().find_first_not_of(blanks, from), lines_.text().size());
}

/// Where the line behind the one that `offset` is on begins, or the text ends.
std::size_t toml_text::next_line(std::size_t offset) const {
  const auto feed = lines_.text().find('\n', offset);
  return feed == std::string_view::npos ? lines_.text().size() : feed + 1;
}

std::string toml_text::without_pieces(std::vector<piece> all) const {
  std::sort(all.begin(), all.end(),
            [](const piece& a, const piece& b) { return a.begin < b.begin; });
  std::string result;
  std::size_t done = 0;
  for (const auto& each : all) {
    if (each.begin > done)
      result += lines_.text().substr(done, each.begin - done);
    done = std::max(done, each.end);
  }
  return result += lines_.text().substr(std::min(done, lines_.text().size()));
}

} // namespace keywheel::config
