#include "dialect/query.hpp"

#include "dialect/percent.hpp"
#include "dialect/route.hpp"

#include <algorithm>
#include <array>

namespace keywheel::dialect {

namespace {

// Query parameters that carry a credential: Google's system parameters, Azure API Management.
constexpr std::array<std::string_view, 4> credential_names{"key", "access_token", "api-key",
                                                           "subscription-key"};

bool carries_credential(std::string_view name) {
  return std::find(credential_names.begin(), credential_names.end(), name)
         != credential_names.end();
}

} // namespace

std::string parameter_of(std::string_view query, std::string_view name) {
  while (!query.empty()) {
    query.remove_prefix(1); // `?` or `&`
    const std::size_t size = std::min(query.find('&'), query.size());
    const std::string_view parameter = query.substr(0, size);
    query.remove_prefix(size);
    const std::size_t name_size = std::min(parameter.find('='), parameter.size());
    if (parameter.substr(0, name_size) == name && name_size < parameter.size())
      return percent_decode(parameter.substr(name_size + 1)).value_or("");
  }
  return {};
}

std::string without_credentials(std::string_view query, std::string& found) {
  std::string result;
  while (!query.empty()) {
    const std::size_t size = std::min(query.find('&'), query.size());
    const std::string_view parameter = query.substr(0, size);
    query.remove_prefix(std::min(size + 1, query.size()));
    const std::size_t name_size = std::min(parameter.find('='), parameter.size());
    const auto name = percent_decode(parameter.substr(0, name_size));
    if (!name || !carries_credential(*name)) {
      result += result.empty() ? '?' : '&';
      result += parameter;
    } else if (found.empty() && name_size < parameter.size()) {
      found = percent_decode(parameter.substr(name_size + 1)).value_or("");
    }
  }
  return result;
}

std::string without_credentials(std::string_view target) {
  std::string ignored;
  const std::size_t mark = std::min(target.find('?'), target.size());
  return std::string{target.substr(0, mark)}
         + without_credentials(target.substr(std::min(mark + 1, target.size())), ignored);
}

} // namespace keywheel::dialect
