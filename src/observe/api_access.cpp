#include "observe/api_access.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <string>

namespace keywheel::observe {

namespace {

constexpr std::string_view blanks = " \t";

char lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool equals_ignoring_case(std::string_view a, std::string_view b) noexcept {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

std::string_view trimmed(std::string_view text) noexcept {
  const auto begin = text.find_first_not_of(blanks);
  if (begin == std::string_view::npos)
    return {};
  return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

std::size_t count(const http::fields& all, std::string_view name) noexcept {
  std::size_t result = 0;
  for (const auto& each : all)
    if (http::name_equals(each.name, name))
      ++result;
  return result;
}

/// Answers whether `host` is an IP address as it stands in a URI, IPv6 in brackets.
bool is_numeric(std::string_view host) {
  unsigned char address[16];
  if (host.size() > 2 && host.front() == '[' && host.back() == ']')
    return ::inet_pton(AF_INET6, std::string{host.substr(1, host.size() - 2)}.c_str(), address)
           == 1;
  return ::inet_pton(AF_INET, std::string{host}.c_str(), address) == 1;
}

bool is_host_of(const config::endpoint& listen, std::string_view host) {
  for (const std::string_view each : {"localhost", "127.0.0.1", "[::1]"})
    if (equals_ignoring_case(host, each))
      return true;
  if (listen.host == "0.0.0.0" || listen.host == "::")
    return is_numeric(host);
  const auto v6 = listen.host.find(':') != std::string::npos;
  return equals_ignoring_case(host, v6 ? "[" + listen.host + "]" : listen.host);
}

bool has_good_host(const api_gate& gate, const http::fields& headers) {
  const auto host = headers.find("host");
  return host && count(headers, "host") == 1 && names_us(gate.listen, *host);
}

bool has_good_origin(const api_gate& gate, const http::fields& headers) {
  constexpr std::string_view scheme = "http://";
  for (const auto& each : headers)
    if (http::name_equals(each.name, "origin")
        && !(each.value.starts_with(scheme)
             && names_us(gate.listen, each.value.substr(scheme.size()))))
      return false;
  return true;
}

bool has_token(const api_gate& gate, const http::fields& headers) {
  constexpr std::string_view scheme = "bearer ";
  const auto value = headers.find("authorization");
  if (gate.token.empty() || !value || count(headers, "authorization") != 1
      || value->size() <= scheme.size()
      || !equals_ignoring_case(value->substr(0, scheme.size()), scheme))
    return false;
  return gate.token.equals(trimmed(value->substr(scheme.size())));
}

bool has_good_type(const http::request_head& request, std::optional<std::size_t> declared_length) {
  if (request.method == "GET" || request.method == "HEAD")
    return true;
  const auto type = request.headers.find("content-type");
  if (!type)
    return declared_length.value_or(0) == 0 && !request.headers.contains("transfer-encoding");
  return count(request.headers, "content-type") == 1
         && equals_ignoring_case(trimmed(type->substr(0, type->find(';'))), "application/json");
}

api_error refusal(unsigned status, const char* code, const char* message) {
  return {status, code, message, 0, 0, {}, {}};
}

} // namespace

bool names_us(const config::endpoint& listen, std::string_view host) {
  const auto bracket = host.rfind(']');
  const auto colon = host.find(':', bracket == std::string_view::npos ? 0 : bracket);
  if (colon == std::string_view::npos)
    return is_host_of(listen, host);
  return host.substr(colon + 1) == std::to_string(listen.port)
         && is_host_of(listen, host.substr(0, colon));
}

std::optional<api_error> turn_away_stranger(const api_gate& gate,
                                            const http::request_head& request) {
  if (!has_good_host(gate, request.headers))
    return refusal(403, "bad_host", "the Host header does not name this server");
  if (!has_good_origin(gate, request.headers))
    return refusal(403, "bad_origin", "requests from other origins are not served");
  return std::nullopt;
}

std::optional<api_error> turn_away(const api_gate& gate, const http::request_head& request,
                                   std::optional<std::size_t> declared_length) {
  if (auto error = turn_away_stranger(gate, request))
    return error;
  if (!has_token(gate, request.headers))
    return refusal(401, "not_authorized", "a valid admin token is needed");
  if (!has_good_type(request, declared_length))
    return refusal(415, "unsupported_media_type", "the body must be application/json");
  return std::nullopt;
}

} // namespace keywheel::observe
