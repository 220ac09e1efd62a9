#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace keywheel::dialect {

/// A wire protocol for model APIs.
enum class kind : std::uint8_t { openai, anthropic, gemini, azure };

/// The word for a dialect in configuration and logs.
std::string_view to_string(kind which) noexcept;
std::optional<kind> kind_from_string(std::string_view word) noexcept;

/// The header that carries a credential to a provider of this dialect (PROVIDERS §1): its name, and
/// what stands before the credential in its value.
struct credential_place {
  std::string_view header;
  std::string_view prefix;
};
credential_place place_of_credential(kind which) noexcept;

} // namespace keywheel::dialect
