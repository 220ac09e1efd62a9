#include "dialect/pattern.hpp"
#include "dialect/signals/rule.hpp"

#include <algorithm>

namespace keywheel::dialect::signals {

namespace {

bool any_matches(std::string_view pattern, std::initializer_list<std::string_view> texts) noexcept {
  return std::any_of(texts.begin(), texts.end(), [&](std::string_view text) {
    return !text.empty() && matches(pattern, text);
  });
}

bool says(const rule& one, const evidence& what) noexcept {
  const error_body& body = what.body;
  switch (one.in) {
  case place::word:
    return any_matches(one.pattern, {body.code, body.type, body.status, body.reason,
                                     body.error_type, what.header_code});
  case place::code:
    return any_matches(one.pattern, {body.code, what.header_code});
  case place::detail_code:
    return any_matches(one.pattern, {body.detail_code});
  case place::limit_source:
    return any_matches(one.pattern, {body.limit_source});
  case place::availability:
    return any_matches(one.pattern, {body.availability});
  case place::quota_id:
    return std::any_of(body.quota_ids.begin(), body.quota_ids.end(),
                       [&](const std::string& id) { return matches(one.pattern, id); });
  case place::message:
    return matches(one.pattern, body.message);
  case place::text:
    return any_matches(one.pattern, {body.text});
  }
  return false;
}

bool holds(const rule& one, const evidence& what) noexcept {
  const bool anchored = one.in != place::message || one.pattern.front() != '*';
  const bool under = what.in_stream && what.status == 0 ? anchored : one.under.include(what.status);
  return under && says(one, what) && (one.also == nullptr || one.also(what));
}

constexpr scope usual_scope(reason why) noexcept {
  switch (why) {
  case reason::billing:
    return scope::quota_group;
  case reason::credential:
    return scope::key;
  case reason::overload:
    return scope::provider_model;
  default:
    return scope::key_model;
  }
}

/// DeepSeek counts requests at work, not per minute: a place is free as soon as one ends (§4.7).
constexpr std::chrono::seconds deepseek_rest{2};

} // namespace

const rule* first_match(std::span<const rule> rules, const evidence& what) noexcept {
  const auto found =
      std::find_if(rules.begin(), rules.end(), [&](const rule& each) { return holds(each, what); });
  return found == rules.end() ? nullptr : &*found;
}

std::span<const rule> rules_of(signal_table which) noexcept {
  switch (which) {
  case signal_table::openai:
  case signal_table::generic:
    return openai_rules();
  case signal_table::azure:
    return azure_rules();
  case signal_table::anthropic:
    return anthropic_rules();
  case signal_table::gemini:
    return gemini_rules();
  case signal_table::mistral:
    return mistral_rules();
  case signal_table::groq:
    return groq_rules();
  case signal_table::deepseek:
    return deepseek_rules();
  case signal_table::together:
    return together_rules();
  case signal_table::openrouter:
    return openrouter_rules();
  case signal_table::xai:
    return xai_rules();
  case signal_table::cohere:
    return cohere_rules();
  case signal_table::moonshot:
    return moonshot_rules();
  case signal_table::zhipu:
    return zhipu_rules();
  case signal_table::dashscope:
    return dashscope_rules();
  case signal_table::bedrock:
    return bedrock_rules();
  case signal_table::vllm:
    return vllm_rules();
  case signal_table::ollama:
    return ollama_rules();
  }
  return {};
}

scope scope_of(signal_table which, reason why) noexcept {
  if (why == reason::rate_limit || why == reason::quota) {
    if (which == signal_table::moonshot || which == signal_table::openrouter)
      return scope::quota_group;
    if (which == signal_table::cohere)
      return scope::key;
  }
  return usual_scope(why);
}

outcome by_status(signal_table which, unsigned status) noexcept {
  switch (status) {
  case 401:
    return {reason::credential};
  case 402:
    return {reason::billing};
  case 403:
    // Together says so of a request that is longer than the context (§4.8).
    return {which == signal_table::together ? reason::bad_request : reason::permission};
  case 429:
    if (which == signal_table::deepseek)
      return {reason::rate_limit, {}, rest_rule::stated, deepseek_rest};
    return {reason::rate_limit};
  case 408:
  case 425:
    return {reason::server_error};
  case 498:
    return {which == signal_table::groq ? reason::overload : reason::bad_request};
  case 499:
    // Cohere and Gemini put this on what they broke off themselves.
    return {which == signal_table::cohere ? reason::server_error : reason::bad_request};
  case 501:
  case 505:
    return {reason::bad_request};
  case 503:
  case 529:
    return {reason::overload};
  default:
    return {status >= 500 ? reason::server_error : reason::bad_request};
  }
}

} // namespace keywheel::dialect::signals
