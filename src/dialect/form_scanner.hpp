#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace keywheel::dialect {

/// The boundary that a form's Content-Type names, quoted or not; nothing if it is missing or is
/// none by RFC 2046 §5.1.1 (1 to 70 characters of a small set, the last one no space).
std::optional<std::string> boundary_of(std::string_view content_type);

/// Reads a multipart/form-data body (RFC 7578, RFC 2046 §5.1) while it arrives piece by piece, and
/// finds the value of its field `model`. Of the body it holds one line of a part's header, or that
/// value, and nothing else, however large its files are.
///
/// It is strict where readers differ (line ends that are no CRLF, folded or missing headers, a
/// delimiter with something behind it, two names in one header), so that what it finds is what the
/// provider finds.
class form_scanner {
public:
  static constexpr std::size_t max_name = 512;             ///< bytes of a model's name
  static constexpr std::size_t max_header_line = 8 * 1024; ///< bytes of a line in a part's header

  enum class outcome : std::uint8_t {
    incomplete, ///< more is needed
    found,      ///< the form is whole and has one field `model`
    no_model,   ///< whole, but without it
    not_text,   ///< `model` is a file, no UTF-8, empty, or beyond max_name
    twice,      ///< two fields `model`: which one counts would be the reader's choice
    malformed   ///< not a form with this boundary
  };

  /// @pre boundary_of() gave `boundary`
  explicit form_scanner(std::string_view boundary);

  /// Takes the next piece of the body. After an error further pieces change nothing.
  void feed(std::string_view piece);

  /// Says that the body is whole. One that lacks its closing delimiter is malformed, at its end.
  outcome finish();

  /// The value of the field. @pre finish() gave found
  const std::string& model() const noexcept { return model_; }

  /// Where in the body the value stands. @pre finish() gave found
  std::size_t begin() const noexcept { return begin_; }
  std::size_t end() const noexcept { return begin_ + model_.size(); }

  /// For an error message: offset of the byte that showed the error. @pre finish() gave malformed
  std::size_t error_offset() const noexcept { return offset_; }

private:
  enum class state : std::uint8_t {
    preamble,       ///< before the first delimiter
    after_boundary, ///< behind `--boundary`
    dash,           ///< behind `--boundary-`
    padding,        ///< white space, or CRLF, behind a delimiter
    line_feed,      ///< between the CR and the LF that end a delimiter
    header,         ///< in a line of a part's header
    header_end,     ///< between the CR and the LF that end it
    content,        ///< of a part
    epilogue,       ///< behind the closing delimiter
    stopped         ///< by an error or finish()
  };

  // Each takes the bytes of `piece` from `i` on that belong to it and returns where it stopped.
  std::size_t step(std::string_view piece, std::size_t i);
  std::size_t in_text(std::string_view piece, std::size_t i);
  std::size_t in_header(std::string_view piece, std::size_t i);
  std::size_t in_delimiter(char c, std::size_t i);

  std::size_t end_text(std::size_t i);
  std::size_t end_header_line(std::size_t i);
  std::size_t end_header(std::size_t i);
  void undo_match();
  void take(std::string_view text);
  bool read_header_line();
  bool read_disposition(std::string_view value);
  std::size_t go(state next, std::size_t i);
  std::size_t fail(std::size_t i, outcome why = outcome::malformed);

  std::string delimiter_; ///< CRLF, two hyphens, boundary
  std::string line_;      ///< of a header, so far
  std::string model_;
  std::size_t begin_ = 0;
  std::size_t offset_ = 0;  ///< in the body: of the current piece, or of the error
  std::size_t matched_ = 2; ///< how much of the delimiter has been seen; a body starts a line
  std::size_t implied_ = 2; ///< of these, what belongs to what was before the text
  state state_ = state::preamble;
  outcome outcome_ = outcome::incomplete;
  bool closed_ = false;     ///< the delimiter is the last
  bool named_ = false;      ///< the part has its Content-Disposition
  bool is_file_ = false;    ///< and that has a file name
  bool is_model_ = false;   ///< the part is the field that is looked for
  bool overlong_ = false;   ///< its value is
  bool model_seen_ = false; ///< the form has that field
};

} // namespace keywheel::dialect
