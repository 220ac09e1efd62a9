#include "config/table_reader.hpp"

#include "config/addresses.hpp"
#include "config/units.hpp"
#include "config/words.hpp"

#include <algorithm>

namespace keywheel::config {

namespace {

/// Longer ones than any field has may be secrets that were put in the wrong place.
constexpr std::size_t longest_field_shown = 30;

std::string_view kind_of(const toml::node& node) {
  switch (node.type()) {
  case toml::node_type::table:
    return "a table";
  case toml::node_type::array:
    return "an array";
  case toml::node_type::string:
    return "a string";
  case toml::node_type::integer:
    return "an integer";
  case toml::node_type::floating_point:
    return "a number with a fraction";
  case toml::node_type::boolean:
    return "a boolean";
  default:
    return "a date or time";
  }
}

std::string not_what(const toml::node& node) {
  return ", not " + std::string{kind_of(node)};
}

using field_entry = std::pair<const toml::key*, const toml::node*>;

/// toml++ sorts tables by name; people read files from top to bottom.
std::vector<field_entry> in_file_order(const toml::table& table) {
  std::vector<field_entry> result;
  for (const auto& [key, node] : table)
    result.emplace_back(&key, &node);
  std::stable_sort(result.begin(), result.end(), [](const field_entry& a, const field_entry& b) {
    return a.first->source().begin < b.first->source().begin;
  });
  return result;
}

} // namespace

table_reader::table_reader(problem_list& problems, const toml::table& table, std::string path)
    : problems_(&problems), table_(&table), path_(std::move(path)) {
  if (!path_.empty())
    title_ = "[" + path_ + "]: ";
}

table_reader::table_reader(problem_list& problems, const toml::table& table, std::string path,
                           std::size_t number)
    : problems_(&problems), table_(&table), path_(std::move(path)) {
  const auto name = table.get_as<std::string>("name");
  title_ = "[[" + path_ + "]] ";
  title_ +=
      name && !name->get().empty() ? quoted_name(name->get()) : "number " + std::to_string(number);
  title_ += ": ";
}

std::vector<std::string> table_reader::fields() const {
  std::vector<std::string> result;
  for (const auto& [name, value] : *table_)
    result.emplace_back(name.str());
  return result;
}

toml::source_position table_reader::position(std::string_view field) const {
  const auto* node = table_->get(field);
  return (node ? node->source() : table_->source()).begin;
}

void table_reader::error(std::string_view field, const std::string& message) {
  problems_->add(position(field), title_ + std::string{field} + " " + message);
}

void table_reader::error(const std::string& message) {
  error(table_->source().begin, message);
}

void table_reader::error(toml::source_position at, const std::string& message) {
  problems_->add(at, title_ + message);
}

std::optional<bool> table_reader::boolean(std::string_view field) {
  const auto* node = take(field);
  if (!node)
    return std::nullopt;
  if (const auto* value = node->as_boolean())
    return value->get();
  error(field, "must be true or false" + not_what(*node));
  return std::nullopt;
}

std::optional<std::int64_t> table_reader::integer(std::string_view field, std::int64_t least,
                                                  std::int64_t most) {
  const auto* node = take(field);
  if (!node)
    return std::nullopt;
  const auto* value = node->as_integer();
  if (!value)
    error(field, "must be an integer" + not_what(*node));
  else if (value->get() < least || value->get() > most)
    error(field, "must be from " + std::to_string(least) + " to " + std::to_string(most));
  else
    return value->get();
  return std::nullopt;
}

std::optional<std::string> table_reader::text(std::string_view field) {
  auto result = confidential(field);
  if (!result)
    return std::nullopt;
  if (result->empty()) {
    error(field, "must not be empty");
    return std::nullopt;
  }
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; };
  if (std::any_of(result->begin(), result->end(), is_control)) {
    error(field, "must not contain control characters");
    return std::nullopt;
  }
  return result;
}

std::optional<std::string> table_reader::confidential(std::string_view field) {
  const auto* node = take(field);
  if (!node)
    return std::nullopt;
  if (const auto* value = node->as_string())
    return value->get();
  error(field, "must be a string" + not_what(*node));
  return std::nullopt;
}

std::optional<milliseconds> table_reader::duration(std::string_view field, milliseconds least) {
  const auto* node = take(field);
  if (!node)
    return std::nullopt;
  const auto* value = node->as_string();
  const auto result = value ? parse_duration(value->get()) : std::nullopt;
  if (!result) {
    error(field, R"(must be a time with its unit in quotes, such as "250ms", "60s" or "1m30s", )"
                 "of at most "
                     + duration_text(longest_duration));
    return std::nullopt;
  }
  if (*result < least) {
    error(field, "must be at least " + duration_text(least));
    return std::nullopt;
  }
  return result;
}

std::optional<std::size_t> table_reader::size(std::string_view field) {
  const auto* node = take(field);
  if (!node)
    return std::nullopt;
  const auto* value = node->as_string();
  const auto result = value ? parse_size(value->get()) : std::nullopt;
  if (!result)
    error(field, R"(must be a size with its unit in quotes, such as "64MiB", "10MB" or "512KiB")");
  return result;
}

