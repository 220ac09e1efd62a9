#include "dialect/dialect.hpp"

#include <array>

namespace keywheel::dialect {

namespace {

struct row {
  kind which;
  std::string_view word;
  credential_place place;
};

constexpr std::array rows{
    row{kind::openai, "openai", {"authorization", "Bearer "}},
    row{kind::anthropic, "anthropic", {"x-api-key", ""}},
    row{kind::gemini, "gemini", {"x-goog-api-key", ""}},
    row{kind::azure, "azure", {"api-key", ""}},
};
static_assert(rows.size() == static_cast<std::size_t>(kind::azure) + 1);

const row& row_of(kind which) noexcept {
  return rows[static_cast<std::size_t>(which)];
}

} // namespace

std::string_view to_string(kind which) noexcept {
  return row_of(which).word;
}

std::optional<kind> kind_from_string(std::string_view word) noexcept {
  for (const row& each : rows)
    if (each.word == word)
      return each.which;
  return std::nullopt;
}

credential_place place_of_credential(kind which) noexcept {
  return row_of(which).place;
}

} // namespace keywheel::dialect
