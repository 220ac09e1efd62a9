#pragma once

#include "http/message.hpp"

#include <cstdint>
#include <string>

namespace keywheel::dialect {

/// How an attempt ended without an answer, told apart by what that means for repeating it.
enum class failure : std::uint8_t {
  none,      ///< there is an answer
  not_sent,  ///< no byte of the request went out: name not resolved, refused, TLS, connect timeout
  no_answer, ///< sent, then closed, reset or garbled before a complete header section
  timed_out, ///< sent, then silence beyond first_byte_timeout
  deadline   ///< the call's own deadline passed
};

/// What an upstream says about a request and about limits: the input of judge().
struct signal {
  failure failed = failure::none;
  http::response_head head; ///< where failed is none
  std::string body;         ///< of an answer with status 400 or above: at most 64 KiB of it, as
                            ///< it came (perhaps gzip); of an error inside a stream: that event
  bool in_stream = false;   ///< `body` is an error inside an answer that began with a status of 200
  std::string detail;       ///< for failures: what went wrong, in words, without any secret
};

} // namespace keywheel::dialect
