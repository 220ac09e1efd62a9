#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace keywheel::simulator {

enum class method : std::uint8_t { get, head, post, remove, other };

/// A part of a request by its place, which stays right when the buffer moves.
struct slice {
  std::uint32_t begin = 0;
  std::uint32_t size = 0;

  std::string_view in(const char* base) const { return {base + begin, size}; }
};

/// What the simulator needs of a request line and its header fields.
struct request_head {
  simulator::method method = method::other;
  slice method_name;
  slice target;
  slice bearer;         ///< The token of `authorization: Bearer`. Empty if absent, as all slices.
  slice api_key;        ///< api-key, Azure's.
  slice x_api_key;      ///< x-api-key, Anthropic's.
  slice x_goog_api_key; ///< x-goog-api-key, Gemini's.
  slice content_type;
  std::size_t size = 0; ///< With the empty line at the end.
  std::uint64_t content_length = 0;
  bool has_content_length = false;
  bool has_host = false;
  bool chunked = false;
  bool keep_alive = true;
  bool http_1_0 = false;
  bool expect_continue = false;
  bool anthropic_version = false;     ///< The field of that name is there.
  std::uint32_t cached_tokens = 0;    ///< x-simulator-cached: what the usage is to show.
  std::uint32_t reasoning_tokens = 0; ///< x-simulator-reasoning: likewise.
};

/// Parses `text`, a head with its empty line (RFC 9112 sections 2 to 6; strict: CRLF only, no
/// folding, no space before a colon, never both lengths). Returns 0, or the status to refuse
/// the request with.
int parse_head(std::string_view text, request_head& result);

/// Calls `f(name, value)` for every field line of a head that parse_head accepted.
template <class F>
void for_each_field(std::string_view head, F f) {
  auto at = head.find("\r\n") + 2;
  for (;;) {
    auto end = head.find("\r\n", at);
    if (end == at || end == std::string_view::npos)
      return;
    auto line = head.substr(at, end - at);
    auto colon = line.find(':');
    auto first = line.find_first_not_of(" \t", colon + 1);
    auto last = line.find_last_not_of(" \t");
    f(line.substr(0, colon),
      first == std::string_view::npos ? std::string_view{} : line.substr(first, last - first + 1));
    at = end + 2;
  }
}

} // namespace keywheel::simulator
