#include "dialect/event_lines.hpp"

#include <algorithm>
#include <utility>

namespace keywheel::dialect {

namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

/// Where the first line of `text` ends, or its size. Goes by blocks, lest a piece of many short
/// lines be searched to its end for each.
std::size_t line_end(std::string_view text) noexcept {
  constexpr std::size_t block = 512;
  for (std::size_t from = 0; from < text.size(); from += block) {
    const std::string_view part = text.substr(from, block);
    const std::size_t lf = std::min(part.find('\n'), part.size());
    const std::size_t end = std::min(part.substr(0, lf).find('\r'), lf);
    if (end < part.size())
      return from + end;
  }
  return text.size();
}

/// Whether a line could begin a JSON text that stands in the stream without `data:`.
bool begins_json(std::string_view line) noexcept {
  const std::size_t at = line.find_first_not_of(" \t");
  return at != std::string_view::npos && (line[at] == '{' || line[at] == '[');
}

} // namespace

// -- lines ---------------------------------------------------------------------------------------

bool event_lines::next(std::string_view& piece) {
  forget_spent();
  while (!piece.empty()) {
    if (std::exchange(after_cr_, false) && piece.front() == '\n') {
      piece.remove_prefix(1);
      continue;
    }
    const std::size_t size = line_end(piece);
    const std::string_view text = piece.substr(0, size);
    const bool ends = size < piece.size();
    after_cr_ = ends && piece[size] == '\r';
    piece.remove_prefix(ends ? size + 1 : size);
    if (ends ? end_line(text) : begin_line(text))
      return true;
  }
  return false;
}

bool event_lines::last() {
  forget_spent();
  if (!line_.empty()) {
    const bool ready = take_line(line_);
    line_.clear();
    if (ready) {
      event_.cut = true;
      return true;
    }
  }
  return !unseen_ && yield(true);
}

bool event_lines::begin_line(std::string_view text) {
  const bool gives_up = beyond(text) && give_up();
  hold(text);
  return gives_up;
}

bool event_lines::end_line(std::string_view text) {
  if (beyond(text)) {
    give_up();
    unseen_ = framing_ == framing::sse;
    return true;
  }
  if (line_.empty())
    return take_line(text);
  hold(text);
  const bool ready = take_line(line_);
  line_.clear();
  return ready;
}

void event_lines::hold(std::string_view text) {
  // Of a line in an unseen event only matters whether it is empty.
  if (!unseen_)
    line_ += text;
  else if (line_.empty())
    line_ += text.substr(0, 1);
}

bool event_lines::beyond(std::string_view text) const noexcept {
  const std::size_t held = data_.size() + raw_.size() + name_.size() + line_.size();
  return !unseen_ && held + text.size() > max_event;
}

// -- events --------------------------------------------------------------------------------------

bool event_lines::take_line(std::string_view line) {
  if (std::exchange(first_line_, false) && line.starts_with(byte_order_mark))
    line.remove_prefix(byte_order_mark.size());
  if (framing_ == framing::ndjson) {
    if (std::exchange(unseen_, false) || line.empty())
      return false;
    data_.append(line) += '\n';
    return yield();
  }
  if (!line.empty())
    return !unseen_ && take_field(line);
  if (std::exchange(unseen_, false))
    return false;
  const bool ready = yield();
  if (!ready)
    name_.clear();
  return ready;
}

bool event_lines::take_field(std::string_view line) {
  const std::size_t colon = std::min(line.find(':'), line.size());
  const std::string_view field = line.substr(0, colon);
  std::string_view value = line.substr(std::min(colon + 1, line.size()));
  if (value.starts_with(' '))
    value.remove_prefix(1);
  const bool is_error = field == "error"; // llama.cpp has this field instead of `data`
  if (field == "event") {
    name_ = value;
  } else if (field == "data" || is_error) {
    const bool ready = !raw_.empty() && yield();
    if (is_error)
      name_ = field;
    data_.append(value) += '\n';
    return ready;
  } else if (!field.empty() && (!raw_.empty() || begins_json(line))) {
    const bool ready = !data_.empty() && yield();
    raw_.append(line) += '\n';
    return ready;
  }
  return false;
}

bool event_lines::yield(bool cut) {
  const bool raw = data_.empty();
  std::string& text = raw ? raw_ : data_;
  if (text.empty())
    return false;
  spent_ = raw ? spent::raw : spent::data;
  event_ = {};
  if (!raw)
    event_.name = name_;
  event_.data = std::string_view{text}.substr(0, text.size() - 1);
  event_.raw = raw;
  event_.cut = cut;
  return true;
}

bool event_lines::give_up() {
  for (std::string* text : {&data_, &raw_, &name_, &line_})
    text->clear();
  unseen_ = true;
  event_ = {};
  event_.unseen = true;
  return true;
}

void event_lines::forget_spent() {
  if (spent_ == spent::data) {
    name_.clear();
    data_.clear();
  } else if (spent_ == spent::raw) {
    raw_.clear();
  }
  spent_ = spent::none;
}

} // namespace keywheel::dialect
