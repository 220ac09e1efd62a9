#pragma once

#include "observe/api_error.hpp"
#include "observe/events.hpp"
#include "time.hpp"

#include <bitset>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace keywheel::observe {

/// The kinds of events that a subscriber wants, by event_kind.
using event_filter = std::bitset<event_kinds>;

/// Reads the query of GET /api/v1/events: `only=key,cooldown`; all kinds if there is none. 400 for
/// anything else.
std::variant<event_filter, api_error> read_event_filter(std::string_view query);

/// What all subscribers share: the last status of the gateway. Only while somebody subscribes is it
/// asked for one; each status tells all of them what has happened since the last.
class event_feed {
public:
  /// Takes a status that was asked for; returns what happened since the last one, and a snapshot at
  /// the end if anything looks different. The first brings the snapshot alone.
  std::vector<event> take(status now, wall_time at);

  /// The snapshot to begin with, for a subscriber who comes later; nothing before the first status.
  std::optional<event> snapshot() const;

  /// Nobody subscribes any more: the next status will be a first one.
  void forget();

private:
  std::optional<status> last_;
  std::string look_; ///< of the last one
};

/// One subscriber: what is written to its stream, which is its answer's body.
class event_subscription {
public:
  /// Longest silence: a comment follows, so that neither side takes the other for dead.
  static constexpr std::chrono::seconds most_silence{15};
  /// A subscriber that has left more bytes unread when there is more to tell is dropped.
  static constexpr std::size_t most_backlog = std::size_t{1} << 20;

  event_subscription(event_filter wanted, time_point now) : wanted_(wanted), spoke_(now) {}

  /// Begins the stream: says after how many ms to come back when it breaks.
  static std::string greeting();

  /// Returns what is to be written of these events; empty if none is wanted.
  std::string pass(std::span<const event> all, time_point now);

  /// Returns a comment if one is due, or nothing.
  std::string beat(time_point now);

private:
  event_filter wanted_;
  time_point spoke_;
};

} // namespace keywheel::observe
