#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace keywheel::dialect {

/// Finds the structure of a JSON text while its bytes arrive in any pieces, without checking its
/// grammar: brackets, strings, and what separates the members of the outermost value. Holds no
/// text.
class json_skim {
public:
  enum class mark : std::uint8_t {
    none,         ///< the piece is over
    open,         ///< `{` or `[`; depth() counts it
    close,        ///< `}` or `]`; depth() no longer counts it
    string_begin, ///< the quote before a string
    string_end,   ///< the quote behind a string
    colon,        ///< at depths 0 and 1 only
    comma         ///< at depths 0 and 1 only
  };

  /// Goes on in `piece` from `i`; returns where the byte behind the next mark stands.
  std::size_t next(std::string_view piece, std::size_t i);

  mark found() const noexcept { return found_; }
  std::size_t depth() const noexcept { return depth_; }

private:
  std::size_t at_mark(char c, std::size_t behind);
  std::size_t in_string(std::string_view piece, std::size_t i);

  std::size_t depth_ = 0;
  mark found_ = mark::none;
  bool in_string_ = false;
  bool escaped_ = false; ///< the byte before was a backslash that counts
};

} // namespace keywheel::dialect
