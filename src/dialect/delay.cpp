#include "dialect/delay.hpp"

#include "dialect/times.hpp"
#include "http/ascii.hpp"

#include <algorithm>

namespace keywheel::dialect {

namespace ch = std::chrono;

ch::milliseconds until(wall_time then, wall_time now) noexcept {
  const auto left = ch::ceil<ch::milliseconds>(then) - ch::floor<ch::milliseconds>(now);
  return std::clamp<ch::milliseconds>(left, ch::milliseconds{0}, max_delay);
}

std::optional<delay> delay_from(const http::fields& headers, wall_time now) {
  for (const std::string_view name : {"retry-after-ms", "x-ms-retry-after-ms"})
    if (const auto value = headers.find(name))
      if (const auto rest = parse_decimal(http::trim(*value), 0))
        return delay{*rest, name};
  const std::string_view name = "retry-after";
  const auto value = headers.find(name);
  if (!value)
    return std::nullopt;
  const std::string_view text = http::trim(*value);
  if (const auto rest = parse_decimal(text, 3))
    return delay{*rest, name};
  if (const auto date = parse_http_date(text, now))
    return delay{until(*date, now), name};
  return std::nullopt;
}

} // namespace keywheel::dialect
