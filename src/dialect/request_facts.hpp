#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace keywheel::dialect {

/// What a request's body says that matters for budgets and for the choice of a key.
struct request_facts {
  /// An estimate: a quarter of the bytes of all string values, 800 for each piece of base64 data
  /// (an image, a sound, a file) beyond 1 KiB, and one for each number in `input` or `prompt`,
  /// which are token ids there.
  std::int64_t prompt_tokens = 0;

  /// The caller's bound on the tokens of one answer: max_tokens, max_completion_tokens,
  /// max_output_tokens, or generationConfig.maxOutputTokens (Gemini); the last of them in the body.
  std::optional<std::int64_t> max_output_tokens;

  std::int64_t answers = 1; ///< `n`, or generationConfig.candidateCount: how many are asked for
  bool stream = false;      ///< `stream` is true

  /// Of the prompt's beginning, for sticky choice: over the first 1,024 bytes, as they stand in the
  /// body, of the first member that is one of system, systemInstruction, instructions, messages,
  /// input, prompt, contents. Equal on every run and machine of one byte order; 0: no such member.
  std::uint64_t prefix = 0;

  /// `store`: whether the provider is to keep the answer. Nothing: it is for the provider to say.
  std::optional<bool> store;

  /// Ids of what the provider keeps that the request refers to, decoded, in order, each once: a
  /// previous response, a conversation, files, cached content (PROVIDERS §9). Only the first
  /// max_refers, and none beyond max_reference bytes. Gemini's files stand there as "files/abc",
  /// whatever URL they are given by.
  std::vector<std::string> refers;

  static constexpr std::size_t max_refers = 16;
  static constexpr std::size_t max_reference = 512;

  bool operator==(const request_facts&) const = default;
};

} // namespace keywheel::dialect
