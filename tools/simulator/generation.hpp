#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace keywheel::simulator {

/// One simulated answer of a model, before it takes the shape of an endpoint.
struct generation {
  std::string id; ///< Without the prefix of the endpoint.
  std::int64_t created = 0;
  std::string model;
  std::string text;
  std::int64_t prompt_tokens = 0;
  std::int64_t answer_tokens = 0;
  std::int64_t cached_tokens = 0;    ///< Of the prompt, on top of prompt_tokens.
  std::int64_t reasoning_tokens = 0; ///< On top of answer_tokens.
  bool cut = false;                  ///< By max_tokens.

  std::int64_t input_tokens() const { return prompt_tokens + cached_tokens; }
  std::int64_t output_tokens() const { return answer_tokens + reasoning_tokens; }
};

/// A token is a word with the space before it.
std::string_view next_token(std::string_view text, std::size_t at);

/// Writes "Hello from KEY, request N: LAST" into `result.text`, made longer with " word" to at
/// least `least` tokens and cut after `most`.
void compose_text(generation& result, std::string_view key, std::uint64_t number,
                  std::string_view last, std::int64_t least, std::optional<std::int64_t> most);

// Whole answers, appended to `out` as JSON.

void append_chat_completion(std::string& out, const generation& what);
void append_completion(std::string& out, const generation& what);

/// An object of the Responses API. `status` is "in_progress", "completed", "incomplete" or
/// "failed"; `error` is the JSON of its error. Only what is finished has an output and usage.
void append_response(std::string& out, const generation& what, std::string_view status,
                     std::string_view error = "null");

/// Its parts, as the events of a stream show them.
void append_response_part(std::string& out, std::string_view text);
void append_response_message(std::string& out, const generation& what, std::string_view status);

/// `"prompt_tokens":…` and so on as an object.
void append_usage(std::string& out, const generation& what);

/// One unit vector of `dimensions` per hash, as numbers or as Base64 of little-endian floats.
void append_embeddings(std::string& out, const generation& what,
                       const std::vector<std::uint64_t>& hashes, std::size_t dimensions,
                       bool base64);

/// One such vector, as numbers.
void append_unit_vector(std::string& out, std::uint64_t seed, std::size_t dimensions);

/// `count` results, none of them flagged.
void append_moderation(std::string& out, const generation& what, std::size_t count);

/// GET /v1/models and GET /v1/models/{model}.
void append_models(std::string& out, const std::vector<std::string>& models);
void append_model(std::string& out, std::string_view model);

} // namespace keywheel::simulator
