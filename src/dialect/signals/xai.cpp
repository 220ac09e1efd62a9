#include "dialect/signals/rule.hpp"

namespace keywheel::dialect::signals {

namespace {

constexpr statuses unpaid{402, 403, 429};

/// PROVIDERS §4.10. Refused keys come with 400, empty accounts with 403.
constexpr std::array rules{

    rule{place::message, "Incorrect API key provided*", {reason::credential}, {400, 401, 403}},
    rule{place::code, "unauthenticated:*", {reason::credential}, {}},
    rule{place::message,
         "Your newly created team doesn't have any credits or licenses yet*",
         {reason::billing},
         unpaid},
    rule{place::message, "You have run out of credits*", {reason::billing}, unpaid},
    rule{place::message,
         "Your team * has either used all available credits or reached its monthly spending limit*",
         {reason::billing},
         unpaid},
    rule{place::code, "permission-denied", {reason::permission}, {}},
    rule{place::code, "invalid-argument", {reason::bad_request}, {400, 422}},
    rule{place::code, "Client specified an invalid argument", {reason::bad_request}, {400, 422}},
};

} // namespace

std::span<const rule> xai_rules() noexcept {
  return rules;
}

} // namespace keywheel::dialect::signals
