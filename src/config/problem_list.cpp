#include "config/problem_list.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace keywheel::config {

std::string to_string(const problem& what) {
  std::string result;
  if (!what.file.empty())
    result += what.file + ":";
  if (what.line > 0)
    result += std::to_string(what.line) + ":" + std::to_string(what.column) + ":";
  return result.empty() ? what.message : result + " " + what.message;
}

void problem_list::add(toml::source_position at, std::string message) {
  problems_.push_back({file_, at.line, at.column, std::move(message)});
}

std::vector<problem> problem_list::take() {
  std::stable_sort(problems_.begin(), problems_.end(), [](const problem& a, const problem& b) {
    return std::make_tuple(a.line == 0, a.line, a.column)
           < std::make_tuple(b.line == 0, b.line, b.column);
  });
  return std::exchange(problems_, {});
}

} // namespace keywheel::config
