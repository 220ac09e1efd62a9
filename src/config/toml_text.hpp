#pragma once

#include "config/edit.hpp"

#include <toml++/toml.h>

#include <string>
#include <string_view>
#include <vector>

/// Changes to the text of a TOML file, by the positions of its nodes.
namespace keywheel::config {

/// A text by lines: turns positions into offsets and finds the ends of lines.
class text_lines {
public:
  explicit text_lines(std::string_view text);

  std::string_view text() const noexcept { return text_; }
  std::size_t offset(toml::source_position at) const;
  char at(toml::source_position position) const;

  /// Where the line that `offset` is on begins, and where it ends (before its line break).
  std::size_t line_begin(std::size_t offset) const;
  std::size_t line_end(std::size_t offset) const;

  /// The blanks that the line begins with.
  std::string_view indentation(std::size_t offset) const;

  /// The line break behind the line that `offset` is on, or the file's usual one.
  std::string_view line_break(std::size_t offset) const;

private:
  std::string_view text_;
  std::vector<std::size_t> begins_;
};

/// A node on the way from the root to a table; elements of arrays have no key.
struct path_step {
  const toml::key* key;
  const toml::node* node;
};

/// The root's own step is left out, so an empty path is the root.
using node_path = std::vector<path_step>;

/// A field to be written: its name, perhaps dotted, and its value, both as TOML writes them.
struct written_field {
  std::string name;
  std::string value;
};

/// Writes a value as TOML. `like` is the text of the value it replaces, if any, whose kind of
/// quotes is kept where possible.
std::string written(const value& what, std::string_view like = {});

/// The text of one file with one change made to it. Nodes and paths are of the tree parsed from it.
class toml_text {
public:
  toml_text(std::string_view text, const toml::table& root) : lines_(text), root_(&root) {}

  std::string_view source_of(const toml::source_region& region) const;
  std::string_view source_of(const toml::node& node) const { return source_of(node.source()); }

  std::string with_value(const toml::node& old, const std::string& now) const;

  /// Adds a field below the last of the table's own, indented like it.
  std::string with_field(const node_path& table, const written_field& field) const;

  /// Adds a table with `fields` to the array of tables `name` in the table `owner`, which has
  /// `array` already or null.
  std::string with_element(const node_path& owner, const std::string& name,
                           const toml::array* array,
                           const std::vector<written_field>& fields) const;

  /// Adds a table `name` with `fields` to those that are in the table `parent` of the root: behind
  /// the last of them, or at the end of the file if there is no `parent` yet.
  std::string with_table(const std::string& parent, const std::string& name,
                         const std::vector<written_field>& fields) const;

  /// Takes out what stands under `key` in the table that `owner` leads to, wherever it is written.
  /// Of a table with a header, what edit.hpp says goes with it.
  std::string without(const node_path& owner, const toml::key& key, const toml::node& what) const;

  /// Takes out one element of an array.
  std::string without_element(const toml::array& array, std::size_t index) const;

  /// Answers whether the table or array is written as keys with dots only, and so is not there
  /// without something in it.
  bool is_dotted(const toml::node& node) const { return form_of(node) == form::dotted; }
  /// Answers whether an array is written in brackets.
  bool is_bracketed(const toml::array& array) const { return form_of(array) == form::plain; }

private:
  enum class form { header, dotted, plain };
  /// Where headers begin, and where values and headers end.
  struct extent {
    std::vector<std::size_t> headers;
    std::vector<std::size_t> ends;
  };
  /// A part of the text.
  struct piece {
    std::size_t begin;
    std::size_t end;
  };

  form form_of(const toml::node& node) const;
  /// How many steps lead to the table that the path's last dotted keys are written in.
  std::size_t container_of(const node_path& table) const;
  bool is_inline(const toml::table& table) const;
  /// The key of the last own value of a table; null if it has none.
  const toml::key* last_own_key(const toml::table& table, std::size_t& end) const;
  void measure(const toml::node& node, extent& into) const;
  std::size_t section_end(const toml::node& owner) const;
  std::size_t below_comments(std::size_t end) const;
  std::string with_block(std::size_t end, const std::string& header, const toml::table* like,
                         const std::vector<written_field>& fields) const;
  const toml::table* last_headed(const toml::table& parent) const;
  std::string with_line_of_its_own(const toml::node& last, const std::string& element) const;

  void collect(const toml::key* key, const toml::node& node, bool in_line, bool covered,
               std::vector<piece>& into) const;
  piece section_of(const toml::node& node) const;
  piece lines_of(std::size_t begin, std::size_t end) const;
  piece assignment_in_line(const toml::key& key, const toml::node& what) const;
  piece element_in_line(const toml::array& array, std::size_t index) const;
  std::size_t first_comment_above(std::size_t line) const;
  std::size_t assignment_begin(std::size_t key) const;
  bool has_its_own_lines(std::size_t begin, std::size_t end) const;
  bool is_blank_line(std::size_t begin) const;
  std::size_t skip_blanks(std::size_t from) const;
  std::size_t next_line(std::size_t offset) const;
  std::string without_pieces(std::vector<piece> all) const;
  std::string spliced(std::size_t at, std::string_view addition) const;

  text_lines lines_;
  const toml::table* root_;
};

} // namespace keywheel::config
