#include "config/words.hpp"

#include <algorithm>
#include <cstdint>

namespace keywheel::config {

namespace {

constexpr std::size_t longest_compared = 64;

/// Edit distance with swaps of neighbours (optimal string alignment).
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::vector<std::size_t>> d(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i) {
    for (std::size_t j = 0; j <= b.size(); ++j) {
      if (i == 0 || j == 0) {
        d[i][j] = i + j;
        continue;
      }
      const std::size_t other = a[i - 1] == b[j - 1] ? 0 : 1;
      d[i][j] = std::min({d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + other});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        d[i][j] = std::min(d[i][j], d[i - 2][j - 2] + 1);
    }
  }
  return d[a.size()][b.size()];
}

bool is_bare(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'
         || c == '-';
}

} // namespace

std::string_view closest(std::string_view word, const std::vector<std::string>& known) {
  if (word.size() > longest_compared)
    return {};
  std::string_view result;
  auto least = std::min<std::size_t>(3, word.size() / 2 + 1);
  for (const auto& candidate : known) {
    const auto far = candidate.size() > longest_compared ? least : distance(word, candidate);
    if (far < least) {
      least = far;
      result = candidate;
    }
  }
  return result;
}

std::string did_you_mean(std::string_view word, const std::vector<std::string>& known) {
  const auto guess = closest(word, known);
  return guess.empty() ? "" : " (did you mean " + quoted_name(guess) + "?)";
}

std::string unknown_word(std::string_view word, const std::vector<std::string>& known) {
  auto result = quoted_name(word) + " is unknown" + did_you_mean(word, known) + "; there are ";
  for (std::size_t i = 0; i < known.size(); ++i)
    result += (i == 0 ? "" : i + 1 == known.size() ? " and " : ", ") + known[i];
  return result;
}

std::string quoted_name(std::string_view name, std::size_t most) {
  const auto odd = [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; };
  if (name.size() > most || std::any_of(name.begin(), name.end(), odd))
    return "(name not shown: too long or with control characters)";
  return '"' + std::string{name} + '"';
}

std::string toml_key(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_bare) ? std::string{text}
                                                                         : toml_string(text);
}

std::string toml_string(std::string_view text) {
  constexpr char digits[] = "0123456789ABCDEF";
  std::string result = "\"";
  for (const char c : text) {
    switch (c) {
    case '"':
      result += "\\\"";
      break;
    case '\\':
      result += "\\\\";
      break;
    case '\b':
      result += "\\b";
      break;
    case '\t':
      result += "\\t";
      break;
    case '\n':
      result += "\\n";
      break;
    case '\f':
      result += "\\f";
      break;
    case '\r':
      result += "\\r";
      break;
    default:
      if (const auto byte = static_cast<unsigned char>(c); byte < 0x20 || byte == 0x7f) {
        result += "\\u00";
        result += digits[byte >> 4];
        result += digits[byte & 15];
      } else {
        result += c;
      }
    }
  }
  return result + '"';
}

} // namespace keywheel::config
