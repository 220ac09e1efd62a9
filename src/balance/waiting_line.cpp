#include "balance/waiting_line.hpp"

#include <algorithm>
#include <tuple>

namespace keywheel::balance {

namespace {

bool is_picky(const ticket& call) noexcept {
  return !call.tried.empty() || call.bound;
}

} // namespace

std::uint64_t waiting_line::next_tag(std::uint64_t client) const {
  const auto waits = clients_.find(client);
  const auto last = waits == clients_.end() ? 0 : waits->second.rbegin()->tag;
  return std::max(reached_, last) + 1;
}

void waiting_line::enter(waiting_call who) {
  auto& call = who.call;
  leave(call.call);
  if (call.tag == 0)
    call.tag = next_tag(call.client);
  const place where{call.tag, call.arrived, call.call};
  count(call, true);
  places_.emplace(call.call, where);
  clients_[call.client].insert(where);
  limits_.emplace(who.limit, where);
  calls_.emplace(where, std::move(who));
}

bool waiting_line::leave(call_id call) {
  const auto found = places_.find(call);
  if (found == places_.end())
    return false;
  take(calls_.find(found->second));
  return true;
}

bool waiting_line::bind(call_id call, std::vector<key_uid> keys) {
  const auto found = places_.find(call);
  if (found == places_.end())
    return false;
  auto& what = calls_.find(found->second)->second.call;
  if (!what.bound)
    return false;
  count(what, false);
  what.bound = std::move(keys);
  count(what, true);
  return true;
}

/// Keeps count of those who do not take every key.
void waiting_line::count(const ticket& call, bool enters) {
  const auto tell = [enters](std::size_t& of) { of = enters ? of + 1 : of - 1; };
  if (is_picky(call))
    tell(picky_);
  if (!call.bound)
    return;
  tell(bound_);
  for (const auto key : *call.bound) {
    const auto found = wanted_.try_emplace(key, 0).first;
    tell(found->second);
    if (found->second == 0)
      wanted_.erase(found);
  }
}

waiting_line::const_iterator waiting_line::take(const_iterator who) {
  const auto& [where, what] = *who;
  count(what.call, false);
  const auto client = clients_.find(what.call.client);
  client->second.erase(where);
  if (client->second.empty())
    clients_.erase(client);
  places_.erase(where.call);
  limits_.erase({what.limit, where});
  return calls_.erase(who);
}

void waiting_line::reach(std::uint64_t tag) noexcept {
  reached_ = std::max(reached_, tag);
}

waiting_line::const_iterator waiting_line::begin() const noexcept {
  return calls_.begin();
}

waiting_line::const_iterator waiting_line::end() const noexcept {
  return calls_.end();
}

waiting_line::const_iterator waiting_line::first_limit() const {
  return limits_.empty() ? calls_.end() : calls_.find(limits_.begin()->second);
}

std::vector<waiting_line::const_iterator> waiting_line::overdue(time_point now) const {
  std::vector<const_iterator> result;
  for (const auto& [limit, where] : limits_) {
    if (limit > now)
      break;
    result.push_back(calls_.find(where));
  }
  return result;
}

void waiting_line::forgive(key_uid key) {
  if (picky_ == 0)
    return;
  for (auto& [where, who] : calls_)
    if (std::erase(who.call.tried, key) > 0 && !is_picky(who.call))
      --picky_;
}

void waiting_line::forgive_all() {
  if (picky_ == 0)
    return;
  for (auto& [where, who] : calls_)
    who.call.tried.clear();
  picky_ = bound_;
}

waiting_line::const_iterator waiting_line::last_of_greediest() const {
  if (clients_.empty())
    return calls_.end();
  const auto greed = [](const auto& client) {
    return std::tuple{client.second.size(), *client.second.rbegin()};
  };
  const auto most =
      std::max_element(clients_.begin(), clients_.end(),
                       [&](const auto& a, const auto& b) { return greed(a) < greed(b); });
  return calls_.find(*most->second.rbegin());
}

std::size_t waiting_line::size() const noexcept {
  return calls_.size();
}

bool waiting_line::empty() const noexcept {
  return calls_.empty();
}

std::size_t waiting_line::clients() const noexcept {
  return clients_.size();
}

std::size_t waiting_line::held_by(std::uint64_t client) const {
  const auto found = clients_.find(client);
  return found == clients_.end() ? 0 : found->second.size();
}

std::size_t waiting_line::picky() const noexcept {
  return picky_;
}

std::size_t waiting_line::bound() const noexcept {
  return bound_;
}

const std::unordered_map<key_uid, std::size_t>& waiting_line::wanted() const noexcept {
  return wanted_;
}

} // namespace keywheel::balance
