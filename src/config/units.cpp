#include "config/units.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <charconv>
#include <cstdint>
#include <utility>

namespace keywheel::config {

namespace {

using unit = std::pair<std::string_view, std::int64_t>;

constexpr std::array<unit, 5> time_units{
    {{"d", 86'400'000}, {"h", 3'600'000}, {"m", 60'000}, {"s", 1000}, {"ms", 1}}};

constexpr std::array<unit, 7> size_units{{{"B", 1},
                                          {"KB", 1000},
                                          {"MB", 1'000'000},
                                          {"GB", 1'000'000'000},
                                          {"KiB", 1024},
                                          {"MiB", 1024 * 1024},
                                          {"GiB", 1024 * 1024 * 1024}}};

constexpr std::int64_t largest_size = std::int64_t{1} << 50;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/// Takes all leading characters that `fits` off `text`.
template <class Predicate>
std::string_view take_while(std::string_view& text, Predicate fits) {
  const auto end = std::find_if_not(text.begin(), text.end(), fits);
  const auto result = text.substr(0, static_cast<std::size_t>(end - text.begin()));
  text.remove_prefix(result.size());
  return result;
}

/// Takes a number with a unit off `text` and returns their product, -1 if there is none or it is
/// beyond `most`. `first` is the index of the first unit allowed and becomes that of the next.
template <std::size_t N>
std::int64_t take_quantity(std::string_view& text, const std::array<unit, N>& units,
                           std::size_t& first, std::int64_t most) {
  const auto digits = take_while(text, is_digit);
  const auto word = take_while(text, is_letter);
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (digits.empty() || error != std::errc{})
    return -1;
  for (; first < N; ++first) {
    const auto [name, factor] = units[first];
    if (name == word) {
      ++first;
      return number <= most / factor ? number * factor : -1;
    }
  }
  return -1;
}

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

/// Answers whether `authority` is a host name or address, with or without a port.
bool is_host_and_port(std::string_view authority) {
  std::string_view host;
  if (authority.starts_with('[')) {
    const auto closing = authority.find(']');
    if (closing == std::string_view::npos
        || !is_address(AF_INET6, std::string{authority.substr(1, closing - 1)}))
      return false;
    host = authority.substr(0, closing + 1);
  } else {
    auto rest = authority;
    host = take_while(rest, [](char c) {
      return is_digit(c) || is_letter(c) || c == '.' || c == '-' || c == '_';
    });
  }
  const auto port = authority.substr(host.size());
  return !host.empty()
         && (port.empty() || (port[0] == ':' && parse_port(port.substr(1)).value_or(0) != 0));
}

bool starts_with_scheme(std::string_view text, std::string_view scheme) {
  return text.size() >= scheme.size()
         && std::equal(scheme.begin(), scheme.end(), text.begin(), [](char a, char b) {
              return a == (b >= 'A' && b <= 'Z' ? static_cast<char>(b + ('a' - 'A')) : b);
            });
}

} // namespace

std::optional<milliseconds> parse_duration(std::string_view text) noexcept {
  if (text.empty())
    return std::nullopt;
  std::int64_t sum = 0;
  std::size_t next_unit = 0;
  while (!text.empty()) {
    const auto part = take_quantity(text, time_units, next_unit, longest_duration.count());
    if (part < 0 || sum + part > longest_duration.count())
      return std::nullopt;
    sum += part;
  }
  return milliseconds{sum};
}

std::string duration_text(milliseconds time) {
  std::string result;
  auto rest = time.count();
  for (const auto& [name, factor] : time_units) {
    if (rest >= factor) {
      result += std::to_string(rest / factor);
      result += name;
      rest %= factor;
    }
  }
  return result.empty() ? "0s" : result;
}

std::optional<std::size_t> parse_size(std::string_view text) noexcept {
  std::size_t first = 0;
  const auto result = take_quantity(text, size_units, first, largest_size - 1);
  if (result < 0 || !text.empty())
    return std::nullopt;
  return static_cast<std::size_t>(result);
}

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
  std::size_t scheme = 0;
  for (const std::string_view known : {"http://", "https://"})
    if (starts_with_scheme(text, known))
      scheme = known.size();
  if (scheme == 0) {
    why = "must begin with http:// or https://";
    return std::nullopt;
  }
  if (std::any_of(text.begin(), text.end(), [](char c) { return c <= ' ' || c >= '\x7f'; })) {
    why = "must not contain blanks, control or non-ASCII characters";
    return std::nullopt;
  }
  if (text.find_first_of("?#") != std::string_view::npos) {
    why = "must not contain a query or fragment (? or #)";
    return std::nullopt;
  }
  const auto authority = text.substr(scheme, text.find('/', scheme) - scheme);
  if (authority.find('@') != std::string_view::npos) {
    why = "must not contain a user or password; give the credential as api_key";
    return std::nullopt;
  }
  if (!is_host_and_port(authority)) {
    why = "must name a host, and a port from 1 to 65535 if any";
    return std::nullopt;
  }
  return std::string{text.substr(0, text.find_last_not_of('/') + 1)};
}

} // namespace keywheel::config
