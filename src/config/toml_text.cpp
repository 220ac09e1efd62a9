#include "config/toml_text.hpp"

#include "config/words.hpp"

#include <algorithm>

namespace keywheel::config {

namespace {

bool fits_literal_string(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](char c) {
    return c == '\'' || static_cast<unsigned char>(c) < ' ' || c == '\x7f';
  });
}

struct value_writer {
  std::string_view like;

  std::string operator()(bool what) const { return what ? "true" : "false"; }
  std::string operator()(std::int64_t what) const { return std::to_string(what); }
  std::string operator()(const std::string& what) const {
    const bool literal = like.starts_with('\'') && !like.starts_with("'''");
    return literal && fits_literal_string(what) ? "'" + what + "'" : toml_string(what);
  }
  std::string operator()(const secret& what) const { return (*this)(what.reveal()); }
  std::string operator()(const kept_secret&) const { return "\"\""; }
  std::string operator()(const std::vector<std::string>& what) const {
    std::string result;
    for (const auto& text : what)
      result += (result.empty() ? "" : ", ") + toml_string(text);
    return "[" + result + "]";
  }
};

std::string inline_table(const std::vector<written_field>& fields) {
  std::string result;
  for (const auto& field : fields)
    result += (result.empty() ? "{ " : ", ") + field.name + " = " + field.value;
  return result + " }";
}

} // namespace

std::string written(const value& what, std::string_view like) {
  return std::visit(value_writer{like}, what);
}

std::string_view toml_text::source_of(const toml::source_region& region) const {
  const auto begin = lines_.offset(region.begin);
  return lines_.text().substr(begin, lines_.offset(region.end) - begin);
}

std::string toml_text::with_value(const toml::node& old, const std::string& now) const {
  std::string result{lines_.text()};
  const auto begin = lines_.offset(old.source().begin);
  return result.replace(begin, lines_.offset(old.source().end) - begin, now);
}

std::string toml_text::with_field(const node_path& table, const written_field& field) const {
  const auto container = container_of(table);
  std::string name;
  for (auto step = table.begin() + static_cast<std::ptrdiff_t>(container); step != table.end();
       ++step) {
    name += source_of(step->key->source());
    name += '.';
  }
  name += field.name;
  const auto& target = table.empty() ? *root_ : *table.back().node->as_table();
  std::size_t end = 0;
  const auto* last = last_own_key(target, end);
  const auto assignment = name + " = " + field.value;
  if (container > 0 && is_inline(*table[container - 1].node->as_table())) {
    if (last)
      return spliced(end, ", " + assignment);
    const auto opening = lines_.offset(target.source().begin) + 1;
    const bool is_closed = lines_.text().substr(opening, 1) == "}";
    return spliced(opening, " " + assignment + (is_closed ? " " : ""));
  }
  if (!last)
    end = lines_.offset(target.source().end);
  const auto sample = last ? lines_.offset(last->source().begin) : end;
  std::string addition{lines_.line_break(end)};
  addition += lines_.indentation(sample);
  return spliced(lines_.line_end(end), addition + assignment);
}

std::string toml_text::with_element(const node_path& owner, const std::string& name,
                                    const toml::array* array,
                                    const std::vector<written_field>& fields) const {
  const auto element = inline_table(fields);
  if (!array) {
    const auto container = container_of(owner);
    if (container > 0 && is_inline(*owner[container - 1].node->as_table()))
      return with_field(owner, {name, "[" + element + "]"});
  } else if (form_of(*array) == form::plain) {
    if (array->empty())
      return spliced(lines_.offset(array->source().begin) + 1, element);
    const auto& last = array->back();
    if (has_its_own_lines(lines_.offset(last.source().begin), lines_.offset(last.source().end)))
      return with_line_of_its_own(last, element);
    return spliced(lines_.offset(last.source().end), ", " + element);
  }
  std::string header = "[[";
  for (const auto& step : owner)
    header += toml_key(step.key->str()) + ".";
  header += toml_key(name) + "]]";
  // The table to look like: an element that is there, or the owner if it has a header.
  const auto* like = (array ? array->back() : *owner.back().node).as_table();
  return with_block(section_end(*owner.back().node), header, like, fields);
}

/// Adds an element below the last one, which gets a comma if it has none.
std::string toml_text::with_line_of_its_own(const toml::node& last,
                                            const std::string& element) const {
  const auto end = lines_.offset(last.source().end);
  const auto line_end = lines_.line_end(end);
  const auto comma = skip_blanks(end);
  const bool has_comma = lines_.text().substr(comma, 1) == ",";
  auto result =
      spliced(line_end, std::string{lines_.line_break(end)}
                            + std::string{lines_.indentation(lines_.offset(last.source().begin))}
                            + element + (has_comma ? "," : ""));
  return has_comma ? result : result.insert(end, ",");
}

