#include "dialect/signals/rule.hpp"

namespace keywheel::dialect::signals {

namespace {

/// PROVIDERS §4.7.
constexpr std::array rules{

    rule{place::message, "Insufficient Balance*", {reason::billing}, {402}},
    rule{place::message, "Authentication Fails*", {reason::credential}, {401}},
    rule{place::message, "Server Overloaded*", {reason::overload}, {503}},
};

} // namespace

std::span<const rule> deepseek_rules() noexcept {
  return rules;
}

} // namespace keywheel::dialect::signals
