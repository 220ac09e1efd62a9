#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace keywheel::dialect {

/// A header field's value with parameters: `form-data; name="model"`.
struct parameterized {
  struct parameter {
    std::string_view name; ///< as written; case does not count
    std::string value;     ///< without quotes and escapes
  };

  std::string_view value; ///< what stands before the first semicolon
  std::vector<parameter> parameters;

  /// The parameter of that name; null if there is none.
  const parameter* find(std::string_view name) const noexcept;
};

/// Reads a field's value by RFC 9110 §5.6.6, with what senders of forms do beyond it: a value
/// without quotes may have any characters but quotes and semicolons, and a backslash in quotes
/// escapes only a quote or a backslash (browsers write `filename="C:\x"`). Returns nothing where
/// the text is something else, or names a parameter twice: which one counts would be the reader's
/// choice. The result refers to `text`.
std::optional<parameterized> read_parameters(std::string_view text);

} // namespace keywheel::dialect
