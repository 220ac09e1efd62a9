#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace keywheel::simulator {

/// What the simulator needs of a request body. The texts are views into the body.
struct scanned_body {
  std::string_view model;
  bool stream = false;
  bool include_usage = false;
  std::optional<std::int64_t> max_tokens; ///< Also max_completion_tokens, max_output_tokens and
                                          ///< Gemini's generationConfig.maxOutputTokens.
  std::string_view encoding_format;
  std::int64_t dimensions = 0;
  std::string_view last_user;        ///< The last text of a user's message, of `prompt` or `input`.
  std::int64_t text_bytes = 0;       ///< Of all messages, prompts and inputs.
  std::int64_t token_numbers = 0;    ///< Tokens given as numbers.
  std::vector<std::uint64_t> inputs; ///< A hash of each element of `input` or `documents`; of each
                                     ///< content that Gemini is to embed.
  std::string_view previous_response_id;
  std::vector<std::string_view> refers; ///< Ids of files, conversations and cached contents.
  bool store = true;
  std::int64_t top_n = 0; ///< Of a rerank.

  /// The simulator's estimate: a token per four bytes of text, at least one.
  std::int64_t prompt_tokens() const;
};

/// Finds the fields above in one SAX pass. Reusable, so that the passes share their memory.
class body_scanner {
public:
  body_scanner();
  ~body_scanner();

  /// Scans `size` bytes at `text`, a JSON object, and unescapes strings in place.
  /// `text[size]` is overwritten for the time of the call. Returns null if it is no JSON object.
  const scanned_body* scan(char* text, std::size_t size);

private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

} // namespace keywheel::simulator
