#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace keywheel::cli {

/// What a table is made for.
struct screen {
  std::size_t width = 0; ///< characters per line; 0: no limit
  bool colour = false;   ///< it understands the colours of ECMA-48 (SGR)
};

/// One column of a table.
struct column {
  enum class side { left, right };

  std::string title;
  side align = side::left;
  std::size_t least = 0; ///< may be shortened to this many characters; 0: never shortened
  bool optional = false; ///< may be left out where the terminal is too narrow

  /// The SGR parameters that a cell is shown with, "32" for green; empty: as it is. Null: none.
  std::string_view (*colour)(std::string_view cell) = nullptr;
};

/// Rows of text in aligned columns, made to fit a terminal: long cells are shortened with an
/// ellipsis first, then optional columns are left out from the right, then lines are cut.
class table {
public:
  explicit table(std::vector<column> columns) : columns_(std::move(columns)) {}

  /// Adds a row; missing cells are empty, control characters in a cell become spaces.
  void add(std::vector<std::string> cells);

  bool empty() const noexcept { return rows_.empty(); }

  /// Returns the lines, titles first, each ended by a newline.
  std::string text(const screen& on) const;

private:
  std::vector<std::size_t> natural_widths() const;

  std::vector<column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

/// Number of characters that UTF-8 `text` takes on a terminal (one per code point: names of keys
/// and models are not wide).
std::size_t display_width(std::string_view text) noexcept;

/// Returns `text` in at most `width` characters, with an ellipsis in place of what is left out.
std::string shorten(std::string_view text, std::size_t width);

/// Standard output: without limit and colour where it is no terminal; without colour where NO_COLOR
/// is set (no-color.org) or TERM is "dumb".
screen standard_output();

} // namespace keywheel::cli
