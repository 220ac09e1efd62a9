#pragma once

#include "observe/status.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// What happens in a gateway, found by comparing what it looked like at two moments.
namespace keywheel::observe {

enum class event_kind : std::uint8_t {
  snapshot, ///< everything as it is now
  key,      ///< a key's state has changed
  cooldown, ///< a cooldown began, was extended or has ended
  config,   ///< a configuration is in force, or was refused
  audit     ///< a person has changed something
};
inline constexpr std::size_t event_kinds = 5;
std::string_view to_string(event_kind which) noexcept;

/// One event for people and their tools.
struct event {
  event_kind what = event_kind::snapshot;
  std::string data; ///< a JSON object in one line
  bool operator==(const event&) const = default;
};

/// Says what has happened between two statuses, for `at`, the time of the later one:
/// - key `{"time","id","from","to"}`; only keys that both have
/// - cooldown `{"time","what":"begins"|"extended"|"ended","id" or "provider","scope","model"?,
///   "reason","source","until"}`; a key or model that is not there rests for nothing
/// - config `{"time","generation","error"?:{"line","column","message"}}`
std::vector<event> compare(const status& before, const status& after, wall_time at);

/// The text of everything that a person may see in a status, but for what passes by itself: a
/// cooldown's time. Two statuses with the same look differ in nothing that compare() doesn't tell.
std::string look(status of);

/// `{"config","keys","models"}`, each as GET has it.
event snapshot_event(const status& of);

/// The event as it stands in a stream (HTML Living Standard §9.2).
std::string stream_text(const event& what);

} // namespace keywheel::observe
