#pragma once

#include "http/fields.hpp"

#include <string_view>

namespace keywheel::dialect {

/// The organisation that an answer's headers name (OpenAI, Anthropic); empty if none. Points into
/// `headers`.
std::string_view organization_in(const http::fields& headers) noexcept;

/// The organisation that an error's message names where its provider is known to put it (OpenAI,
/// Groq, Anthropic, Moonshot: PROVIDERS §2); empty if none. Points into `message`.
std::string_view organization_in(std::string_view message) noexcept;

} // namespace keywheel::dialect
