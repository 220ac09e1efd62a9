#pragma once

#include "config/config.hpp"
#include "config/problem_list.hpp"

#include <toml++/toml.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace keywheel::config {

/// A text in an array, and where it stands.
struct placed_name {
  std::string text;
  toml::source_position at;
};

/// Reads the fields of one table, each once, by name and type. A field of the wrong type or out of
/// bounds is reported and read as if it were absent; finish() reports the fields that nobody asked
/// for.
class table_reader {
public:
  /// `path` is the table's dotted path as TOML writes it, empty for the whole file.
  table_reader(problem_list& problems, const toml::table& table, std::string path);

  /// The same for an element of an array of tables, which is called by its `name` or its number.
  table_reader(problem_list& problems, const toml::table& table, std::string path,
               std::size_t number);

  const std::string& path() const noexcept { return path_; }
  /// What begins every message about this table: its header, its name and a colon.
  const std::string& title() const noexcept { return title_; }
  bool has(std::string_view field) const { return table_->contains(field); }

  /// The names of all fields that are there, known or not, sorted.
  std::vector<std::string> fields() const;

  /// Where the field's value stands; where the table does if it is absent.
  toml::source_position position(std::string_view field) const;

  /// Reports "TABLE: FIELD MESSAGE" at the field's value, or at the table if it is absent.
  void error(std::string_view field, const std::string& message);
  /// Reports "TABLE: MESSAGE" at the table, or where `at` says.
  void error(const std::string& message);
  void error(toml::source_position at, const std::string& message);

  /// Each of these takes the field; absent (or wrong, and then reported) is an empty result.
  std::optional<bool> boolean(std::string_view field);
  std::optional<std::int64_t> integer(std::string_view field, std::int64_t least,
                                      std::int64_t most);
  std::optional<std::string> text(std::string_view field);
  std::optional<milliseconds> duration(std::string_view field, milliseconds least);
  std::optional<std::size_t> size(std::string_view field);
  std::optional<endpoint> address(std::string_view field);
  std::optional<std::string> base_url(std::string_view field);
  /// An array of texts, none empty or there twice. It must have some: an empty one would say the
  /// opposite of what it looks like.
  std::vector<placed_name> names(std::string_view field);
  /// A text that is no field of this table's but a secret: nothing of it may be shown.
  std::optional<std::string> confidential(std::string_view field);

  /// Reports the field as missing unless it is there, right or wrong.
  void require(std::string_view field);

  /// Reads a sub-table, or every table in a table of tables (in file order) or in an array of
  /// tables.
  void table(std::string_view field, const std::function<void(table_reader&)>& read);
  void tables(std::string_view field,
              const std::function<void(const std::string& name, table_reader&)>& read);
  void array_of_tables(std::string_view field, const std::function<void(table_reader&)>& read);

  void finish();

private:
  const toml::node* take(std::string_view field);
  std::string path_of(std::string_view field) const;
  std::string dotted_name_hint(std::string_view field) const;

  problem_list* problems_;
  const toml::table* table_;
  std::string path_;
  std::string title_;
  std::vector<std::string> known_;
};

} // namespace keywheel::config
