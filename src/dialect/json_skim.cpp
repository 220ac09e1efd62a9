#include "dialect/json_skim.hpp"

#include "dialect/plain_run.hpp"

#include <array>
#include <utility>

namespace keywheel::dialect {

namespace {

using byte_set = std::array<bool, 256>;

constexpr byte_set set_of(std::string_view bytes) noexcept {
  byte_set result{};
  for (const char c : bytes)
    result[static_cast<unsigned char>(c)] = true;
  return result;
}

constexpr byte_set deep_marks = set_of("{}[]\"");
constexpr byte_set all_marks = set_of("{}[]\":,");

} // namespace

std::size_t json_skim::next(std::string_view piece, std::size_t i) {
  found_ = mark::none;
  if (in_string_)
    return in_string(piece, i);
  const byte_set& marks = depth_ > 1 ? deep_marks : all_marks;
  while (i < piece.size() && !marks[static_cast<unsigned char>(piece[i])])
    ++i;
  return i == piece.size() ? i : at_mark(piece[i], i + 1);
}

std::size_t json_skim::at_mark(char c, std::size_t behind) {
  switch (c) {
  case '{':
  case '[':
    ++depth_;
    found_ = mark::open;
    break;
  case '}':
  case ']':
    if (depth_ > 0)
      --depth_;
    found_ = mark::close;
    break;
  case '"':
    in_string_ = true;
    found_ = mark::string_begin;
    break;
  default:
    found_ = c == ':' ? mark::colon : mark::comma;
  }
  return behind;
}

std::size_t json_skim::in_string(std::string_view piece, std::size_t i) {
  if (i < piece.size() && std::exchange(escaped_, false))
    ++i;
  while (i < piece.size()) {
    i += plain_run(piece.substr(i));
    if (i == piece.size())
      break;
    const char c = piece[i++];
    if (c == '"') {
      in_string_ = false;
      found_ = mark::string_end;
      break;
    }
    if (c == '\\') {
      escaped_ = i == piece.size();
      i += escaped_ ? 0 : 1;
    }
  }
  return i;
}

} // namespace keywheel::dialect
