#pragma once

#include "time.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace keywheel::observe {

/// What the access log says of one call. No secret and no prompt has a place in it.
struct call_record {
  std::string request_id;
  std::string client; ///< its name in the configuration, or its address
  std::string method;
  std::string path;  ///< a query, which may hold a credential, is left out of the line
  std::string model; ///< as the caller names it
  std::string key;   ///< id of the key that served; empty: none
  unsigned attempts = 0;
  unsigned status = 0; ///< 0: the client left before there was one
  std::string outcome; ///< a word: "answered", "refused", "broken", "left", …
  duration total{};
  std::optional<duration> first_byte; ///< from the call's arrival to its commit
  std::uint64_t bytes = 0;            ///< of the answer's body
};

/// One line of `name=value` pairs, without its end: times in milliseconds, texts in quotes where
/// they need it, "-" for what there is not. Whatever the caller sent, it stays one line.
std::string to_string(const call_record& of);

} // namespace keywheel::observe
