#include "tests/balance/mirror.hpp"

#include <algorithm>

namespace keywheel::balance::test {

using state = availability::state;

void mirror::told(key_uid key, const availability& what, time_point now) {
  keys(now);
  const auto found = keys_.find(key);
  const bool was_free = found != keys_.end() && found->second.what.is == state::available;
  const auto turn = was_free ? found->second.turn : now;
  keys_[key] = {what, turn};
  auto& one = keys_[key].what;
  if (one.is == state::cooling && one.until <= now)
    one.is = state::available;
  if (one.is == state::available && one.free_slots == 0)
    one.is = state::busy;
}

void mirror::removed(key_uid key) {
  keys_.erase(key);
}

void mirror::chosen(key_uid key, time_point now) {
  auto& one = keys_.at(key);
  one.turn = now;
  if (one.what.free_slots != availability::unlimited && --one.what.free_slots == 0)
    one.what.is = state::busy;
}

const std::map<key_uid, mirror::view>& mirror::keys(time_point now) {
  for (auto& [key, one] : keys_)
    if (one.what.is == state::cooling && one.what.until <= now) {
      one.what.is = one.what.free_slots == 0 ? state::busy : state::available;
      one.turn = one.what.until;
    }
  return keys_;
}

std::size_t mirror::count(availability::state is, time_point now) {
  const auto& all = keys(now);
  return static_cast<std::size_t>(std::count_if(
      all.begin(), all.end(), [is](const auto& entry) { return entry.second.what.is == is; }));
}

std::optional<time_point> mirror::earliest_return(time_point now) {
  std::optional<time_point> result;
  for (const auto& [key, one] : keys(now))
    if (one.what.is == state::cooling && (!result || one.what.until < *result))
      result = one.what.until;
  return result;
}

bool mirror::any(availability::state is, std::span<const key_uid> tried, time_point now) {
  const auto& all = keys(now);
  return std::any_of(all.begin(), all.end(), [&](const auto& entry) {
    return entry.second.what.is == is
           && std::find(tried.begin(), tried.end(), entry.first) == tried.end();
  });
}

bool mirror::is(key_uid key, availability::state what, time_point now) {
  const auto& all = keys(now);
  const auto found = all.find(key);
  return found != all.end() && found->second.what.is == what;
}

} // namespace keywheel::balance::test
