#include "config/addresses.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <charconv>
#include <initializer_list>

namespace keywheel::config {

namespace {

constexpr std::string_view bad_host = "must name a host, and a port from 1 to 65535 if any";
constexpr std::string_view odd_characters =
    "must not contain blanks, control or non-ASCII characters";

bool is_address(int family, const std::string& host) {
  std::array<unsigned char, sizeof(in6_addr)> bytes{};
  return inet_pton(family, host.c_str(), bytes.data()) == 1;
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
  std::uint16_t result = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), result);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size())
    return std::nullopt;
  return result;
}

bool is_host_character(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.'
         || c == '-' || c == '_';
}

/// Answers whether `text` is a host name or address, with or without a port.
bool is_host_and_port(std::string_view text) {
  std::string_view host;
  if (text.starts_with('[')) {
    const auto closing = text.find(']');
    if (closing == std::string_view::npos
        || !is_address(AF_INET6, std::string{text.substr(1, closing - 1)}))
      return false;
    host = text.substr(0, closing + 1);
  } else {
    const auto end = std::find_if_not(text.begin(), text.end(), is_host_character);
    host = text.substr(0, static_cast<std::size_t>(end - text.begin()));
  }
  const auto port = text.substr(host.size());
  return !host.empty()
         && (port.empty() || (port[0] == ':' && parse_port(port.substr(1)).value_or(0) != 0));
}

bool starts_with_scheme(std::string_view text, std::string_view scheme) {
  return text.size() >= scheme.size()
         && std::equal(scheme.begin(), scheme.end(), text.begin(), [](char a, char b) {
              return a == (b >= 'A' && b <= 'Z' ? static_cast<char>(b + ('a' - 'A')) : b);
            });
}

/// The length of the one of `known` that a URL begins with; 0 if it is none of them.
std::size_t scheme_length(std::string_view url, std::initializer_list<std::string_view> known) {
  for (const auto scheme : known)
    if (starts_with_scheme(url, scheme))
      return scheme.size();
  return 0;
}

bool has_odd_characters(std::string_view url) {
  return std::any_of(url.begin(), url.end(), [](char c) { return c <= ' ' || c >= '\x7f'; });
}

} // namespace

std::optional<endpoint> parse_endpoint(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos)
    return std::nullopt;
  const auto port = parse_port(text.substr(colon + 1));
  const auto host = text.substr(0, colon);
  if (!port)
    return std::nullopt;
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    endpoint result{std::string{host.substr(1, host.size() - 2)}, *port};
    return is_address(AF_INET6, result.host) ? std::optional{result} : std::nullopt;
  }
  endpoint result{std::string{host}, *port};
  if (result.host != "localhost" && !is_address(AF_INET, result.host))
    return std::nullopt;
  return result;
}

std::optional<std::string> parse_base_url(std::string_view text, std::string& why) {
  const auto scheme = scheme_length(text, {"http://", "https://"});
  const auto authority = text.substr(scheme, text.find('/', scheme) - scheme);
  if (scheme == 0)
    why = "must begin with http:// or https://";
  else if (has_odd_characters(text))
    why = odd_characters;
  else if (text.find_first_of("?#") != std::string_view::npos)
    why = "must not contain a query or fragment (? or #)";
  else if (authority.find('@') != std::string_view::npos)
    why = "must not contain a user or password; give the credential as api_key";
  else if (!is_host_and_port(authority))
    why = bad_host;
  else
    return std::string{text.substr(0, text.find_last_not_of('/') + 1)};
  return std::nullopt;
}

std::string flaw_of_proxy(std::string_view text) {
  const auto scheme = scheme_length(text, {"http://", "https://", "socks5://", "socks5h://"});
  if (scheme == 0)
    return "must begin with http://, https://, socks5:// or socks5h://";
  if (has_odd_characters(text))
    return std::string{odd_characters};
  auto authority = text.substr(scheme);
  if (authority.ends_with('/'))
    authority.remove_suffix(1);
  if (authority.find_first_of("/?#") != std::string_view::npos)
    return "must end behind the host and port; write /, ? and # in a password as %2F, %3F and %23";
  const auto at = authority.rfind('@');
  const auto user = authority.substr(0, at == std::string_view::npos ? 0 : at);
  if (user.find('@') != std::string_view::npos)
    return "must not contain a bare @ in a password; write it as %40";
  if (at == 0 || user.starts_with(':'))
    return "must name a user before the @";
  if (!is_host_and_port(authority.substr(at == std::string_view::npos ? 0 : at + 1)))
    return std::string{bad_host};
  return {};
}

std::string masked_proxy(const secret& url) {
  auto result = url.reveal();
  const auto at = result.rfind('@');
  const auto user = result.find("://") + 3;
  if (at != std::string::npos && at > user)
    result.replace(user, at - user, "…");
  return result;
}

} // namespace keywheel::config
