#include "dialect/body_usage.hpp"

#include "dialect/json_tree.hpp"
#include "dialect/usage_tally.hpp"

#include <algorithm>
#include <utility>

namespace keywheel::dialect {

namespace {

constexpr std::string_view counting[] = {"usage", "usageMetadata", "x_groq", "prompt_eval_count",
                                         "eval_count"};

// Longer than any of them.
constexpr std::size_t max_name = 32;

} // namespace

void body_usage::feed(std::string_view piece) {
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

bool body_usage::take(json_skim::mark what) {
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

void body_usage::begin_value() {
  if (std::find(std::begin(counting), std::end(counting), name_) == std::end(counting))
    return;
  part_ = part::wanted;
  keep("\"" + name_ + "\":");
}

void body_usage::end_member() {
  if (part_ != part::wanted)
    return;
  held_ += ',';
  members_ = held_.size();
  part_ = part::other;
}

void body_usage::keep(std::string_view text) {
  if (part_ == part::name) {
    name_ += text.substr(0, max_name - std::min(max_name, name_.size()));
  } else if (part_ == part::wanted && held_.size() + text.size() < max_held) {
    held_ += text;
  } else if (part_ == part::wanted) {
    held_.resize(members_);
    part_ = part::other;
  }
}

usage body_usage::read() const {
  usage_tally tally;
  const std::string text = "{" + held_.substr(0, members_ > 0 ? members_ - 1 : 0) + "}";
  const json_tree tree{text};
  if (tree.root() != nullptr)
    tally.read(*tree.root());
  return tally.normalised();
}

} // namespace keywheel::dialect
