#include "balance/soft_failures.hpp"

namespace keywheel::balance {

bool soft_failures::add(std::string_view model, time_point now) {
  auto found = last_.find(model);
  if (found == last_.end())
    found = last_.emplace(model, recent{}).first;
  auto& [at, count] = found->second;
  if (count == at.size() && now - at[0] <= within) {
    last_.erase(found);
    return true;
  }
  if (count == at.size())
    at[0] = at[1];
  else
    ++count;
  at[count - 1] = now;
  return false;
}

void soft_failures::clear(std::string_view model) {
  if (const auto found = last_.find(model); found != last_.end())
    last_.erase(found);
}

void soft_failures::pardon(time_point since) {
  for (auto& [model, one] : last_)
    while (one.count > 0 && one.at[one.count - 1] >= since)
      --one.count;
  std::erase_if(last_, [](const auto& entry) { return entry.second.count == 0; });
}

} // namespace keywheel::balance