std::string toml_text::with_table(const std::string& parent, const std::string& name,
                                  const std::vector<written_field>& fields) const {
  const auto found = root_->find(parent);
  if (found == root_->end()) {
    const auto header = "[" + toml_key(parent) + "." + toml_key(name) + "]";
    return with_block(root_->empty() ? lines_.text().find_last_not_of(" \t\r\n") + 1
                                     : section_end(*root_),
                      header, nullptr, fields);
  }
  const auto& owner = *found->second.as_table();
  if (is_inline(owner))
    return with_field({{&found->first, &found->second}}, {toml_key(name), inline_table(fields)});
  const auto header = "[" + toml_key(parent) + "." + toml_key(name) + "]";
  return with_block(section_end(owner), header, last_headed(owner), fields);
}

/// The last table with a header among those in `parent`; null if there is none.
const toml::table* toml_text::last_headed(const toml::table& parent) const {
  const toml::table* result = nullptr;
  for (const auto& [key, node] : parent)
    if (node.is_table() && form_of(node) == form::header
        && (!result || result->source().begin < node.source().begin))
      result = node.as_table();
  return result;
}

/// Adds a table below a blank line behind `end`, indented as `like` is if that has a header.
std::string toml_text::with_block(std::size_t end, const std::string& header,
                                  const toml::table* like,
                                  const std::vector<written_field>& fields) const {
  std::string header_indentation;
  std::string field_indentation;
  if (like && form_of(*like) == form::header) {
    header_indentation = lines_.indentation(lines_.offset(like->source().begin));
    std::size_t ignored = 0;
    const auto* last = last_own_key(*like, ignored);
    field_indentation = last ? std::string{lines_.indentation(lines_.offset(last->source().begin))}
                             : header_indentation;
  }
  const std::string line_break{lines_.line_break(end)};
  auto block = (end == 0 ? "" : line_break + line_break) + header_indentation + header;
  for (const auto& field : fields)
    block += line_break + field_indentation + field.name + " = " + field.value;
  return spliced(end, block);
}

toml_text::form toml_text::form_of(const toml::node& node) const {
  const auto begin = node.source().begin;
  if (&node == root_)
    return form::header;
  if (node.is_table()) {
    const auto first = lines_.at(begin);
    return first == '[' ? form::header : first == '{' ? form::plain : form::dotted;
  }
  // The elements of [[x]] stand where the array does, those of x = [ … ] behind its bracket.
  const auto* array = node.as_array();
  return array && !array->empty() && array->front().source().begin == begin ? form::header
                                                                            : form::plain;
}

std::size_t toml_text::container_of(const node_path& table) const {
  auto result = table.size();
  while (result > 0 && form_of(*table[result - 1].node) == form::dotted)
    --result;
  return result;
}

bool toml_text::is_inline(const toml::table& table) const {
  return form_of(table) == form::plain;
}

const toml::key* toml_text::last_own_key(const toml::table& table, std::size_t& end) const {
  const toml::key* result = nullptr;
  for (const auto& [key, node] : table) {
    std::size_t own_end = 0;
    switch (form_of(node)) {
    case form::header:
      continue;
    case form::plain:
      own_end = lines_.offset(node.source().end);
      break;
    case form::dotted:
      if (!last_own_key(*node.as_table(), own_end))
        continue;
      break;
    }
    if (!result || own_end > end) {
      result = &key;
      end = own_end;
    }
  }
  return result;
}

void toml_text::measure(const toml::node& node, extent& into) const {
  const auto shape = form_of(node);
  if (shape == form::header && &node != root_)
    into.headers.push_back(lines_.offset(node.source().begin));
  if (&node != root_ && (shape == form::plain || node.is_table()))
    into.ends.push_back(lines_.offset(node.source().end));
  if (shape == form::plain)
    return;
  if (const auto* table = node.as_table())
    for (const auto& [key, inner] : *table)
      measure(inner, into);
  if (const auto* array = node.as_array())
    for (const auto& inner : *array)
      measure(inner, into);
}

/// Where to add something behind the last line of the section that `owner`'s last part is in:
/// behind its comments too, but not behind those that lead to the next header.
std::size_t toml_text::section_end(const toml::node& owner) const {
  extent own;
  measure(owner, own);
  extent all;
  measure(*root_, all);
  const auto last_own = *std::max_element(own.ends.begin(), own.ends.end());
  auto next_header = lines_.text().size() + 1;
  for (const auto header : all.headers)
    if (header >= last_own)
      next_header = std::min(next_header, header);
  auto end = last_own;
  for (const auto other : all.ends)
    if (other < next_header)
      end = std::max(end, other);
  return below_comments(end);
}

/// The end of the line that `end` is on, or of the last of the comment lines directly below it if a
/// blank line or the end of the file follows them.
std::size_t toml_text::below_comments(std::size_t end) const {
  const auto result = lines_.line_end(end);
  auto below = result;
  for (;;) {
    const auto feed = lines_.text().find('\n', below);
    if (feed == std::string_view::npos)
      return below;
    const auto rest = lines_.text().substr(feed + 1);
    const auto first = rest.find_first_not_of(" \t");
    if (first == std::string_view::npos || rest[first] == '\r' || rest[first] == '\n')
      return below;
    if (rest[first] != '#')
      return result;
    below = lines_.line_end(feed + 1 + first);
  }
}

std::string toml_text::spliced(std::size_t at, std::string_view addition) const {
  return std::string{lines_.text()}.insert(at, addition);
}

} // namespace keywheel::config
