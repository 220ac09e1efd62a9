#include "observe/event_feed.hpp"

#include "observe/api_query.hpp"

#include <algorithm>

namespace keywheel::observe {

namespace {

std::optional<event_kind> kind_from(std::string_view word) {
  for (std::size_t i = 0; i < event_kinds; ++i)
    if (const auto kind = static_cast<event_kind>(i); to_string(kind) == word)
      return kind;
  return std::nullopt;
}

api_error unknown_kind() {
  std::string known;
  for (std::size_t i = 0; i < event_kinds; ++i)
    known.append(known.empty() ? "" : ", ").append(to_string(static_cast<event_kind>(i)));
  return bad_query("only= takes names of events, with commas between: " + known);
}

} // namespace

std::variant<event_filter, api_error> read_event_filter(std::string_view query) {
  auto read = read_parameter(query, "only");
  if (auto* error = std::get_if<api_error>(&read))
    return std::move(*error);
  const auto& only = std::get<std::optional<std::string>>(read);
  event_filter result;
  if (!only)
    return result.set();
  for (std::string_view left = *only;;) {
    const auto end = std::min(left.find(','), left.size());
    const auto kind = kind_from(left.substr(0, end));
    if (!kind)
      return unknown_kind();
    result.set(static_cast<std::size_t>(*kind));
    if (end == left.size())
      return result;
    left.remove_prefix(end + 1);
  }
}

std::vector<event> event_feed::take(status now, wall_time at) {
  std::vector<event> result;
  if (last_)
    result = compare(*last_, now, at);
  auto next_look = look(now);
  if (!last_ || !result.empty() || next_look != look_)
    result.push_back(snapshot_event(now));
  look_ = std::move(next_look);
  last_ = std::move(now);
  return result;
}

std::optional<event> event_feed::snapshot() const {
  if (!last_)
    return std::nullopt;
  return snapshot_event(*last_);
}

void event_feed::forget() {
  last_.reset();
  look_.clear();
}

std::string event_subscription::greeting() {
  return "retry: 2000\n\n";
}

std::string event_subscription::pass(std::span<const event> all, time_point now) {
  std::string result;
  for (const auto& each : all)
    if (wanted_.test(static_cast<std::size_t>(each.what)))
      result += stream_text(each);
  if (!result.empty())
    spoke_ = now;
  return result;
}

std::string event_subscription::beat(time_point now) {
  if (now - spoke_ < most_silence)
    return {};
  spoke_ = now;
  return ": still here\n\n";
}

} // namespace keywheel::observe
