#include "dialect/body_hint.hpp"

#include "dialect/delay.hpp"
#include "dialect/pattern.hpp"
#include "dialect/times.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <string_view>

namespace keywheel::dialect {

namespace {

namespace ch = std::chrono;

using hint = std::optional<ch::milliseconds>;

/// "1.822s. Visit …", "6m0s", "2h31m16.752s"
hint go_duration(std::string_view after, wall_time) {
  return parse_duration(duration_prefix(after));
}

/// "7 seconds", "1 minute", "500 milliseconds"
hint counted(std::string_view after, wall_time) {
  const std::size_t digits = std::min(after.find_first_not_of("0123456789"), after.size());
  const std::string_view number = after.substr(0, digits);
  const std::string_view unit = after.substr(digits);
  if (matches(" millisecond*", unit))
    return parse_decimal(number, 0);
  const hint seconds = parse_decimal(number, 3);
  if (!seconds || matches(" second*", unit))
    return seconds;
  if (matches(" minute*", unit))
    return std::min(*seconds * 60, max_delay);
  return std::nullopt;
}

/// "2026-09-01 at 00:00 UTC"; without a time it is the day's beginning.
hint utc_date(std::string_view after, wall_time now) {
  constexpr std::size_t day_size = std::string_view{"2026-09-01"}.size();
  constexpr std::string_view form = " at 00:00 UTC";
  std::string date{after.substr(0, day_size)};
  const std::string_view rest = after.substr(std::min(day_size, after.size()), form.size());
  std::string_view time = "00:00";
  if (rest.size() == form.size() && matches(" at *:* UTC", rest))
    time = rest.substr(std::string_view{" at "}.size(), time.size());
  const auto then = parse_rfc3339(date.append("T").append(time));
  return then ? hint{until(*then, now)} : std::nullopt;
}

/// "2026-08-27 21:31:39", where it is eight hours later than in UTC.
hint shanghai_date(std::string_view after, wall_time now) {
  const auto then = parse_rfc3339(std::string{after.substr(0, 19)} + "+08:00");
  return then ? hint{until(*then, now)} : std::nullopt;
}

struct sentence {
  std::string_view words; ///< what stands before the time
  hint (*read)(std::string_view after, wall_time now);
};

constexpr std::array sentences{
    sentence{"try again in ", go_duration},  sentence{"retry in ", go_duration},
    sentence{"retry after ", counted},       sentence{"try again after ", counted},
    sentence{"regain access on ", utc_date},
};

/// Where the table names no zone but the provider has one.
constexpr sentence zhipu_sentence{"reset at ", shanghai_date};

hint said(const sentence& what, std::string_view message, wall_time now) {
  const std::size_t at = find_words(message, what.words);
  return at == std::string_view::npos ? std::nullopt
                                      : what.read(message.substr(at + what.words.size()), now);
}

} // namespace

hint body_hint(signal_table of, const error_body& body, wall_time now) {
  if (const hint rest = parse_duration(body.retry_delay))
    return rest;
  if (const hint rest = parse_decimal(body.retry_after, 3))
    return rest;
  if (const hint rest = parse_reset(body.resets_at, now))
    return rest;
  if (of == signal_table::zhipu)
    return said(zhipu_sentence, body.message, now);
  for (const sentence& each : sentences)
    if (const hint rest = said(each, body.message, now))
      return rest;
  return std::nullopt;
}

} // namespace keywheel::dialect
