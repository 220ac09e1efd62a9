#include "dialect/limits.hpp"

#include "dialect/times.hpp"
#include "http/ascii.hpp"

#include <algorithm>
#include <charconv>
#include <span>
#include <system_error>

namespace keywheel::dialect {

namespace {

using dimension = limit_reading::dimension;

/// Whether a bucket refills evenly: not, always, or where its reset is written as a duration.
enum class refill : std::uint8_t { no, yes, by_duration };

/// Three headers that speak of one limit. An empty name is never sent.
struct family {
  dimension of;
  std::string_view limit;
  std::string_view remaining;
  std::string_view reset;
  refill refills;
};

// PROVIDERS §3. Anthropic's priority tier is left out: who has used that up is served as any other.

constexpr std::array openai_families{
    family{dimension::requests, "x-ratelimit-limit-requests", "x-ratelimit-remaining-requests",
           "x-ratelimit-reset-requests", refill::yes},
    family{dimension::tokens, "x-ratelimit-limit-tokens", "x-ratelimit-remaining-tokens",
           "x-ratelimit-reset-tokens", refill::yes},
    family{dimension::tokens, "x-ratelimit-limit-project-tokens",
           "x-ratelimit-remaining-project-tokens", "x-ratelimit-reset-project-tokens", refill::yes},
};

constexpr std::array anthropic_families{
    family{dimension::requests, "anthropic-ratelimit-requests-limit",
           "anthropic-ratelimit-requests-remaining", "anthropic-ratelimit-requests-reset",
           refill::yes},
    family{dimension::tokens, "anthropic-ratelimit-tokens-limit",
           "anthropic-ratelimit-tokens-remaining", "anthropic-ratelimit-tokens-reset", refill::yes},
    family{dimension::input_tokens, "anthropic-ratelimit-input-tokens-limit",
           "anthropic-ratelimit-input-tokens-remaining", "anthropic-ratelimit-input-tokens-reset",
           refill::yes},
    family{dimension::output_tokens, "anthropic-ratelimit-output-tokens-limit",
           "anthropic-ratelimit-output-tokens-remaining", "anthropic-ratelimit-output-tokens-reset",
           refill::yes},
};

constexpr std::array mistral_families{
    family{dimension::requests, "x-ratelimit-limit-req-minute", "x-ratelimit-remaining-req-minute",
           "", refill::no},
    family{dimension::tokens, "x-ratelimit-limit-tokens-minute",
           "x-ratelimit-remaining-tokens-minute", "", refill::no},
    family{dimension::tokens, "x-ratelimitbysize-limit-minute",
           "x-ratelimitbysize-remaining-minute", "ratelimitbysize-reset", refill::no},
    family{dimension::tokens, "x-ratelimitbysize-limit-month", "x-ratelimitbysize-remaining-month",
           "", refill::no},
};

constexpr std::array together_families{
    family{dimension::requests, "x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset",
           refill::no},
    family{dimension::tokens, "x-tokenlimit-limit", "x-tokenlimit-remaining", "x-ratelimit-reset",
           refill::no},
};

constexpr std::array plain_families{
    family{dimension::requests, "x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset",
           refill::no},
};

constexpr std::array cohere_families{
    family{dimension::requests, "x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset",
           refill::no},
    family{dimension::requests, "x-trial-endpoint-call-limit", "x-trial-endpoint-call-remaining",
           "x-ratelimit-reset", refill::no},
};

/// Of providers that follow OpenAI's names without saying whether they mean its buckets too.
constexpr std::array generic_families{
    family{dimension::requests, "x-ratelimit-limit-requests", "x-ratelimit-remaining-requests",
           "x-ratelimit-reset-requests", refill::by_duration},
    family{dimension::tokens, "x-ratelimit-limit-tokens", "x-ratelimit-remaining-tokens",
           "x-ratelimit-reset-tokens", refill::by_duration},
    family{dimension::tokens, "x-ratelimit-limit-project-tokens",
           "x-ratelimit-remaining-project-tokens", "x-ratelimit-reset-project-tokens",
           refill::by_duration},
    family{dimension::requests, "x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset",
           refill::by_duration},
};

std::span<const family> families_of(signal_table of) noexcept {
  switch (of) {
  case signal_table::openai:
  case signal_table::azure:
  case signal_table::groq:
    return openai_families;
  case signal_table::anthropic:
    return anthropic_families;
  case signal_table::mistral:
    return mistral_families;
  case signal_table::together:
    return together_families;
  case signal_table::openrouter:
  case signal_table::moonshot:
    return plain_families;
  case signal_table::cohere:
    return cohere_families;
  case signal_table::xai:
  case signal_table::generic:
    return generic_families;
  case signal_table::gemini:
  case signal_table::deepseek:
  case signal_table::zhipu:
  case signal_table::dashscope:
  case signal_table::bedrock:
  case signal_table::vllm:
  case signal_table::ollama:
    break; // they document none
  }
  return {};
}

/// No limit is larger: what says more is no limit.
constexpr std::int64_t most = 1'000'000'000'000;

/// Reads a count; a fraction is dropped, as a part of a request or token is of no use. Negative
/// values, NaN and absurd ones are nothing.
std::optional<std::int64_t> count(std::optional<std::string_view> text) {
  if (!text)
    return std::nullopt;
  const std::string_view trimmed = http::trim(*text);
  const char* const end = trimmed.data() + trimmed.size();
  std::int64_t value = 0;
  const auto read = std::from_chars(trimmed.data(), end, value);
  if (read.ec != std::errc{} || value < 0 || value > most || trimmed.front() == '-')
    return std::nullopt;
  if (read.ptr != end) {
    const bool is_fraction =
        *read.ptr == '.' && read.ptr + 1 != end
        && std::all_of(read.ptr + 1, end, [](char c) { return c >= '0' && c <= '9'; });
    if (!is_fraction)
      return std::nullopt;
  }
  return value;
}

bool refills(refill how, std::optional<std::string_view> reset) {
  if (how != refill::by_duration)
    return how == refill::yes;
  return reset && parse_duration(http::trim(*reset)).has_value();
}

std::optional<limit_reading> read(const family& from, const http::fields& headers, wall_time now) {
  const auto remaining = count(headers.find(from.remaining));
  if (!remaining)
    return std::nullopt;
  const auto limit_text = headers.find(from.limit);
  const auto limit = count(limit_text);
  // Nothing left of no limit: a placeholder, not exhaustion.
  if (*remaining == 0 && limit_text && limit.value_or(0) == 0)
    return std::nullopt;
  limit_reading result;
  result.of = from.of;
  result.limit = limit.value_or(0);
  result.remaining = *remaining;
  const auto reset = from.reset.empty() ? std::nullopt : headers.find(from.reset);
  if (reset)
    result.reset = parse_reset(*reset, now);
  if (result.reset)
    result.reset_source = from.reset;
  result.refills = refills(from.refills, reset);
  result.source = from.remaining;
  return result;
}

/// Of a subscription Anthropic says no counts, only whether it is used up and until when.
std::optional<limit_reading> read_unified(const http::fields& headers, wall_time now) {
  constexpr std::string_view status_name = "anthropic-ratelimit-unified-status";
  constexpr std::string_view reset_name = "anthropic-ratelimit-unified-reset";
  const auto status = headers.find(status_name);
  if (!status || http::trim(*status) != "rejected")
    return std::nullopt;
  limit_reading result;
  result.source = status_name;
  if (const auto reset = headers.find(reset_name))
    result.reset = parse_reset(*reset, now);
  if (result.reset)
    result.reset_source = reset_name;
  return result;
}

} // namespace

limit_readings limits_from(signal_table of, const http::fields& headers, wall_time now) {
  limit_readings result;
  for (const family& each : families_of(of))
    if (const auto reading = read(each, headers, now))
      result.add(*reading);
  if (of == signal_table::anthropic)
    if (const auto reading = read_unified(headers, now))
      result.add(*reading);
  return result;
}

} // namespace keywheel::dialect
