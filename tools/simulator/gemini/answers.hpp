#pragma once

#include "tools/simulator/generation.hpp"

/// Gemini's successful answers, appended to `out` as JSON on one line; where Google prints lines,
/// append_pretty makes them.
namespace keywheel::simulator::gemini {

/// How much of an answer a GenerateContentResponse holds.
struct part {
  std::string_view text;
  std::int64_t tokens = 0; ///< Of the answer, so far.
  bool last = true;        ///< With a finishReason.
};

/// A GenerateContentResponse: a whole answer, or one chunk of a stream.
void append_content(std::string& out, const generation& what, const part& shown);

/// The answers of embedContent (one hash) and batchEmbedContents.
void append_embedding(std::string& out, std::uint64_t hash, std::size_t dimensions);
void append_embeddings(std::string& out, const std::vector<std::uint64_t>& hashes,
                       std::size_t dimensions);

/// The answer of countTokens.
void append_token_count(std::string& out, const generation& what);

/// GET /v1beta/models and GET /v1beta/models/{model}.
void append_models(std::string& out, const std::vector<std::string>& models);
void append_model(std::string& out, std::string_view model);

} // namespace keywheel::simulator::gemini
