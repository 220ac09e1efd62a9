#pragma once

#include "tools/simulator/exchange.hpp"

#include <ctime>

namespace keywheel::simulator {

/// The time of day, rendered once a second.
class wall_clock {
public:
  void update();

  std::int64_t seconds() const { return seconds_; }

  /// An IMF-fixdate (RFC 9110 section 5.6.7).
  std::string_view date() const { return {date_, sizeof date_ - 1}; }

private:
  std::int64_t seconds_ = -1;
  char date_[30] = {};
};

/// The reason phrase of `status`, "Unknown" if there is none.
std::string_view reason_phrase(int status);

/// What the head of an answer needs beside the reply.
struct head_facts {
  std::string_view date;
  std::chrono::nanoseconds taken;
  bool keep_alive;
  bool chunked; ///< Of a stream; otherwise its end is the end of the connection.
};

/// Appends the status line, the header section and the empty line.
void append_head(std::string& out, const reply& what, const exchange& x, const head_facts& facts);

} // namespace keywheel::simulator
