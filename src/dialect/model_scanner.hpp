#pragma once

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace keywheel::dialect {

/// Finds the member `model` of the JSON object that a request body is, at its top level only, while
/// the body arrives piece by piece; nothing is held but the name. It checks the grammar
/// (RFC 8259) on its way, so what it finds is what a parser at the provider will find. Inside
/// strings it takes any bytes from 0x20 on and any `\u` escape, as the grammar does; only the
/// model's name itself must be Unicode text.
class model_scanner {
public:
  static constexpr std::size_t max_depth = 256;
  static constexpr std::size_t max_name = 512;

  enum class outcome : std::uint8_t {
    incomplete,   ///< more is needed
    found,        ///< the body is whole and has one `model`, a string
    no_model,     ///< whole, but without it
    not_a_string, ///< `model` is there but no string, or is empty or beyond max_name
    twice,        ///< two members `model`: which one counts would be the parser's choice
    too_deep,     ///< nested beyond max_depth
    malformed     ///< not JSON, or not an object
  };

  /// Takes the next piece of the body. After an error further pieces change nothing.
  void feed(std::string_view piece);

  /// Says that the body is whole. A body that ends too early is malformed, at its end.
  outcome finish();

  /// The first error so far, or `incomplete` before finish(): a body can be refused before it is
  /// whole.
  outcome so_far() const noexcept { return outcome_; }

  /// Makes it as new, for the next body; memory is kept.
  void reset();

  /// The decoded name. @pre finish() gave found
  const std::string& model() const noexcept { return model_; }

  /// Where in the body the string stands, quotes included. @pre finish() gave found
  std::size_t begin() const noexcept { return begin_; }
  std::size_t end() const noexcept { return end_; }

  /// For an error message: offset of the byte that showed the error. @pre so_far() is an error
  std::size_t error_offset() const noexcept { return offset_; }

private:
  enum class state : std::uint8_t {
    start,         ///< before the object
    first_name,    ///< after `{`
    name,          ///< after `,` in an object
    colon,         ///< after a name
    first_element, ///< after `[`
    value,         ///< after `:`, or after `,` in an array
    after_value,
    done, ///< after the object
    string,
    escape, ///< after a backslash
    hex,    ///< in the four digits of `\u`
    minus,
    zero,
    integer,
    point,
    fraction,
    exponent,
    exponent_sign,
    exponent_digits,
    literal, ///< in true, false or null
    stopped  ///< by an error or finish()
  };

  /// What the string is that is being read.
  enum class role : std::uint8_t { name, top_name, value, model };

  // Each takes the bytes of `piece` from `i` on that belong to it and returns where it stopped.
  std::size_t step(std::string_view piece, std::size_t i);
  std::size_t in_structure(std::string_view piece, std::size_t i);
  std::size_t in_string(std::string_view piece, std::size_t i);
  std::size_t in_escape(std::string_view piece, std::size_t i);
  std::size_t in_hex(std::string_view piece, std::size_t i);
  std::size_t in_digits(std::string_view piece, std::size_t i);
  std::size_t in_number(char c, std::size_t i);
  std::size_t in_literal(char c, std::size_t i);

  std::size_t begin_value(char c, std::size_t i);
  std::size_t begin_literal(const char* rest, std::size_t i);
  std::size_t begin_string(role what, std::size_t i);
  std::size_t end_string(std::size_t i);
  std::size_t end_model(std::size_t i);
  std::size_t open(bool object, std::size_t i);
  std::size_t close(std::size_t i);
  std::size_t go(state next, std::size_t i);
  std::size_t fail(std::size_t i, outcome why = outcome::malformed);

  bool in_object() const { return objects_[depth_ - 1]; }
  void keep(std::string_view text);

  std::string model_;
  std::string raw_; ///< the string being read, as it stands in the body, where that matters
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::size_t offset_ = 0; ///< in the body: of the current piece, or of the error
  std::size_t depth_ = 0;
  std::bitset<max_depth> objects_; ///< for each open level: an object, not an array
  const char* literal_ = nullptr;  ///< what must still come
  state state_ = state::start;
  role role_ = role::value;
  outcome outcome_ = outcome::incomplete;
  std::uint8_t hex_left_ = 0;
  bool overlong_ = false;   ///< raw_ lacks some of the string
  bool model_next_ = false; ///< the next value is that of `model`
  bool model_seen_ = false;
};

/// Writes `text` as a JSON string, quotes included. Bytes that are no UTF-8 become U+FFFD.
std::string json_string(std::string_view text);

} // namespace keywheel::dialect
