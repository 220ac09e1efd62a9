#pragma once

#include "dialect/refusal.hpp"
#include "dialect/signal.hpp"
#include "dialect/verdict.hpp"

#include <string_view>

namespace keywheel::dialect {

/// What a caller is told if no other key can serve the call after this failure (PROVIDERS §11):
/// limits and refused credentials are our business and told in our words, never as a bare upstream
/// 401; what the provider itself has to say (no capacity, a server error, no permission, money) is
/// passed on as it said it.
/// @param secret the credential that was used: an answer that echoes it is not passed on
refusal failure_of(const verdict& found, const signal& said, std::string_view provider,
                   std::string_view secret);

/// Overwrites every occurrence of `secret` in the text of an answer; its length stays.
void hide(std::string_view secret, std::string& text);

/// The same in the values of an answer's header fields.
void hide(std::string_view secret, http::fields& headers);

} // namespace keywheel::dialect
