#include "dialect/usage_tally.hpp"

#include "dialect/json_tree.hpp"

#include <algorithm>
#include <string_view>

namespace keywheel::dialect {

namespace {

using count = usage_tally::count;

struct word {
  std::string_view name;
  count means;
};

constexpr word words[] = {
    {"prompt_tokens", count::prompt},
    {"promptTokenCount", count::prompt},
    {"input_tokens", count::input},
    {"inputTokens", count::input},
    {"toolUsePromptTokenCount", count::tool_input},
    {"cached_tokens", count::cached},
    {"num_cached_tokens", count::cached},
    {"prompt_cache_hit_tokens", count::cached},
    {"cachedContentTokenCount", count::cached},
    {"cache_read_input_tokens", count::cache_read},
    {"cacheReadInputTokens", count::cache_read},
    {"cache_creation_input_tokens", count::cache_written},
    {"cacheWriteInputTokens", count::cache_written},
    {"completion_tokens", count::output},
    {"output_tokens", count::output},
    {"outputTokens", count::output},
    {"candidatesTokenCount", count::output},
    {"thoughtsTokenCount", count::thoughts},
    {"total_tokens", count::total},
};

// Details of a count repeat some of the words above for parts of it.
constexpr word detail_words[] = {
    {"cached_tokens", count::cached},
    {"reasoning_tokens", count::reasoning},
};
constexpr std::string_view details[] = {"prompt_tokens_details", "input_tokens_details",
                                        "completion_tokens_details", "output_tokens_details"};

// Ollama has its counts at the top.
constexpr word top_words[] = {
    {"prompt_eval_count", count::prompt},
    {"eval_count", count::output},
};

// A sum of a few of these cannot overflow.
constexpr std::int64_t max_count = 1'000'000'000'000'000;

/// A count as a number; negative if it is none. Cohere writes whole numbers with a fraction.
std::int64_t number_of(const rapidjson::Value& value) noexcept {
  if (!value.IsNumber())
    return -1;
  const double number = value.GetDouble();
  return number >= 0 && number <= static_cast<double>(max_count) ? static_cast<std::int64_t>(number)
                                                                 : -1;
}

} // namespace

bool usage_tally::read(const rapidjson::Value& root) {
  const auto* choice = first_of(member(&root, "choices"));
  const rapidjson::Value* const places[] = {
      member(&root, "usage"),
      member(&root, "usageMetadata"),
      member(member(&root, "x_groq"), "usage"),
      member(choice, "usage"),                    // Moonshot
      member(member(&root, "response"), "usage"), // OpenAI Responses
      member(member(&root, "message"), "usage"),  // Anthropic's message_start
      member(member(&root, "delta"), "usage"),    // Cohere's message-end
  };
  bool result = read_words(&root, top_words);
  for (const auto* place : places)
    result = read_place(place) || result;
  return result;
}

bool usage_tally::read_place(const rapidjson::Value* place) {
  bool result = read_words(place, words);
  for (const std::string_view name : details)
    result = read_words(member(place, name), detail_words) || result;
  return read_words(member(place, "tokens"), words) || result; // Cohere
}

template <class Words>
bool usage_tally::read_words(const rapidjson::Value* object, const Words& known) {
  if (object == nullptr || !object->IsObject())
    return false;
  bool result = false;
  for (const auto& each : object->GetObject()) {
    const std::string_view name = text_of(&each.name);
    const auto* found = std::find_if(std::begin(known), std::end(known),
                                     [&](const word& one) { return one.name == name; });
    const std::int64_t number = found == std::end(known) ? -1 : number_of(each.value);
    if (number < 0)
      continue;
    if (number > 0)
      counts_[static_cast<std::size_t>(found->means)] = number;
    result = known_ = true;
  }
  return result;
}

usage usage_tally::normalised() const noexcept {
  usage result;
  result.known = known_;
  if (of(count::prompt) > 0)
    result.input = of(count::prompt) + of(count::tool_input);
  else
    result.input = of(count::input) + of(count::cache_read) + of(count::cache_written);
  result.cached = of(count::cached) > 0 ? of(count::cached) : of(count::cache_read);
  result.cached = std::min(result.cached, result.input);
  result.output = of(count::output) + of(count::thoughts);
  result.reasoning = of(count::reasoning) + of(count::thoughts);
  // xAI's output is without reasoning: its total shows that.
  if (result.reasoning > 0 && of(count::total) == result.total() + of(count::reasoning))
    result.output += of(count::reasoning);
  result.reasoning = std::min(result.reasoning, result.output);
  return result;
}

} // namespace keywheel::dialect
