#include "balance/learned_limits.hpp"

#include "balance/later.hpp"

#include <algorithm>
#include <cmath>

namespace keywheel::balance {

namespace {

using dim = dialect::limit_reading::dimension;
using seconds = std::chrono::duration<double>;

/// The window that a limit is taken to be about while no reading tells.
constexpr seconds usual_window{60};
constexpr duration forgotten_after = std::chrono::minutes{10};
constexpr seconds longest_wait{32 * 24 * 3600.0};
/// Levels are sums of fractions: so much may be missing by rounding.
constexpr double slack = 1e-6;

constexpr std::size_t index_of(dim which) noexcept {
  return static_cast<std::size_t>(which);
}

/// `from` later by `wait`, rounded up.
time_point after(time_point from, seconds wait) noexcept {
  const auto bounded = std::min(wait, longest_wait);
  return later(from, std::chrono::ceil<std::chrono::microseconds>(bounded));
}

} // namespace

// -- one bucket --------------------------------------------------------------------------------

/// What is there at `now`, including what has come back since.
double learned_limits::level_at(const bucket& of, time_point now) {
  if (of.rate <= 0)
    return now < of.full_at ? of.level : of.limit;
  return std::min(of.limit, of.level + of.rate * seconds{now - of.as_of}.count());
}

/// Makes `as_of` be `now`. A window that has begun anew is taken to last as long as usual.
void learned_limits::bring_to(bucket& one, time_point now) {
  one.level = level_at(one, now);
  if (one.rate <= 0 && one.full_at <= now)
    one.full_at = after(now, usual_window);
  one.as_of = now;
}

/// How much must be there for a request to pass.
double learned_limits::need_of(std::size_t dimension, const bucket& of, const demand& what) {
  const auto wanted = dimension == index_of(dim::tokens)
                          ? static_cast<double>(std::max<std::int64_t>(what.tokens, 1))
                          : 1.0;
  return std::min(wanted, of.limit);
}

/// How much a request takes. A demand does not tell input from output.
double learned_limits::cost_of(std::size_t dimension, const bucket& of, const demand& what) {
  return dimension <= index_of(dim::tokens) ? need_of(dimension, of, what) : 0.0;
}

time_point learned_limits::fits_at(const bucket& of, double need, time_point now) {
  const auto missing = need - level_at(of, now);
  if (missing <= slack || of.asks_again <= now)
    return now;
  return std::min(of.asks_again, of.rate > 0 ? after(now, seconds{missing / of.rate}) : of.full_at);
}

/// The rate of a bucket is what it lacks over the time that it takes to refill: exact where it
/// lacks much, rounded to nothing where it lacks little. So the reading over the longest time
/// counts, its weight fading with those that follow.
void learned_limits::learn_rate(bucket& into, const dialect::limit_reading& from,
                                bool other_limit) {
  const auto lacks = into.limit - static_cast<double>(from.remaining);
  const auto over = from.reset ? seconds{*from.reset}.count() : 0.0;
  if (lacks > 0 && over > 0 && (into.rate <= 0 || other_limit || over >= into.measured)) {
    into.rate = lacks / over;
    into.measured = over;
  } else if (into.rate <= 0 || other_limit) {
    into.rate = into.limit / usual_window.count();
    into.measured = 0;
  } else {
    into.measured *= 0.9;
  }
}

/// Replaces what is known by a reading. Returns false if it says too little to be of use.
bool learned_limits::take_in(std::optional<bucket>& into, const dialect::limit_reading& from,
                             double admitted_since, time_point now, duration longest) {
  const auto remaining = static_cast<double>(from.remaining);
  bucket fresh = into.value_or(bucket{});
  if (from.limit > 0)
    fresh.limit = static_cast<double>(from.limit);
  const bool other_limit = into && std::abs(into->limit - fresh.limit) > slack;
  if (from.refills && fresh.limit > 0) {
    learn_rate(fresh, from, other_limit);
  } else if (from.reset && (fresh.limit > 0 || from.remaining == 0)) {
    // Of a limit that is not said, no more is known than that one request fits when it is reset.
    fresh.limit = std::max(fresh.limit, 1.0);
    fresh.rate = 0;
    fresh.full_at = later(now, *from.reset);
  } else {
    return false;
  }
  fresh.level = std::min(remaining - admitted_since, fresh.limit);
  fresh.as_of = now;
  fresh.asks_again = later(now, longest);
  fresh.source = from.source;
  into = fresh;
  return true;
}

// -- requests and readings ---------------------------------------------------------------------

learned_limits::mark learned_limits::admitted(std::string_view model, const demand& what,
                                              time_point now) {
  auto found = models_.find(model);
  if (found == models_.end()) {
    forget_idle(now);
    found = models_.emplace(model, model_limits{}).first;
  }
  auto& of = found->second;
  for (std::size_t i = 0; i < dimensions; ++i)
    if (auto& one = of.buckets[i]) {
      bring_to(*one, now);
      one->level -= cost_of(i, *one, what);
    }
  of.requests += 1;
  of.tokens += std::max<std::int64_t>(what.tokens, 1);
  of.last_seen = now;
  return {++last_order_, of.requests, of.tokens};
}

bool learned_limits::read(std::string_view model, const mark& of,
                          const dialect::limit_readings& readings, time_point now,
                          duration longest) {
  const auto found = models_.find(model);
  if (readings.empty() || found == models_.end())
    return false;
  auto& known = found->second;
  const bool newest = of.order >= known.last_order;
  bool result = false;
  for (const auto& one : readings) {
    const auto which = index_of(one.of);
    double since = 0;
    if (which == index_of(dim::requests))
      since = static_cast<double>(std::max<std::int64_t>(known.requests - of.requests, 0));
    else if (which == index_of(dim::tokens))
      since = static_cast<double>(std::max<std::int64_t>(known.tokens - of.tokens, 0));
    auto& into = known.buckets[which];
    if (newest || !into) {
      result |= take_in(into, one, since, now, longest);
    } else if (const auto level = static_cast<double>(one.remaining) - since;
               level < level_at(*into, now)) {
      bring_to(*into, now);
      into->level = level;
      result = true;
    }
  }
  known.last_order = std::max(known.last_order, of.order);
  known.last_seen = now;
  return result;
}

// -- questions ---------------------------------------------------------------------------------

time_point learned_limits::free_at(std::string_view model, const demand& what,
                                   time_point now) const {
  auto result = now;
  if (const auto* of = find(model))
    for (std::size_t i = 0; i < dimensions; ++i)
      if (const auto& one = of->buckets[i])
        result = std::max(result, fits_at(*one, need_of(i, *one, what), now));
  return result;
}

std::uint32_t learned_limits::free_slots(std::string_view model, const demand& what,
                                         time_point now) const {
  double result = availability::unlimited;
  if (const auto* of = find(model))
    for (std::size_t i = 0; i < dimensions; ++i)
      if (const auto& one = of->buckets[i]) {
        const auto level = level_at(*one, now) + slack;
        if (level < need_of(i, *one, what)) {
          if (one->asks_again > now)
            return 0;
          result = std::min(result, 1.0);
          continue;
        }
        if (const auto cost = cost_of(i, *one, what); cost > 0)
          result = std::min(result, std::floor(level / cost));
      }
  return static_cast<std::uint32_t>(result);
}

std::vector<cooldown> learned_limits::list(dialect::scope scope, time_point now) const {
  std::vector<cooldown> result;
  for (const auto& [model, of] : models_) {
    const bucket* last = nullptr;
    auto until = now;
    for (std::size_t i = 0; i < dimensions; ++i)
      if (const auto& one = of.buckets[i])
        if (const auto at = fits_at(*one, need_of(i, *one, {}), now); at > until) {
          until = at;
          last = &*one;
        }
    if (last != nullptr)
      result.push_back(
          {scope, model, dialect::reason::rate_limit, std::string{last->source}, until});
  }
  return result;
}

std::optional<time_point> learned_limits::next_fit(time_point now) const {
  std::optional<time_point> result;
  for (const auto& [model, of] : models_)
    if (const auto at = free_at(model, {}, now); at > now && (!result || at < *result))
      result = at;
  return result;
}

const learned_limits::model_limits* learned_limits::find(std::string_view model) const {
  const auto found = models_.find(model);
  return found != models_.end() ? &found->second : nullptr;
}

void learned_limits::forget_idle(time_point now) {
  std::erase_if(models_, [now](const auto& entry) {
    const auto& buckets = entry.second.buckets;
    return now - entry.second.last_seen > forgotten_after
           && std::all_of(buckets.begin(), buckets.end(), [now](const auto& one) {
                return !one || level_at(*one, now) >= one->limit - slack;
              });
  });
}

} // namespace keywheel::balance
