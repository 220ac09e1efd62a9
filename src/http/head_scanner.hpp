#pragma once

#include <cstddef>
#include <string_view>

namespace keywheel::http {

/// Finds the end of a header section while it arrives, looking at each byte once, so that the
/// parser proper sees whole sections only and its outcome does not depend on how the bytes were
/// cut. Refuses what parsers are known to disagree about: lines that end in a bare LF
/// (RFC 9112 §2.2) and folded lines (§5.2).
class head_scanner {
public:
  enum class result {
    more,              ///< the end is not there yet
    complete,          ///< size() bytes are the section, its empty line included
    bare_lf,           ///< a line does not end in CRLF
    folded,            ///< a line begins with white space
    not_http,          ///< the first byte cannot begin a method
    line_too_long,     ///< the request line alone is beyond the limit
    section_too_large, ///< the section is beyond the limit
  };

  /// `max_size`: bytes that a section may have.
  explicit head_scanner(std::size_t max_size) : max_size_(max_size) {}

  /// Goes on in `all`, which begins with the request line and has grown since the last call.
  result scan(std::string_view all);

  std::size_t size() const noexcept { return scanned_; }

  /// Lines so far, the request line included and the empty line not.
  std::size_t lines() const noexcept { return lines_; }

  void reset() noexcept { scanned_ = line_start_ = lines_ = 0; }

private:
  result beyond() const noexcept;

  std::size_t max_size_;
  std::size_t scanned_ = 0;
  std::size_t line_start_ = 0;
  std::size_t lines_ = 0;
};

} // namespace keywheel::http
