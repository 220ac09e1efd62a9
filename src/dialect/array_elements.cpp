#include "dialect/array_elements.hpp"

#include <utility>

namespace keywheel::dialect {

namespace {

// Between values JSON has these; a byte order mark may stand before the first.
constexpr std::string_view skipped = " \t\r\n\xEF\xBB\xBF";

} // namespace

bool array_elements::next(std::string_view& piece) {
  if (element_depth_ == 0 && begin(piece))
    return true;
  std::size_t i = 0;
  while (i < piece.size()) {
    const std::size_t from = i;
    i = skim_.next(piece, i);
    if (take(piece.substr(from, i - from))) {
      piece.remove_prefix(i);
      return true;
    }
  }
  piece = {};
  return false;
}

bool array_elements::begin(std::string_view& piece) {
  if (not_json_)
    piece = {};
  const std::size_t at = piece.find_first_not_of(skipped);
  piece.remove_prefix(at == std::string_view::npos ? piece.size() : at);
  if (piece.empty())
    return false;
  if (piece.front() == '[' || piece.front() == '{') {
    element_depth_ = piece.front() == '[' ? 2 : 1;
    return false;
  }
  not_json_ = true;
  return give_up();
}

bool array_elements::take(std::string_view text) {
  using mark = json_skim::mark;
  const std::size_t depth = skim_.depth();
  if (skim_.found() == mark::open && depth == element_depth_) {
    data_.clear();
    inside_ = true;
    unseen_ = false;
    text = text.substr(text.size() - 1);
  }
  const bool gives_up = inside_ && !keep(text);
  if (skim_.found() != mark::close)
    return gives_up;
  closed_ = closed_ || depth == 0;
  if (depth + 1 == element_depth_ && std::exchange(inside_, false) && !unseen_)
    return yield(false);
  return gives_up;
}

bool array_elements::keep(std::string_view text) {
  if (unseen_)
    return true;
  if (data_.size() + text.size() > max_event) {
    unseen_ = true;
    data_.clear();
    give_up();
    return false;
  }
  data_ += text;
  return true;
}

bool array_elements::last() {
  return std::exchange(inside_, false) && !unseen_ && yield(true);
}

bool array_elements::yield(bool cut) {
  event_ = {};
  event_.data = data_;
  event_.cut = cut;
  return true;
}

bool array_elements::give_up() {
  event_ = {};
  event_.unseen = true;
  return true;
}

} // namespace keywheel::dialect
