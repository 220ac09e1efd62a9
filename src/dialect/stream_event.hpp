#pragma once

#include <cstddef>
#include <string_view>

namespace keywheel::dialect {

/// An event beyond this many bytes is passed unseen.
constexpr std::size_t max_event = std::size_t{1} << 20;

/// One event of an answer that comes as a stream: an SSE event, a line of NDJSON, an element of a
/// JSON array. The text belongs to whoever framed it and lives until that is given more bytes.
struct stream_event {
  std::string_view name; ///< SSE `event`; empty if it has none
  std::string_view data;
  bool raw = false;    ///< lines of an SSE stream that are no fields (PROVIDERS §7, Gemini)
  bool cut = false;    ///< the body ended in its midst
  bool unseen = false; ///< it was beyond max_event: there is no data
};

} // namespace keywheel::dialect
