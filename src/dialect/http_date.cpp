#include "dialect/delay.hpp"

#include <algorithm>
#include <array>

namespace keywheel::dialect {

namespace {

namespace ch = std::chrono;

constexpr std::array<std::string_view, 7> long_days{"Monday", "Tuesday",  "Wednesday", "Thursday",
                                                    "Friday", "Saturday", "Sunday"};
constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                  "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

/// Date and time of day in UTC as they are written.
struct reading {
  int year = 0;
  unsigned month = 0;
  unsigned day = 0;
  int hour = 0;
  int minute = 0;
  int second = 0;
};

/// Takes a date apart from its front. After a mismatch nothing matches any more.
class cursor {
public:
  explicit cursor(std::string_view text) : rest_{text} {}

  bool text(std::string_view expected) {
    if (!good_ || rest_.substr(0, expected.size()) != expected)
      return good_ = false;
    rest_.remove_prefix(expected.size());
    return true;
  }

  /// A number of exactly that many digits.
  int digits(std::size_t count) {
    int value = 0;
    for (; count > 0; --count) {
      if (!good_ || rest_.empty() || rest_.front() < '0' || rest_.front() > '9') {
        good_ = false;
        return 0;
      }
      value = value * 10 + (rest_.front() - '0');
      rest_.remove_prefix(1);
    }
    return value;
  }

  /// The name of a day, cut to `size` characters if that is not 0.
  void day_name(std::size_t size) {
    for (const std::string_view name : long_days) {
      const std::string_view wanted = size == 0 ? name : name.substr(0, size);
      if (rest_.substr(0, wanted.size()) == wanted) {
        rest_.remove_prefix(wanted.size());
        return;
      }
    }
    good_ = false;
  }

  unsigned month() {
    for (unsigned i = 0; i < months.size(); ++i)
      if (rest_.substr(0, months[i].size()) == months[i]) {
        rest_.remove_prefix(months[i].size());
        return i + 1;
      }
    good_ = false;
    return 0;
  }

  void time_of_day(reading& to) {
    to.hour = digits(2);
    text(":");
    to.minute = digits(2);
    text(":");
    to.second = digits(2);
  }

  bool starts_with(char c) const { return !rest_.empty() && rest_.front() == c; }
  bool at_good_end() const { return good_ && rest_.empty(); }

private:
  std::string_view rest_;
  bool good_ = true;
};

/// "Sun, 06 Nov 1994 08:49:37 GMT"
bool read_imf(std::string_view text, reading& to) {
  cursor at{text};
  at.day_name(3);
  at.text(", ");
  to.day = static_cast<unsigned>(at.digits(2));
  at.text(" ");
  to.month = at.month();
  at.text(" ");
  to.year = at.digits(4);
  at.text(" ");
  at.time_of_day(to);
  at.text(" GMT");
  return at.at_good_end();
}

/// "Sunday, 06-Nov-94 08:49:37 GMT"; the year is left as two digits.
bool read_rfc850(std::string_view text, reading& to) {
  cursor at{text};
  at.day_name(0);
  at.text(", ");
  to.day = static_cast<unsigned>(at.digits(2));
  at.text("-");
  to.month = at.month();
  at.text("-");
  to.year = at.digits(2);
  at.text(" ");
  at.time_of_day(to);
  at.text(" GMT");
  return at.at_good_end();
}

/// "Sun Nov  6 08:49:37 1994"
bool read_asctime(std::string_view text, reading& to) {
  cursor at{text};
  at.day_name(3);
  at.text(" ");
  to.month = at.month();
  at.text(" ");
  if (at.starts_with(' ')) {
    at.text(" ");
    to.day = static_cast<unsigned>(at.digits(1));
  } else {
    to.day = static_cast<unsigned>(at.digits(2));
  }
  at.text(" ");
  at.time_of_day(to);
  at.text(" ");
  to.year = at.digits(4);
  return at.at_good_end();
}

std::optional<ch::sys_seconds> time_of(const reading& what) {
  const ch::year_month_day date{ch::year{what.year}, ch::month{what.month}, ch::day{what.day}};
  if (!date.ok() || what.hour > 23 || what.minute > 59 || what.second > 60)
    return std::nullopt;
  return ch::sys_days{date} + ch::hours{what.hour} + ch::minutes{what.minute}
         + ch::seconds{what.second};
}

/// RFC 9110 §5.6.7: of the years that end so, the last one that puts the time at most 50 years
/// after `now`.
std::optional<ch::sys_seconds> time_of_short_year(reading what, wall_time now) {
  const auto seconds = ch::floor<ch::seconds>(now);
  const auto today = ch::floor<ch::days>(seconds);
  const ch::year_month_day date{today};
  // A 29 February plus 50 years is a date that is not; day arithmetic takes it as 1 March.
  const auto in_50_years =
      ch::sys_days{(date.year() + ch::years{50}) / date.month() / date.day()} + (seconds - today);
  const int century = static_cast<int>(date.year()) / 100 * 100;
  for (const int base : {century + 100, century, century - 100}) {
    reading full = what;
    full.year += base;
    const auto time = time_of(full);
    if (time && *time <= in_50_years)
      return time;
  }
  return std::nullopt;
}

wall_time clamped(ch::sys_seconds time) {
  constexpr auto first = ch::ceil<ch::seconds>(wall_time::min());
  constexpr auto last = ch::floor<ch::seconds>(wall_time::max());
  return std::clamp<ch::sys_seconds>(time, first, last);
}

} // namespace

std::optional<wall_time> parse_http_date(std::string_view text, wall_time now) {
  reading what;
  std::optional<ch::sys_seconds> time;
  if (read_imf(text, what) || read_asctime(text, what))
    time = time_of(what);
  else if (read_rfc850(text, what))
    time = time_of_short_year(what, now);
  if (!time)
    return std::nullopt;
  return clamped(*time);
}

} // namespace keywheel::dialect
