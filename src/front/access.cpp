#include "front/access.hpp"

#include <algorithm>
#include <array>

namespace keywheel::front {

namespace {

std::optional<std::string_view> bearer_token(const http::fields& headers) {
  constexpr std::string_view scheme = "bearer ";
  const auto value = headers.find("authorization");
  if (!value || value->size() <= scheme.size()
      || !http::name_equals(value->substr(0, scheme.size()), scheme))
    return std::nullopt;
  return value->substr(scheme.size());
}

std::optional<std::string_view> token_of(const http::fields& headers, std::string_view in_query) {
  constexpr std::array<std::string_view, 3> names{"x-api-key", "api-key", "x-goog-api-key"};
  if (auto result = bearer_token(headers))
    return result;
  for (auto name : names)
    if (auto result = headers.find(name))
      return result;
  if (!in_query.empty())
    return in_query;
  return std::nullopt;
}

} // namespace

origin origin_of(std::string_view address) noexcept {
  constexpr std::string_view mapped = "::ffff:";
  if (address.substr(0, mapped.size()) == mapped)
    address.remove_prefix(mapped.size());
  return address.substr(0, 4) == "127." || address == "::1" ? origin::loopback : origin::elsewhere;
}

caller identify(const config::config& config, const http::fields& headers,
                std::string_view query_credential, origin from) {
  if (from == origin::inside)
    return {true, nullptr};
  if (config.clients.empty())
    return {from == origin::loopback, nullptr};
  const auto token = token_of(headers, query_credential);
  if (!token)
    return {};
  // All are compared, so that the time taken does not tell which one came close.
  caller result;
  for (const auto& client : config.clients)
    if (client.token.equals(*token))
      result = {true, &client};
  return result;
}

bool may_use(const caller& who, std::string_view model) {
  if (!who.welcome)
    return false;
  if (who.client == nullptr || who.client->models.empty())
    return true;
  return std::any_of(who.client->models.begin(), who.client->models.end(),
                     [&](const auto& pattern) { return config::matches(pattern, model); });
}

bool may_use_all(const caller& who) {
  if (!who.welcome || who.client == nullptr || who.client->models.empty())
    return who.welcome;
  const auto& patterns = who.client->models;
  return std::find(patterns.begin(), patterns.end(), "*") != patterns.end();
}

} // namespace keywheel::front
