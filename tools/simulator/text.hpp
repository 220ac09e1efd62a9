#pragma once

#include <charconv>
#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

namespace keywheel::simulator {

/// Appends `number` in decimal.
template <std::integral T>
void append_number(std::string& out, T number) {
  char digits[24];
  auto [end, error] = std::to_chars(digits, digits + sizeof digits, number);
  static_cast<void>(error); // 24 digits hold every 64 bit number
  out.append(digits, end);
}

/// Appends `text` with what JSON wants escaped escaped, without quotation marks. Bytes that are
/// no UTF-8 become U+FFFD, so the result is always valid JSON text.
void append_escaped(std::string& out, std::string_view text);

/// Appends `text` as a JSON string with its quotation marks.
void append_quoted(std::string& out, std::string_view text);

/// Appends `json`, a text without white space between its tokens, in lines with two spaces per
/// level as Google prints it.
void append_pretty(std::string& out, std::string_view json);

/// The first `count` code points of `text`.
std::string_view first_code_points(std::string_view text, std::size_t count);

/// Appends `bytes` in Base64 with padding (RFC 4648 section 4).
void append_base64(std::string& out, std::string_view bytes);

/// Whether the two are equal when ASCII letters are taken as lower case. `lower` is lower case.
bool equal_nocase(std::string_view text, std::string_view lower);

/// A small, fast, seeded source of numbers (splitmix64). Not for secrets.
class random_source {
public:
  explicit random_source(std::uint64_t seed) : state_(seed) {
    // nop
  }

  std::uint64_t next();

  /// A number in [0, 1).
  double fraction();

  /// Appends `count` letters and digits, for ids.
  void append_id(std::string& out, std::size_t count);

private:
  std::uint64_t state_;
};

} // namespace keywheel::simulator
