#include "dialect/signals/rule.hpp"

namespace keywheel::dialect::signals {

namespace {

/// PROVIDERS §4.16.
constexpr std::array vllm{
    rule{place::message, "Unauthorized", {reason::credential}, {401}},
    rule{place::message, "The model `*` does not exist*", {reason::permission}, {404}},
};

constexpr std::array ollama{
    rule{place::message, "server busy, please try again*", {reason::overload}, {503}},
    rule{place::message, "model \"*\" not found*", {reason::permission}, {404}},
    rule{place::message, "model '*' not found*", {reason::permission}, {404}},
};

} // namespace

std::span<const rule> vllm_rules() noexcept {
  return vllm;
}

std::span<const rule> ollama_rules() noexcept {
  return ollama;
}

} // namespace keywheel::dialect::signals
