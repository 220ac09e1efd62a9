#include "dialect/top_members.hpp"

#include <algorithm>
#include <utility>

namespace keywheel::dialect {

namespace {

constexpr std::string_view counting[] = {"usage", "usageMetadata", "x_groq", "prompt_eval_count",
                                         "eval_count"};

constexpr std::string_view naming[] = {"id",      "name", "file", "output_file_id", "error_file_id",
                                       "response"};

template <std::size_t Size>
bool is_one_of(const std::string_view (&names)[Size], std::string_view name) noexcept {
  return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

// Longer than any of them.
constexpr std::size_t max_name = 32;

} // namespace

void top_members::feed(std::string_view piece) {
  std::size_t i = 0;
  while (i < piece.size() && !whole_) {
    const std::size_t from = i;
    i = skim_.next(piece, i);
    const bool marked = skim_.found() != json_skim::mark::none;
    keep(piece.substr(from, i - from - (marked ? 1 : 0)));
    if (marked && !take(skim_.found()))
      keep(piece.substr(i - 1, 1));
  }
}

bool top_members::take(json_skim::mark what) {
  using mark = json_skim::mark;
  switch (what) {
  case mark::open:
    name_next_ = name_next_ || skim_.depth() == 1;
    return skim_.depth() == 1;
  case mark::string_begin:
    if (skim_.depth() != 1 || !std::exchange(name_next_, false))
      return false;
    part_ = part::name;
    name_.clear();
    return true;
  case mark::string_end:
    if (part_ != part::name)
      return false;
    part_ = part::other;
    return true;
  case mark::colon:
    begin_value();
    return true;
  case mark::comma:
    end_member();
    name_next_ = true;
    return true;
  case mark::close:
    whole_ = skim_.depth() == 0;
    if (whole_)
      end_member();
    return whole_;
  default:
    return false;
  }
}

void top_members::begin_value() {
  if (!is_one_of(counting, name_) && !(with_names_ && is_one_of(naming, name_)))
    return;
  part_ = part::wanted;
  keep("\"" + name_ + "\":");
}

void top_members::end_member() {
  if (part_ != part::wanted)
    return;
  held_ += ',';
  members_ = held_.size();
  part_ = part::other;
}

void top_members::keep(std::string_view text) {
  if (part_ == part::name) {
    name_ += text.substr(0, max_name - std::min(max_name, name_.size()));
  } else if (part_ == part::wanted && held_.size() + text.size() < max_held) {
    held_ += text;
  } else if (part_ == part::wanted) {
    held_.resize(members_);
    part_ = part::other;
  }
}

std::string top_members::text() const {
  return "{" + held_.substr(0, members_ > 0 ? members_ - 1 : 0) + "}";
}

} // namespace keywheel::dialect
