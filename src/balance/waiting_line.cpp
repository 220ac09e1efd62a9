#include "balance/waiting_line.hpp"

namespace keywheel::balance {

void waiting_line::enter(waiting_call who) {
  leave(who.call.call);
  const place where{who.call.arrived, who.call.call};
  picky_ += who.call.tried.empty() ? 0 : 1;
  beyond_ += who.beyond ? 1 : 0;
  arrivals_.emplace(who.call.call, who.call.arrived);
  limits_.emplace(who.limit, where.first, where.second);
  calls_.emplace(where, std::move(who));
}

bool waiting_line::leave(call_id call) {
  const auto found = arrivals_.find(call);
  if (found == arrivals_.end())
    return false;
  take(calls_.find({found->second, call}));
  return true;
}

waiting_line::const_iterator waiting_line::take(const_iterator who) {
  const auto& [where, what] = *who;
  picky_ -= what.call.tried.empty() ? 0 : 1;
  beyond_ -= what.beyond ? 1 : 0;
  arrivals_.erase(where.second);
  limits_.erase({what.limit, where.first, where.second});
  return calls_.erase(who);
}

waiting_line::const_iterator waiting_line::begin() const noexcept {
  return calls_.begin();
}

waiting_line::const_iterator waiting_line::end() const noexcept {
  return calls_.end();
}

waiting_line::const_iterator waiting_line::first_limit() const {
  if (limits_.empty())
    return calls_.end();
  const auto& [limit, arrived, call] = *limits_.begin();
  return calls_.find({arrived, call});
}

std::vector<waiting_line::const_iterator> waiting_line::overdue(time_point now) const {
  std::vector<const_iterator> result;
  for (const auto& [limit, arrived, call] : limits_) {
    if (limit > now)
      break;
    result.push_back(calls_.find({arrived, call}));
  }
  return result;
}

void waiting_line::forgive(key_uid key) {
  if (picky_ == 0)
    return;
  for (auto& [where, who] : calls_)
    if (std::erase(who.call.tried, key) > 0 && who.call.tried.empty())
      --picky_;
}

void waiting_line::settle_in(const_iterator who) {
  auto& stays = calls_.find(who->first)->second;
  beyond_ -= stays.beyond ? 1 : 0;
  stays.beyond = false;
}

std::size_t waiting_line::size() const noexcept {
  return calls_.size();
}

bool waiting_line::empty() const noexcept {
  return calls_.empty();
}

std::size_t waiting_line::picky() const noexcept {
  return picky_;
}

std::size_t waiting_line::beyond() const noexcept {
  return beyond_;
}

} // namespace keywheel::balance
