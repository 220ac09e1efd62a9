#include "dialect/times.hpp"

#include "dialect/delay.hpp"
#include "http/ascii.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <system_error>

namespace keywheel::dialect {

namespace {

namespace ch = std::chrono;

constexpr bool is_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}

/// `digits[.digits]` cut at its point.
struct decimal {
  std::string_view whole;
  std::string_view fraction;
};

std::optional<decimal> cut(std::string_view text) {
  const std::size_t point = std::min(text.find('.'), text.size());
  const decimal result{text.substr(0, point), text.substr(std::min(point + 1, text.size()))};
  if (result.whole.empty() || (point < text.size() && result.fraction.empty())
      || !std::all_of(result.whole.begin(), result.whole.end(), is_digit)
      || !std::all_of(result.fraction.begin(), result.fraction.end(), is_digit))
    return std::nullopt;
  return result;
}

struct unit {
  std::string_view name;
  std::int64_t milliseconds; ///< in one; 0 for the units below a millisecond
};

/// Longer names first where one begins like another.
constexpr std::array units{
    unit{"ms", 1},    unit{"us", 0},     unit{"\xC2\xB5s", 0}, unit{"\xCE\xBCs", 0},  unit{"ns", 0},
    unit{"s", 1'000}, unit{"m", 60'000}, unit{"h", 3'600'000}, unit{"d", 86'400'000},
};

/// `number` of `what`. Digits after the third of a fraction are below what matters but for rounding
/// up, so six of them are enough.
std::optional<std::int64_t> in_milliseconds(std::string_view number, const unit& what) {
  const auto parts = cut(number);
  if (!parts || parts->whole.size() > 12)
    return std::nullopt;
  const auto add = [](std::int64_t value, char digit) { return value * 10 + (digit - '0'); };
  std::int64_t whole = 0;
  for (const char digit : parts->whole)
    whole = add(whole, digit);
  if (what.milliseconds == 0)
    return 1;
  std::int64_t millionths = 0;
  for (std::size_t i = 0; i < 6; ++i)
    millionths = add(millionths, i < parts->fraction.size() ? parts->fraction[i] : '0');
  constexpr std::int64_t most = max_delay.count();
  if (whole > most / what.milliseconds)
    return most;
  return std::min(most, whole * what.milliseconds
                            + (millionths * what.milliseconds + 999'999) / 1'000'000);
}

/// Takes a number of exactly `count` digits off the front.
std::optional<int> take_digits(std::string_view& text, std::size_t count) {
  if (text.size() < count || !std::all_of(text.begin(), text.begin() + count, is_digit))
    return std::nullopt;
  int value = 0;
  for (; count > 0; --count, text.remove_prefix(1))
    value = value * 10 + (text.front() - '0');
  return value;
}

bool take(std::string_view& text, std::string_view any_of) {
  if (text.empty() || any_of.find(text.front()) == std::string_view::npos)
    return false;
  text.remove_prefix(1);
  return true;
}

/// "2026-09-01" as the days since 1970.
std::optional<ch::sys_days> take_date(std::string_view& text) {
  const auto year = take_digits(text, 4);
  const bool first = take(text, "-");
  const auto month = take_digits(text, 2);
  const bool second = take(text, "-");
  const auto day = take_digits(text, 2);
  if (!year || !first || !month || !second || !day || *year < 1970 || *year > 2200)
    return std::nullopt;
  const ch::year_month_day date{ch::year{*year}, ch::month{static_cast<unsigned>(*month)},
                                ch::day{static_cast<unsigned>(*day)}};
  if (!date.ok())
    return std::nullopt;
  return ch::sys_days{date};
}

/// "00:00", with seconds and their fraction if they are there.
std::optional<ch::milliseconds> take_time(std::string_view& text) {
  const auto hour = take_digits(text, 2);
  const bool colon = take(text, ":");
  const auto minute = take_digits(text, 2);
  if (!hour || !colon || !minute || *hour > 23 || *minute > 59)
    return std::nullopt;
  ch::milliseconds result = ch::hours{*hour} + ch::minutes{*minute};
  if (!take(text, ":"))
    return result;
  const auto second = take_digits(text, 2);
  if (!second || *second > 60)
    return std::nullopt;
  result += ch::seconds{*second};
  if (!take(text, "."))
    return result;
  const auto end = std::find_if_not(text.begin(), text.end(), is_digit);
  const auto size = static_cast<std::size_t>(end - text.begin());
  int scale = 100;
  for (std::size_t i = 0; i < size && scale > 0; ++i, scale /= 10)
    result += ch::milliseconds{(text[i] - '0') * scale};
  text.remove_prefix(size);
  if (size == 0)
    return std::nullopt;
  return result;
}

/// "Z" or "+08:00"; nothing said is UTC.
std::optional<ch::minutes> take_offset(std::string_view& text) {
  if (text.empty() || take(text, "Zz"))
    return ch::minutes{0};
  const bool west = text.front() == '-';
  if (!take(text, "+-"))
    return std::nullopt;
  const auto hours = take_digits(text, 2);
  const bool colon = take(text, ":");
  const auto minutes = take_digits(text, 2);
  if (!hours || !colon || !minutes || *hours > 23 || *minutes > 59)
    return std::nullopt;
  const ch::minutes result = ch::hours{*hours} + ch::minutes{*minutes};
  return west ? -result : result;
}

/// A reset as a bare number, told apart by size: nobody waits for months, and 1e9 seconds was 2001.
std::optional<ch::milliseconds> reset_number(std::string_view text, std::string_view whole,
                                             wall_time now) {
  std::int64_t value = 0;
  if (std::from_chars(whole.data(), whole.data() + whole.size(), value).ec != std::errc{})
    return std::nullopt;
  if (value < 10'000'000)
    return parse_decimal(text, 3);
  const bool seconds = value >= 1'000'000'000 && value < 100'000'000'000;
  const bool milliseconds = value >= 1'000'000'000'000 && value < 100'000'000'000'000;
  if (!seconds && !milliseconds)
    return std::nullopt;
  const ch::milliseconds then{seconds ? value * 1'000 : value};
  const auto left = then - ch::floor<ch::milliseconds>(now.time_since_epoch());
  return std::clamp<ch::milliseconds>(left, ch::milliseconds{0}, max_delay);
}

/// The nth Sunday of a month.
ch::sys_days sunday(ch::year year, unsigned month, unsigned nth) {
  return ch::sys_days{year / static_cast<int>(month) / ch::Sunday[nth]};
}

/// How far Los Angeles is ahead of UTC.
ch::hours pacific_offset(wall_time at) {
  const ch::year year = ch::year_month_day{ch::floor<ch::days>(at)}.year();
  const auto begin = sunday(year, 3, 2) + ch::hours{2 + 8};
  const auto end = sunday(year, 11, 1) + ch::hours{2 + 7};
  return begin <= at && at < end ? ch::hours{-7} : ch::hours{-8};
}

} // namespace

std::optional<ch::milliseconds> parse_decimal(std::string_view text, unsigned places) {
  const auto parts = cut(text);
  if (!parts)
    return std::nullopt;
  std::int64_t value = 0;
  const auto add = [&](char digit) {
    value = std::min<std::int64_t>(value * 10 + (digit - '0'), max_delay.count());
  };
  std::for_each(parts->whole.begin(), parts->whole.end(), add);
  for (std::size_t i = 0; i < places; ++i)
    add(i < parts->fraction.size() ? parts->fraction[i] : '0');
  const auto dropped =
      parts->fraction.substr(std::min<std::size_t>(places, parts->fraction.size()));
  if (dropped.find_first_not_of('0') != std::string_view::npos)
    value = std::min<std::int64_t>(value + 1, max_delay.count());
  return ch::milliseconds{value};
}

std::optional<ch::milliseconds> parse_duration(std::string_view text) {
  if (text.empty())
    return std::nullopt;
  std::int64_t total = 0;
  while (!text.empty()) {
    const std::size_t size = std::min(text.find_first_not_of("0123456789."), text.size());
    const std::string_view number = text.substr(0, size);
    text.remove_prefix(size);
    const auto found = std::find_if(units.begin(), units.end(), [&](const unit& each) {
      return text.substr(0, each.name.size()) == each.name;
    });
    if (found == units.end())
      return std::nullopt;
    text.remove_prefix(found->name.size());
    const auto part = in_milliseconds(number, *found);
    if (!part)
      return std::nullopt;
    total = std::min<std::int64_t>(total + *part, max_delay.count());
  }
  return ch::milliseconds{total};
}

std::string_view duration_prefix(std::string_view text) noexcept {
  std::string_view rest = text;
  while (!rest.empty() && is_digit(rest.front())) {
    std::string_view next =
        rest.substr(std::min(rest.find_first_not_of("0123456789."), rest.size()));
    const auto found = std::find_if(units.begin(), units.end(), [&](const unit& each) {
      return next.substr(0, each.name.size()) == each.name;
    });
    if (found == units.end())
      break;
    rest = next.substr(found->name.size());
  }
  return text.substr(0, text.size() - rest.size());
}

std::optional<wall_time> parse_rfc3339(std::string_view text) {
  const auto date = take_date(text);
  if (!date || !take(text, "Tt "))
    return std::nullopt;
  const auto time = take_time(text);
  if (!time)
    return std::nullopt;
  const auto offset = take_offset(text);
  if (!offset || !text.empty())
    return std::nullopt;
  return wall_time{*date + *time - *offset};
}

std::optional<ch::milliseconds> parse_reset(std::string_view text, wall_time now) {
  text = http::trim(text);
  if (const auto parts = cut(text))
    return reset_number(text, parts->whole, now);
  if (const auto date = parse_rfc3339(text))
    return until(*date, now);
  if (const auto length = parse_duration(text))
    return length;
  if (const auto date = parse_http_date(text, now))
    return until(*date, now);
  return std::nullopt;
}

wall_time next_midnight(wall_time now, ch::minutes offset) {
  return wall_time{ch::floor<ch::days>(now + offset) + ch::days{1} - offset};
}

wall_time next_pacific_midnight(wall_time now) {
  const auto local_day = ch::floor<ch::days>(now + pacific_offset(now)) + ch::days{1};
  // Midnight is never within two hours after a change, so the offset of the standard time's
  // midnight is that of the day's own.
  return wall_time{local_day - pacific_offset(wall_time{local_day + ch::hours{8}})};
}

wall_time next_month(wall_time now) {
  const ch::year_month_day today{ch::floor<ch::days>(now)};
  return wall_time{ch::sys_days{(today.year() / today.month() + ch::months{1}) / ch::day{1}}};
}

} // namespace keywheel::dialect
