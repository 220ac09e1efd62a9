#include "observe/usage_table.hpp"

namespace keywheel::observe {

namespace {

/// What a provider counts is no negative number, whatever it says.
std::uint64_t counted(std::int64_t tokens) noexcept {
  return tokens > 0 ? static_cast<std::uint64_t>(tokens) : 0;
}

} // namespace

std::uint32_t usage_table::row_of(std::string_view model, std::string_view client) {
  if (const auto of_model = numbers_.find(model); of_model != numbers_.end())
    if (const auto found = of_model->second.find(client); found != of_model->second.end())
      return found->second;
  if (rows_.size() < most_rows)
    return new_row(model, client);
  // The one row more, which all that come too late share.
  return rows_.size() == most_rows ? new_row(other, other) : static_cast<std::uint32_t>(most_rows);
}

std::uint32_t usage_table::new_row(std::string_view model, std::string_view client) {
  const auto number = static_cast<std::uint32_t>(rows_.size());
  auto& row = rows_.emplace_back();
  row.model = model;
  row.client = client;
  if (number < most_rows)
    numbers_[row.model].emplace(row.client, number);
  return number;
}

void usage_table::count_tokens(std::uint32_t row, const dialect::usage& used) {
  auto& to = rows_.at(row);
  to.input += counted(used.input);
  to.cached += counted(used.cached);
  to.output += counted(used.output);
  to.reasoning += counted(used.reasoning);
}

} // namespace keywheel::observe
