#pragma once

#include "dialect/json_skim.hpp"
#include "dialect/stream_event.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace keywheel::dialect {

/// Cuts a JSON array of objects into its elements while its bytes arrive in any pieces: the way of
/// Gemini's streamGenerateContent without `alt=sse` (PROVIDERS §7). An object without an array
/// around it is taken as the only element. Holds at most max_event bytes.
class array_elements {
public:
  /// As event_lines::next().
  bool next(std::string_view& piece);

  /// As event_lines::last().
  bool last();

  /// @pre the last call of next() or last() returned true
  const stream_event& event() const noexcept { return event_; }

  /// Whether the bracket that closes the array has come.
  bool closed() const noexcept { return closed_; }

private:
  bool begin(std::string_view& piece);
  bool take(std::string_view text);
  bool keep(std::string_view text);
  bool yield(bool cut);
  bool give_up();

  json_skim skim_;
  std::size_t element_depth_ = 0; ///< 0: nothing has been opened
  bool not_json_ = false;
  bool inside_ = false; ///< an element
  bool unseen_ = false; ///< the current element is beyond max_event
  bool closed_ = false;
  std::string data_; ///< the element so far
  stream_event event_;
};

} // namespace keywheel::dialect
