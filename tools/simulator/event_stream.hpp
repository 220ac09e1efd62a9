#pragma once

#include "tools/simulator/generation.hpp"
#include "tools/simulator/options.hpp"

#include <cstddef>
#include <limits>

namespace keywheel::simulator {

/// Where a stream is to break, counted in events. Unset: nowhere.
struct stream_breaks {
  static constexpr std::size_t never = std::numeric_limits<std::size_t>::max();
  std::size_t error_after = never;   ///< An error object instead of the event that is next.
  std::size_t end_after = never;     ///< The body ends as if it were complete.
  std::size_t lose_after = never;    ///< Half of the next event, then the connection closes.
  std::size_t garbage_after = never; ///< `garbage`, and the body ends.
  std::size_t silence_after = never; ///< Nothing more, and no end.
  std::string error;                 ///< The error object. Empty: the dialect's own.
  error_form form = error_form::usual;
  std::string garbage;
};

/// Produces the events of a streamed answer one by one, framed as its dialect frames them
/// (PROVIDERS section 7).
class event_stream {
public:
  enum class shape : std::uint8_t {
    chat,
    completion,
    response,
    message,      ///< Anthropic's.
    gemini_sse,   ///< Gemini's with alt=sse.
    gemini_array, ///< One JSON array; an "event" is an element.
  };

  event_stream(shape form, generation what, bool include_usage, stream_breaks breaks);

  /// Appends the next event. Returns false, and appends nothing, after the last one.
  bool next(std::string& out);

  /// The body must not be ended but the connection closed.
  bool lost() const { return lost_; }

  /// No more events will come, but the body does not end either.
  bool silent() const { return silent_; }

private:
  enum class stage : std::uint8_t { opening, text, closing, done };

  void append_event(std::string& out);
  void chat_event(std::string& out);
  void completion_event(std::string& out);
  void response_event(std::string& out);
  void response_closing(std::string& out);
  void begin_chunk(std::string& out, std::string_view prefix, std::string_view object);
  void end_chunk(std::string& out, std::string_view usage = "null");
  void usage_chunk(std::string& out, std::string_view prefix, std::string_view object);
  void begin_response_event(std::string& out, std::string_view type);
  void message_event(std::string& out);
  void message_closing(std::string& out);
  void gemini_event(std::string& out);
  void append_error(std::string& out);
  void append_failed_response(std::string& out);
  void append_usual_error(std::string& out);
  std::string_view error_object();
  void end_after_error();
  std::string_view take_token();
  void step(std::size_t last);

  shape shape_;
  generation what_;
  bool include_usage_;
  stream_breaks breaks_;
  stage stage_ = stage::opening;
  std::size_t step_ = 0;  // within opening and closing
  std::size_t at_ = 0;    // next token in what_.text
  std::size_t count_ = 0; // events so far
  bool lost_ = false;
  bool silent_ = false;
};

} // namespace keywheel::simulator
