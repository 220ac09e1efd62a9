#pragma once

#include "dialect/delay.hpp"
#include "dialect/error_body.hpp"
#include "dialect/verdict.hpp"
#include "http/fields.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace keywheel::dialect::signals {

/// All that a rule may look at.
struct evidence {
  unsigned status = 0; ///< of the answer; inside a stream: what the event says, 0 if it does not
  bool in_stream = false;
  const http::fields& headers;
  const error_body& body;
  std::string_view header_code;   ///< x-amzn-errortype (Bedrock), its decoration removed
  std::optional<delay> by_header; ///< delay_from() the headers
};

/// The statuses under which a rule holds; none named: any. Inside a stream an event without a
/// status of its own satisfies every rule.
class statuses {
public:
  template <class... Status>
  constexpr statuses(Status... each) : list_{static_cast<std::uint16_t>(each)...} {
    static_assert(sizeof...(Status) <= 8);
  }
  constexpr bool include(unsigned status) const noexcept {
    if (list_[0] == 0)
      return true;
    for (const std::uint16_t each : list_)
      if (each != 0 && each == status)
        return true;
    return false;
  }

private:
  std::array<std::uint16_t, 8> list_{};
};

/// Where an error says something.
enum class place : std::uint8_t {
  word,        ///< any of code, type, status, reason, error_type and the header's code
  code,        ///< `code`, or the header's
  detail_code, ///< error_body's fields of those names
  limit_source,
  availability,
  quota_id, ///< any of quota_ids
  message,
  text
};

/// How long to stay away.
enum class rest_rule : std::uint8_t {
  stated,            ///< as PROVIDERS §3 orders what headers, body and exhausted limits say
  pacific_midnight,  ///< to the next day in Los Angeles, whatever else is said
  utc_midnight,      ///< to the next day in UTC
  shanghai_midnight, ///< to the next day in Shanghai
  next_month         ///< to the next month in UTC
};

/// What a rule's match means.
struct outcome {
  reason why = reason::none;
  /// Nothing: where the provider counts such things, scope_of().
  std::optional<dialect::scope> where = std::nullopt;
  rest_rule rest = rest_rule::stated;
  /// For want of a stated time, what the provider's documents say (PROVIDERS §4); 0: nothing.
  std::chrono::seconds usual = std::chrono::seconds{0};
};

/// One row of a table. `pattern` is as in matches(); a message's is anchored at its start wherever
/// the caller's words could be part of the message.
struct rule {
  place in;
  std::string_view pattern;
  outcome then;
  statuses under;
  bool (*also)(const evidence&) = nullptr; ///< one more condition, if any
};

/// The rules of one provider; the first that matches counts. They come before generic_rules().
std::span<const rule> rules_of(signal_table which) noexcept;

/// Codes that mean the same at most providers (PROVIDERS §11.3).
std::span<const rule> generic_rules() noexcept;

/// Returns the first rule that matches, or null.
const rule* first_match(std::span<const rule> rules, const evidence& what) noexcept;

/// Where a provider counts what `why` is about (PROVIDERS §2).
scope scope_of(signal_table which, reason why) noexcept;

/// What a status means where no word decided (PROVIDERS §11.5).
outcome by_status(signal_table which, unsigned status) noexcept;

// The tables, one file per provider or family.
std::span<const rule> openai_rules() noexcept;
std::span<const rule> azure_rules() noexcept;
std::span<const rule> anthropic_rules() noexcept;
std::span<const rule> gemini_rules() noexcept;
std::span<const rule> mistral_rules() noexcept;
std::span<const rule> groq_rules() noexcept;
std::span<const rule> deepseek_rules() noexcept;
std::span<const rule> together_rules() noexcept;
std::span<const rule> openrouter_rules() noexcept;
std::span<const rule> xai_rules() noexcept;
std::span<const rule> cohere_rules() noexcept;
std::span<const rule> moonshot_rules() noexcept;
std::span<const rule> zhipu_rules() noexcept;
std::span<const rule> dashscope_rules() noexcept;
std::span<const rule> bedrock_rules() noexcept;
std::span<const rule> vllm_rules() noexcept;
std::span<const rule> ollama_rules() noexcept;

} // namespace keywheel::dialect::signals