std::optional<endpoint> table_reader::address(std::string_view field) {
  const auto* node = take(field);
  if (!node)
    return std::nullopt;
  const auto* value = node->as_string();
  auto result = value ? parse_endpoint(value->get()) : std::nullopt;
  if (!result)
    error(field, R"(must be a numeric address (or localhost) and a port in quotes, such as )"
                 R"("127.0.0.1:4100" or "[::1]:4100")");
  return result;
}

std::optional<std::string> table_reader::base_url(std::string_view field) {
  const auto given = confidential(field);
  if (!given)
    return std::nullopt;
  std::string why;
  auto result = parse_base_url(*given, why);
  if (!result)
    error(field, why);
  return result;
}

std::vector<placed_name> table_reader::names(std::string_view field) {
  std::vector<placed_name> result;
  const auto* node = take(field);
  if (!node)
    return result;
  const auto* values = node->as_array();
  if (!values) {
    error(field, R"(must be an array of strings, such as ["gpt-4o", "gpt-5*"])" + not_what(*node));
    return result;
  }
  if (values->empty())
    error(field, "must not be empty; leave it out to admit all models");
  for (const auto& element : *values) {
    const auto at = element.source().begin;
    const auto* value = element.as_string();
    const auto is_same = [value](const placed_name& other) { return other.text == value->get(); };
    if (!value)
      error(at, std::string{field} + " must hold strings only" + not_what(element));
    else if (value->get().empty())
      error(at, std::string{field} + " must not hold an empty string");
    else if (std::any_of(result.begin(), result.end(), is_same))
      error(at, std::string{field} + " names " + quoted_name(value->get()) + " twice");
    else
      result.push_back({value->get(), at});
  }
  return result;
}

void table_reader::require(std::string_view field) {
  if (!has(field))
    error("needs a field \"" + std::string{field} + "\"");
}

void table_reader::table(std::string_view field, const std::function<void(table_reader&)>& read) {
  const auto* node = take(field);
  if (!node)
    return;
  if (const auto* inner = node->as_table()) {
    table_reader reader{*problems_, *inner, path_of(field)};
    read(reader);
    reader.finish();
    return;
  }
  error(field, "must be a table [" + path_of(field) + "]" + not_what(*node));
}

void table_reader::tables(std::string_view field,
                          const std::function<void(const std::string& name, table_reader&)>& read) {
  const auto* node = take(field);
  if (!node)
    return;
  const auto* outer = node->as_table();
  if (!outer) {
    error(field,
          "must be a table of tables, such as [" + path_of(field) + ".NAME]" + not_what(*node));
    return;
  }
  for (const auto& [key, inner] : in_file_order(*outer)) {
    const std::string name{key->str()};
    const auto path = path_of(field) + "." + toml_key(name);
    if (const auto* found = inner->as_table()) {
      table_reader reader{*problems_, *found, path};
      read(name, reader);
      reader.finish();
    } else {
      const auto shown = name.size() > longest_field_shown ? path_of(field) + ".…" : path;
      error(key->source().begin, shown + " must be a table" + not_what(*inner));
    }
  }
}

void table_reader::array_of_tables(std::string_view field,
                                   const std::function<void(table_reader&)>& read) {
  const auto* node = take(field);
  if (!node)
    return;
  const auto* elements = node->as_array();
  if (!elements) {
    error(field, "must be an array of tables: write [[" + path_of(field) + "]] for each"
                     + not_what(*node));
    return;
  }
  std::size_t number = 0;
  for (const auto& element : *elements) {
    ++number;
    if (const auto* inner = element.as_table()) {
      table_reader reader{*problems_, *inner, path_of(field), number};
      read(reader);
      reader.finish();
    } else {
      error(element.source().begin,
            std::string{field} + " must hold tables only" + not_what(element));
    }
  }
}

void table_reader::finish() {
  for (const auto& [key, node] : in_file_order(*table_)) {
    if (std::find(known_.begin(), known_.end(), key->str()) != known_.end())
      continue;
    const bool is_table = node->is_table() || node->is_array_of_tables();
    auto hint = did_you_mean(key->str(), known_);
    if (is_table && hint.empty())
      hint = dotted_name_hint(key->str());
    error(key->source().begin, (is_table ? "unknown table " : "unknown field ")
                                   + quoted_name(key->str(), longest_field_shown) + hint);
  }
}

/// [models.gpt-4.1] is a table "1" in a model "gpt-4": an easy mistake.
std::string table_reader::dotted_name_hint(std::string_view field) const {
  const auto dot = path_.rfind('.');
  if (dot == std::string::npos || path_.back() == '"' || field.size() > longest_field_shown)
    return {};
  const auto name = path_.substr(dot + 1) + "." + std::string{field};
  return " (a name with dots needs quotes: [" + path_.substr(0, dot + 1) + toml_string(name) + "])";
}

const toml::node* table_reader::take(std::string_view field) {
  known_.emplace_back(field);
  return table_->get(field);
}

std::string table_reader::path_of(std::string_view field) const {
  return (path_.empty() ? "" : path_ + ".") + toml_key(field);
}

} // namespace keywheel::config
