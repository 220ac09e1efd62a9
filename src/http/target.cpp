#include "http/target.hpp"

#include "http/fields.hpp"

#include <algorithm>

namespace keywheel::http {

namespace {

bool visible(char c) noexcept {
  return c > ' ' && c < '\x7f';
}

/// Cuts "http://" or "https://" off; false if neither is there.
bool remove_scheme(std::string_view& target) noexcept {
  for (std::string_view scheme : {"http://", "https://"})
    if (name_equals(target.substr(0, scheme.size()), scheme)) {
      target.remove_prefix(scheme.size());
      return true;
    }
  return false;
}

} // namespace

std::optional<request_target> reduce_target(std::string_view method, std::string_view target) {
  // A fragment never travels; bytes beyond ASCII have to be percent-encoded (RFC 3986 §2).
  if (!std::all_of(target.begin(), target.end(), [](char c) { return visible(c) && c != '#'; }))
    return std::nullopt;
  if (target.starts_with('/'))
    return request_target{std::string{target}, {}};
  const bool options = method == "OPTIONS";
  if (target == "*" && options)
    return request_target{"*", {}};
  if (!remove_scheme(target))
    return std::nullopt;
  const auto end = std::min(target.find_first_of("/?"), target.size());
  const auto authority = target.substr(0, end);
  const auto rest = target.substr(end);
  if (authority.empty() || !is_host(authority))
    return std::nullopt;
  if (rest.empty())
    return request_target{options ? "*" : "/", authority};
  std::string origin = rest.front() == '?' ? "/" : "";
  origin += rest;
  return request_target{std::move(origin), authority};
}

bool is_host(std::string_view value) noexcept {
  constexpr std::string_view delimiters = "/?#@\\,<>\"{}|^`";
  return std::all_of(value.begin(), value.end(), [&](char c) {
    return visible(c) && delimiters.find(c) == std::string_view::npos;
  });
}

} // namespace keywheel::http
