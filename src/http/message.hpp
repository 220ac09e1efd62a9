#pragma once

#include "http/fields.hpp"

#include <string>

namespace keywheel::http {

/// Request line and header section of a client's request (RFC 9112 §3).
struct request_head {
  std::string method;
  std::string target;     ///< as on the wire: origin-form, query included
  unsigned version = 11;  ///< 10 or 11
  bool keep_alive = true; ///< what the client asks for, version's default considered
  fields headers;
};

/// Status line and header section of an answer.
struct response_head {
  unsigned status = 0;
  fields headers;
};

/// A whole answer that is at hand in memory, such as an error of our own.
struct response {
  response_head head;
  std::string body;
};

/// Returns the standard reason phrase, or "Unknown".
const char* reason_phrase(unsigned status) noexcept;

} // namespace keywheel::http
