#pragma once

#include "cli/admin_client.hpp"
#include "cli/admin_target.hpp"

#include <functional>
#include <string>

namespace keywheel::cli {

/// One event of the admin API's stream.
struct admin_event {
  std::string name; ///< "snapshot", "key", "cooldown", …
  std::string data; ///< JSON
};

/// What listens to a stream of events. Both answer whether to go on.
struct event_listener {
  std::function<bool(const admin_event&)> on_event;
  std::function<bool()> on_second; ///< about once a second, whether or not something happened
};

/// Listens to `GET /api/v1/events` until the listener has enough, or until the stream ends: the
/// reply says why, or has the gateway's refusal. Blocks.
/// @param only the names of the events that are wanted, with commas between them
reply listen_to_events(const admin_target& target, const std::string& only,
                       const event_listener& listener);

} // namespace keywheel::cli
