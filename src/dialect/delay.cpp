#include "dialect/delay.hpp"

#include <algorithm>
#include <cstdint>

namespace keywheel::dialect {

namespace {

namespace ch = std::chrono;

constexpr bool is_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}

std::string_view trimmed(std::string_view text) {
  const auto space = [](char c) { return c == ' ' || c == '\t'; };
  while (!text.empty() && space(text.front()))
    text.remove_prefix(1);
  while (!text.empty() && space(text.back()))
    text.remove_suffix(1);
  return text;
}

/// Reads `digits[.digits]` as milliseconds, where the last `places` digits of the milliseconds
/// stand after the point: 0 for milliseconds, 3 for seconds. What is beyond max_delay becomes
/// max_delay.
std::optional<ch::milliseconds> decimal(std::string_view text, std::size_t places) {
  const std::size_t point = std::min(text.find('.'), text.size());
  const std::string_view whole = text.substr(0, point);
  const std::string_view fraction = text.substr(std::min(point + 1, text.size()));
  if (whole.empty() || (point < text.size() && fraction.empty())
      || !std::all_of(whole.begin(), whole.end(), is_digit)
      || !std::all_of(fraction.begin(), fraction.end(), is_digit))
    return std::nullopt;
  std::int64_t value = 0;
  const auto add = [&](char digit) {
    value = std::min<std::int64_t>(value * 10 + (digit - '0'), max_delay.count());
  };
  std::for_each(whole.begin(), whole.end(), add);
  for (std::size_t i = 0; i < places; ++i)
    add(i < fraction.size() ? fraction[i] : '0');
  const std::string_view dropped = fraction.substr(std::min(places, fraction.size()));
  if (dropped.find_first_not_of('0') != std::string_view::npos)
    value = std::min<std::int64_t>(value + 1, max_delay.count());
  return ch::milliseconds{value};
}

std::optional<ch::milliseconds> until_date(std::string_view text, wall_time now) {
  const auto date = parse_http_date(text, now);
  if (!date)
    return std::nullopt;
  const auto left = ch::ceil<ch::milliseconds>(*date) - ch::floor<ch::milliseconds>(now);
  return std::clamp<ch::milliseconds>(left, ch::milliseconds{0}, max_delay);
}

} // namespace

std::optional<delay> delay_from(const http::fields& headers, wall_time now) {
  for (const std::string_view name : {"retry-after-ms", "x-ms-retry-after-ms"})
    if (const auto value = headers.find(name))
      if (const auto rest = decimal(trimmed(*value), 0))
        return delay{*rest, name};
  const std::string_view name = "retry-after";
  const auto value = headers.find(name);
  if (!value)
    return std::nullopt;
  const std::string_view text = trimmed(*value);
  auto rest = decimal(text, 3);
  if (!rest)
    rest = until_date(text, now);
  if (!rest)
    return std::nullopt;
  return delay{*rest, name};
}

} // namespace keywheel::dialect
