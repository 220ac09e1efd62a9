#pragma once

#include "balance/types.hpp"
#include "dialect/request_facts.hpp"

#include <algorithm>

namespace keywheel::balance {

/// What is reserved for an answer whose caller sets no limit. Providers reserve more (PROVIDERS
/// §8); most answers are shorter, and the reservation is settled from the answer's usage.
inline constexpr std::int64_t usual_answer_tokens = 1024;

/// What a request is expected to take of token budgets: its prompt, and as much of each answer as
/// it allows.
inline demand demand_of(const dialect::request_facts& of) noexcept {
  return {of.prompt_tokens + of.answers * of.max_output_tokens.value_or(usual_answer_tokens)};
}

} // namespace keywheel::balance
