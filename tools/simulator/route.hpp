#pragma once

#include "tools/simulator/request_head.hpp"

#include <cstdint>
#include <string_view>

namespace keywheel::simulator {

/// A wire protocol.
enum class dialect : std::uint8_t { openai, azure, anthropic, gemini };

enum class endpoint : std::uint8_t {
  // OpenAI and Azure
  chat_completions,
  completions,
  responses,
  embeddings,
  moderations,
  rerank,
  image_generations,
  image_edits,
  image_variations,
  speech,
  transcriptions,
  translations,
  // Anthropic
  messages,
  // Gemini
  generate_content,
  stream_generate_content,
  embed_content,
  batch_embed_contents,
  upload, ///< A file's bytes, at once or piece by piece.
  // What an organisation keeps: files, batches, responses, conversations, cached contents.
  kept_list,   ///< All of a kind: GET; POST makes another.
  kept_new,    ///< POST makes one; there is no list.
  kept,        ///< One of them: GET, DELETE.
  kept_part,   ///< Its content, results or items: GET.
  kept_cancel, ///< POST.
  // more than one
  count_tokens,
  models,
  model,
  control, ///< Everything under /_sim/.
  unknown,
};

/// Where a request goes.
struct route {
  endpoint where = endpoint::unknown;
  dialect speaks = dialect::openai;
  std::string_view name{};       ///< The model, deployment or id that the path names; a part of it.
                                 ///< Gemini's ids have their collection: "files/x".
  std::string_view collection{}; ///< Of what is kept: "files".
};

/// The route of `path`, a target without its query (PROVIDERS section 1). `anthropic`: the request
/// has Anthropic's version header, which decides where OpenAI has the same path.
route route_of(std::string_view path, bool anthropic = false);

/// The value of `name` in a target's query, without percent-decoding.
std::string_view query_value(std::string_view target, std::string_view name);

/// The texts of one request; views into the connection's input.
struct request_view {
  const request_head& head;
  const char* base; ///< Where the head's slices lie.
  std::string_view method;
  std::string_view target;

  /// The target without its query.
  std::string_view path() const { return target.substr(0, target.find('?')); }

  /// The credential, from the place where `speaks` has it. Empty if there is none.
  std::string_view credential(dialect speaks) const;
};

} // namespace keywheel::simulator
