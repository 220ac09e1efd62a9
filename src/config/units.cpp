#include "config/units.hpp"

#include <algorithm>
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

} // namespace keywheel::config
