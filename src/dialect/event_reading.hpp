#pragma once

#include "dialect/stream_event.hpp"
#include "dialect/usage_tally.hpp"

namespace keywheel::dialect {

/// What one event of a streamed answer says (PROVIDERS §7).
struct event_reading {
  bool content = false; ///< something a client waits for, or something not understood
  bool error = false;
  bool end = false; ///< the end mark: the answer is whole
  bool usage = false;
};

/// Reads an event; counts of tokens go to `tally`. With `content_seen` nobody asks for `content`
/// any more: events that say nothing else are then recognised without parsing them.
event_reading read_event(const stream_event& event, bool content_seen, usage_tally& tally);

} // namespace keywheel::dialect
