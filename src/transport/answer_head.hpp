#pragma once

#include "http/message.hpp"

#include <cstddef>
#include <string_view>

namespace keywheel::transport {

/// Puts the header section of an answer together from the lines that curl hands over, across any
/// number of interim (1xx) answers before it. Stricter than curl, since what it lets through goes
/// into an answer of our own: names are tokens, values have no control characters in them.
class answer_head {
public:
  /// Bytes in all header sections of one transfer together.
  static constexpr std::size_t limit = 64 * 1024;

  enum class step {
    more,     ///< go on
    complete, ///< that was the end of the final header section
    bad       ///< not HTTP, or too large: see problem()
  };

  /// Takes one line with its line break. Lines after the final section (trailers) are ignored.
  step line(std::string_view text);

  bool is_complete() const noexcept { return complete_; }

  /// Returns why the last step was bad, in words.
  const char* problem() const noexcept { return problem_; }

  /// Hands the head over. @pre is_complete()
  http::response_head take() noexcept { return std::move(head_); }

  /// Ready for the next answer.
  void reset();

private:
  step status_line(std::string_view text);
  step field_line(std::string_view text);
  step folded_line(std::string_view text);
  step section_end();
  step refuse(const char* why) noexcept;

  http::response_head head_;
  std::size_t bytes_ = 0;
  bool complete_ = false;
  const char* problem_ = "";
};

} // namespace keywheel::transport
