#pragma once

#include "dialect/usage.hpp"
#include "time.hpp"

#include <spdlog/fwd.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

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
  duration waited{};                  ///< in the waiting line
  std::uint64_t bytes = 0;            ///< of the answer's body
  dialect::usage used;                ///< tokens, where the answer told them
  std::string trace_id;               ///< of the caller's traceparent (W3C Trace Context)
};

/// One line of `name=value` pairs, without its end: times in milliseconds, texts in quotes where
/// they need it, "-" for what there is not. Whatever the caller sent, it stays one line.
std::string to_string(const call_record& of);

/// The same as a JSON object: times as numbers of milliseconds, null for what there is not, and
/// `"event":"call"`.
std::string to_json(const call_record& of);

/// The same for the beginning of a request's body, with the id of the request that it belongs to.
std::string prompt_text(std::string_view request_id, std::string_view body);
std::string prompt_json(std::string_view request_id, std::string_view body);

/// Logs the line of a call that has ended, at level info.
/// @param json as a JSON object, for a json_formatter
void log_call(spdlog::logger& to, const call_record& what, bool json);

/// Logs a prompt, at level debug. For where a person has asked for that in so many words.
void log_prompt(spdlog::logger& to, std::string_view request_id, std::string_view body, bool json);

} // namespace keywheel::observe
