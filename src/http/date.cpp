#include "http/date.hpp"

#include <array>

namespace keywheel::http {

namespace {

constexpr std::size_t date_size = 29;
using date_text = std::array<char, date_size>;

void put_digits(char* to, unsigned value, int count) {
  for (int i = count; i-- > 0; value /= 10)
    to[i] = static_cast<char>('0' + value % 10);
}

date_text render(std::chrono::sys_seconds when) {
  constexpr std::string_view week_days = "SunMonTueWedThuFriSat";
  constexpr std::string_view months = "JanFebMarAprMayJunJulAugSepOctNovDec";
  const auto day = std::chrono::floor<std::chrono::days>(when);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss clock_time{when - day};
  date_text result;
  constexpr std::string_view frame = "---, -- --- ---- --:--:-- GMT";
  frame.copy(result.data(), date_size);
  week_days.copy(result.data(), 3, std::size_t{3} * std::chrono::weekday{day}.c_encoding());
  put_digits(result.data() + 5, static_cast<unsigned>(date.day()), 2);
  months.copy(result.data() + 8, 3, std::size_t{3} * (static_cast<unsigned>(date.month()) - 1));
  put_digits(result.data() + 12, static_cast<unsigned>(static_cast<int>(date.year())), 4);
  put_digits(result.data() + 17, static_cast<unsigned>(clock_time.hours().count()), 2);
  put_digits(result.data() + 20, static_cast<unsigned>(clock_time.minutes().count()), 2);
  put_digits(result.data() + 23, static_cast<unsigned>(clock_time.seconds().count()), 2);
  return result;
}

} // namespace

std::string_view http_date(wall_time when) {
  thread_local std::chrono::sys_seconds made_for{std::chrono::seconds::min()};
  thread_local date_text text;
  const auto second = std::chrono::floor<std::chrono::seconds>(when);
  if (second != made_for) {
    text = render(second);
    made_for = second;
  }
  return {text.data(), text.size()};
}

} // namespace keywheel::http
