#pragma once

#include "dialect/stream_event.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace keywheel::dialect {

/// Cuts a stream of lines into events while its bytes arrive in any pieces. Lines end in LF, CR or
/// CRLF; a byte order mark at the start is skipped (WHATWG HTML §9.2). It holds at most max_event
/// bytes.
class event_lines {
public:
  enum class framing : std::uint8_t {
    sse,   ///< an event ends with an empty line
    ndjson ///< each line is an event
  };

  explicit event_lines(framing how = framing::sse) : framing_{how} {}

  /// Takes bytes off the front of `piece` until an event is complete. Returns whether there is one,
  /// see event(); if not, `piece` is used up.
  bool next(std::string_view& piece);

  /// The body is whole: yields the events that it broke off, one per call. Returns whether there is
  /// one.
  bool last();

  /// @pre the last call of next() or last() returned true
  const stream_event& event() const noexcept { return event_; }

private:
  /// What event_ shows, to be forgotten at the next call.
  enum class spent : std::uint8_t { none, data, raw };

  bool begin_line(std::string_view text);
  bool end_line(std::string_view text);
  void hold(std::string_view text);
  bool take_line(std::string_view line);
  bool take_field(std::string_view line);
  bool yield(bool cut = false);
  bool give_up();
  void forget_spent();
  bool beyond(std::string_view text) const noexcept;

  framing framing_;
  bool first_line_ = true;
  bool after_cr_ = false; ///< an LF that comes now belongs to the line before
  bool unseen_ = false;   ///< the current event is beyond max_event
  std::string line_;      ///< the start of a line whose end has not come
  std::string name_;
  std::string data_; ///< of `data` lines, each with LF behind it
  std::string raw_;  ///< of lines that are no fields, each with LF behind it
  spent spent_ = spent::none;
  stream_event event_;
};

} // namespace keywheel::dialect
