#include "dialect/organization.hpp"

#include "dialect/pattern.hpp"
#include "http/ascii.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace keywheel::dialect {

namespace {

/// Longer names are none.
constexpr std::size_t max_name = 128;

constexpr bool is_name_char(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-'
         || c == '_';
}

/// A message that names an organisation: how it begins, and what stands before the name.
struct form {
  std::string_view begin;
  std::string_view before;
  std::string_view prefix; ///< of every such name
};

constexpr std::array forms{
    form{"Rate limit reached for *", " in organization ", "org"},
    form{"Request too large for *", " in organization ", "org"},
    form{"This request would exceed your organization's *", "(org: ", ""},
    form{"Your account *", "Your account ", "org-"},
    form{"Your organization *", "Your organization ", "org-"},
};

std::string_view name_at(std::string_view text) noexcept {
  if (!text.empty() && text.front() == '`')
    text.remove_prefix(1);
  const auto end = std::find_if_not(text.begin(), text.end(), is_name_char);
  const std::string_view name = text.substr(0, static_cast<std::size_t>(end - text.begin()));
  return name.size() <= max_name ? name : std::string_view{};
}

} // namespace

std::string_view organization_in(const http::fields& headers) noexcept {
  for (const std::string_view name : {"openai-organization", "anthropic-organization-id"})
    if (const auto value = headers.find(name))
      if (const std::string_view text = http::trim(*value);
          !text.empty() && text.size() <= max_name)
        return text;
  return {};
}

std::string_view organization_in(std::string_view message) noexcept {
  for (const form& each : forms) {
    if (!matches(each.begin, message))
      continue;
    const std::size_t at = find_words(message, each.before);
    if (at == std::string_view::npos)
      continue;
    const std::string_view name = name_at(message.substr(at + each.before.size()));
    if (!name.empty() && name.substr(0, each.prefix.size()) == each.prefix)
      return name;
  }
  return {};
}

} // namespace keywheel::dialect
