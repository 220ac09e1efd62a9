#pragma once

#include "http/message.hpp"
#include "time.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace keywheel::http {

/// What of a request matters to the framing of its answer.
struct asked_by {
  bool head = false;      ///< the method is HEAD
  unsigned version = 11;  ///< 10 or 11
  bool keep_alive = true; ///< the connection may go on after the answer
};

/// Frames the answers of one connection, one after the other (RFC 9112 §6), into a string that the
/// caller provides.
class response_writer {
public:
  /// Writes status line and header section. Field names and values that would break the framing
  /// are left out. Returns whether the connection can go on after this answer.
  bool begin(std::string& out, const response_head& head, std::optional<std::size_t> length,
             const asked_by& request, wall_time date);

  /// Writes a piece of the body; what goes beyond the announced length is ignored.
  void write(std::string& out, std::string_view piece);

  /// Ends the answer. Returns whether the other side can tell where it ended: false if `broken`, or
  /// if less was written than announced.
  bool finish(std::string& out, bool broken);

private:
  enum class framing { none, length, chunked, until_close };

  framing framing_ = framing::none;
  std::size_t left_ = 0; // of the announced length
};

} // namespace keywheel::http
