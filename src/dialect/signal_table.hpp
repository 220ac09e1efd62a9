#pragma once

#include "dialect/dialect.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace keywheel::dialect {

/// Whose way of speaking about limits and errors a provider has (the sections of PROVIDERS §4).
/// Several providers speak the openai dialect and yet signal in their own ways.
enum class signal_table : std::uint8_t {
  openai,
  azure,
  anthropic,
  gemini,
  mistral,
  groq,
  deepseek,
  together,
  openrouter,
  xai,
  cohere,
  moonshot,
  zhipu,
  dashscope,
  bedrock,
  vllm,
  ollama,
  generic ///< of none of them: OpenAI's codes, which most others speak, generic codes and statuses
};

/// The word for a table in the configuration (`signals = "groq"`).
std::string_view to_string(signal_table which) noexcept;
std::optional<signal_table> signal_table_from_string(std::string_view word) noexcept;

/// The table of a provider that names none: by its base URL's host (without regard to case and
/// port), else by its dialect (an openai provider at an unknown host, such as 127.0.0.1, is
/// `generic`).
signal_table signal_table_for(kind dialect, std::string_view base_url) noexcept;

} // namespace keywheel::dialect
