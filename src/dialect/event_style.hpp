#pragma once

#include "dialect/request_facts.hpp"
#include "dialect/route.hpp"
#include "http/message.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace keywheel::dialect {

/// How a call's answer is written if it comes as server-sent events (PROVIDERS §7).
enum class event_style : std::uint8_t {
  none,      ///< it does not
  openai,    ///< OpenAI, Azure: `data: {…}`
  responses, ///< OpenAI's Responses: `event: …` and `data: {"type":…}`
  anthropic, ///< the same, of Anthropic's
  gemini     ///< `data: {…}`
};

/// Whether a path with its query, as in route::tail, asks Gemini for a stream as a JSON array.
bool asks_for_array(std::string_view tail) noexcept;

/// What a call asks for. `none` for Gemini's JSON array, and for paths that have no streams,
/// whatever the body says.
event_style event_style_of(const route& of, const request_facts& facts);

/// A comment (`: …`): every reader of server-sent events skips it.
std::string_view keep_alive_comment() noexcept;

/// The head of a stream that begins before there is an answer.
http::response_head event_stream_head();

/// Whether an answer is one that a stream which has begun with comments can go on with.
bool continues_stream(const http::response_head& head) noexcept;

/// An answer that is no stream, given as the one error event of a stream that has begun, so that
/// the vendor's SDK raises: what its body says of an error, else our own words (upstream_failed).
std::string error_event(event_style style, const http::response& answer);

} // namespace keywheel::dialect
