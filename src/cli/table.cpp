#include "cli/table.hpp"

#include <algorithm>
#include <numeric>
#include <sys/ioctl.h>
#include <unistd.h>

namespace keywheel::cli {

namespace {

constexpr std::size_t gap = 2;

bool starts_character(char c) noexcept {
  return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
}

std::string padded(const std::string& cell, std::size_t width, column::side side) {
  std::string result = shorten(cell, width);
  std::string filling(width - display_width(result), ' ');
  return side == column::side::left ? result + filling : filling + result;
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

std::size_t terminal_width() {
  if (::isatty(STDOUT_FILENO) == 0)
    return 0;
  ::winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
    return size.ws_col;
  return 80;
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

std::string table::text(std::size_t width) const {
  auto plan = fit(columns_, natural_widths(), width);
  std::string result;
  auto add_line = [&](auto cell_at) {
    std::string line;
    for (std::size_t i = 0; i < plan.shown.size(); ++i) {
      if (i != 0)
        line.append(gap, ' ');
      line += padded(cell_at(plan.shown[i]), plan.widths[i], columns_[plan.shown[i]].align);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    result += width == 0 ? line : shorten(line, width);
    result += '\n';
  };
  add_line([&](std::size_t index) { return columns_[index].title; });
  for (const auto& row : rows_)
    add_line([&](std::size_t index) { return row[index]; });
  return result;
}

} // namespace keywheel::cli
