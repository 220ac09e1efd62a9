#include "dialect/signal_table.hpp"

#include "dialect/pattern.hpp"

#include <array>
#include <cstddef>

namespace keywheel::dialect {

namespace {

/// In the order of `signal_table`.
constexpr std::array<std::string_view, 18> words{
    "openai",   "azure",     "anthropic",  "gemini", "mistral", "groq",
    "deepseek", "together",  "openrouter", "xai",    "cohere",  "moonshot",
    "zhipu",    "dashscope", "bedrock",    "vllm",   "ollama",  "generic"};
static_assert(words.size() == static_cast<std::size_t>(signal_table::generic) + 1);

struct host_row {
  std::string_view pattern;
  signal_table which;
};

/// PROVIDERS §1. The first that matches counts.
constexpr std::array hosts{
    host_row{"api.openai.com", signal_table::openai},
    host_row{"*.api.openai.com", signal_table::openai},
    host_row{"*.openai.azure.com", signal_table::azure},
    host_row{"*.openai.azure.us", signal_table::azure},
    host_row{"*.openai.azure.cn", signal_table::azure},
    host_row{"*.cognitiveservices.azure.com", signal_table::azure},
    host_row{"*.services.ai.azure.com", signal_table::azure},
    host_row{"api.anthropic.com", signal_table::anthropic},
    host_row{"generativelanguage.googleapis.com", signal_table::gemini},
    host_row{"aiplatform.googleapis.com", signal_table::gemini},
    host_row{"*-aiplatform.googleapis.com", signal_table::gemini},
    host_row{"api.mistral.ai", signal_table::mistral},
    host_row{"codestral.mistral.ai", signal_table::mistral},
    host_row{"api.groq.com", signal_table::groq},
    host_row{"api.deepseek.com", signal_table::deepseek},
    host_row{"api.together.xyz", signal_table::together},
    host_row{"api.together.ai", signal_table::together},
    host_row{"openrouter.ai", signal_table::openrouter},
    host_row{"*.openrouter.ai", signal_table::openrouter},
    host_row{"api.x.ai", signal_table::xai},
    host_row{"*.api.x.ai", signal_table::xai},
    host_row{"api.cohere.com", signal_table::cohere},
    host_row{"api.cohere.ai", signal_table::cohere},
    host_row{"api.moonshot.ai", signal_table::moonshot},
    host_row{"api.moonshot.cn", signal_table::moonshot},
    host_row{"api.kimi.com", signal_table::moonshot},
    host_row{"open.bigmodel.cn", signal_table::zhipu},
    host_row{"api.z.ai", signal_table::zhipu},
    host_row{"dashscope*.aliyuncs.com", signal_table::dashscope},
    host_row{"bedrock-runtime.*.amazonaws.com", signal_table::bedrock},
    host_row{"bedrock-runtime-fips.*.amazonaws.com", signal_table::bedrock},
    host_row{"ollama.com", signal_table::ollama},
};

/// The host of a URL, without user information and port.
constexpr std::string_view host_of(std::string_view url) noexcept {
  if (const std::size_t scheme = url.find("://"); scheme != std::string_view::npos)
    url.remove_prefix(scheme + 3);
  url = url.substr(0, url.find_first_of("/?#"));
  if (const std::size_t user = url.rfind('@'); user != std::string_view::npos)
    url.remove_prefix(user + 1);
  if (const std::size_t port = url.rfind(':'); port != std::string_view::npos)
    url = url.substr(0, port);
  if (!url.empty() && url.back() == '.')
    url.remove_suffix(1);
  return url;
}

} // namespace

std::string_view to_string(signal_table which) noexcept {
  return words[static_cast<std::size_t>(which)];
}

std::optional<signal_table> signal_table_from_string(std::string_view word) noexcept {
  for (std::size_t i = 0; i < words.size(); ++i)
    if (words[i] == word)
      return static_cast<signal_table>(i);
  return std::nullopt;
}

signal_table signal_table_for(kind dialect, std::string_view base_url) noexcept {
  const std::string_view host = host_of(base_url);
  for (const host_row& row : hosts)
    if (matches(row.pattern, host))
      return row.which;
  switch (dialect) {
  case kind::anthropic:
    return signal_table::anthropic;
  case kind::gemini:
    return signal_table::gemini;
  case kind::azure:
    return signal_table::azure;
  case kind::openai:
    break;
  }
  return signal_table::generic;
}

} // namespace keywheel::dialect
