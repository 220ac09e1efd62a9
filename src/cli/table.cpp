#include "cli/table.hpp"

#include <algorithm>
#include <cstdlib>
#include <numeric>
#include <sys/ioctl.h>
#include <unistd.h>

namespace keywheel::cli {

namespace {

constexpr std::size_t gap = 2;

bool starts_character(char c) noexcept {
  return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
}

/// A cell with its filling. Colours take no room, so they come last and cover the text alone.
std::string padded(const std::string& cell, std::size_t width, const column& of, bool colour) {
  std::string result = shorten(cell, width);
  std::string filling(width - display_width(result), ' ');
  if (const auto sgr = colour && of.colour != nullptr ? of.colour(cell) : std::string_view{};
      !sgr.empty())
    result = "\x1b[" + std::string{sgr} + "m" + result + "\x1b[0m";
  return of.align == column::side::left ? result + filling : filling + result;
}

/// Which columns are shown, and how wide.
struct layout {
  std::vector<std::size_t> shown;
  std::vector<std::size_t> widths;

  std::size_t total() const {
    auto sum = std::accumulate(widths.begin(), widths.end(), std::size_t{0});
    return widths.empty() ? 0 : sum + gap * (widths.size() - 1);
  }
};

/// Takes characters from the widest column that may give some, until the line fits or none may.
void shrink(layout& of, const std::vector<column>& columns, std::size_t width) {
  while (of.total() > width) {
    std::size_t widest = of.shown.size();
    for (std::size_t i = 0; i < of.shown.size(); ++i) {
      auto least = columns[of.shown[i]].least;
      if (least != 0 && of.widths[i] > least
          && (widest == of.shown.size() || of.widths[i] > of.widths[widest]))
        widest = i;
    }
    if (widest == of.shown.size())
      return;
    --of.widths[widest];
  }
}

layout fit(const std::vector<column>& columns, const std::vector<std::size_t>& natural,
           std::size_t width) {
  std::vector<std::size_t> shown(columns.size());
  std::iota(shown.begin(), shown.end(), std::size_t{0});
  for (;;) {
    layout result{shown, {}};
    for (auto index : shown)
      result.widths.push_back(natural[index]);
    if (width == 0)
      return result;
    shrink(result, columns, width);
    auto last = std::find_if(shown.rbegin(), shown.rend(),
                             [&](std::size_t index) { return columns[index].optional; });
    if (result.total() <= width || last == shown.rend())
      return result;
    shown.erase(std::next(last).base());
  }
}

} // namespace

std::size_t display_width(std::string_view text) noexcept {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), starts_character));
}

std::string shorten(std::string_view text, std::size_t width) {
  if (display_width(text) <= width)
    return std::string{text};
  if (width == 0)
    return {};
  std::size_t kept = 0;
  std::size_t end = 0;
  for (; end < text.size(); ++end)
    if (starts_character(text[end]) && kept++ == width - 1)
      break;
  return std::string{text.substr(0, end)} + "…";
}

screen standard_output() {
  if (::isatty(STDOUT_FILENO) == 0)
    return {};
  screen result{80, true};
  ::winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
    result.width = size.ws_col;
  const char* no_colour = std::getenv("NO_COLOR");
  const char* terminal = std::getenv("TERM");
  result.colour = (no_colour == nullptr || *no_colour == '\0') && terminal != nullptr
                  && std::string_view{terminal} != "dumb";
  return result;
}

void table::add(std::vector<std::string> cells) {
  cells.resize(columns_.size());
  // A name from the gateway must not be able to move the cursor or to start another line.
  for (auto& cell : cells)
    std::replace_if(
        cell.begin(), cell.end(),
        [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }, ' ');
  rows_.push_back(std::move(cells));
}

std::vector<std::size_t> table::natural_widths() const {
  std::vector<std::size_t> result;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    auto widest = display_width(columns_[i].title);
    for (const auto& row : rows_)
      widest = std::max(widest, display_width(row[i]));
    result.push_back(widest);
  }
  return result;
}

std::string table::text(const screen& on) const {
  auto plan = fit(columns_, natural_widths(), on.width);
  // Where even that does not fit, whole lines are cut, and no colour may be cut open.
  const bool fits = on.width == 0 || plan.total() <= on.width;
  std::string result;
  auto add_line = [&](bool colour, auto cell_at) {
    std::string line;
    for (std::size_t i = 0; i < plan.shown.size(); ++i) {
      if (i != 0)
        line.append(gap, ' ');
      line += padded(cell_at(plan.shown[i]), plan.widths[i], columns_[plan.shown[i]], colour);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    result += fits ? line : shorten(line, on.width);
    result += '\n';
  };
  add_line(false, [&](std::size_t index) { return columns_[index].title; });
  for (const auto& row : rows_)
    add_line(on.colour && fits, [&](std::size_t index) { return row[index]; });
  return result;
}

} // namespace keywheel::cli
