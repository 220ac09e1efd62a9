#include "tools/simulator/duration.hpp"

#include "tools/simulator/simulator.hpp"
#include "tools/simulator/text.hpp"

#include <charconv>
#include <cmath>
#include <ctime>

namespace keywheel::simulator {

std::int64_t ceil_ms(std::chrono::nanoseconds span) {
  return std::chrono::ceil<std::chrono::milliseconds>(span).count();
}

void append_rfc3339(std::string& out, std::int64_t seconds) {
  std::time_t time{seconds};
  std::tm parts{};
  gmtime_r(&time, &parts);
  char text[32];
  out.append(text, std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts));
}

void append_go_duration(std::string& out, std::chrono::nanoseconds span) {
  auto ms = ceil_ms(span);
  if (ms <= 0) {
    out += "0s";
    return;
  }
  if (ms < 1000) {
    append_number(out, ms);
    out += "ms";
    return;
  }
  auto hours = ms / 3'600'000;
  auto minutes = ms / 60'000 % 60;
  if (hours > 0) {
    append_number(out, hours);
    out += 'h';
  }
  if (hours > 0 || minutes > 0) {
    append_number(out, minutes);
    out += 'm';
  }
  append_number(out, ms / 1000 % 60);
  if (auto rest = ms % 1000; rest > 0) {
    char digits[] = {'.', static_cast<char>('0' + rest / 100),
                     static_cast<char>('0' + rest / 10 % 10), static_cast<char>('0' + rest % 10)};
    std::size_t size = 4;
    while (digits[size - 1] == '0')
      --size;
    out.append(digits, size);
  }
  out += 's';
}

std::optional<std::chrono::nanoseconds> parse_duration(std::string_view text) {
  double number = 0;
  auto last = text.data() + text.size();
  auto [end, error] = std::from_chars(text.data(), last, number, std::chars_format::fixed);
  if (error != std::errc{} || !(number >= 0))
    return std::nullopt;
  std::string_view unit{end, static_cast<std::size_t>(last - end)};
  double scale = unit == "us"   ? 1e3
                 : unit == "ms" ? 1e6
                 : unit == "s"  ? 1e9
                 : unit == "m"  ? 60e9
                 : unit == "h"  ? 3600e9
                                : 0;
  // A year is more than anyone waits for and far from overflow.
  if (scale == 0 || number * scale > 365 * 24 * 3600e9)
    return std::nullopt;
  return std::chrono::nanoseconds{std::llround(number * scale)};
}

} // namespace keywheel::simulator
