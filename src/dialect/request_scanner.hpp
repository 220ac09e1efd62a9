#pragma once

#include "dialect/fact_gatherer.hpp"
#include "dialect/request_facts.hpp"

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace keywheel::dialect {

/// Reads a request's body while it arrives piece by piece, holding none of it: finds the member
/// `model` of the JSON object that it is, at its top level only, and what else matters
/// (request_facts). It checks the grammar (RFC 8259) on its way, so what it finds is what a parser
/// at the provider will find. Inside strings it takes any bytes from 0x20 on and any `\u` escape,
/// as the grammar does; only the model's name itself must be Unicode text.
class request_scanner {
public:
  static constexpr std::size_t max_depth = 256;
  static constexpr std::size_t max_name = 512;

  /// Where the request names its model.
  enum class model_in : std::uint8_t {
    body,
    path ///< a member `model` is one like others; the body may be anything
  };

  enum class outcome : std::uint8_t {
    incomplete,   ///< more is needed
    found,        ///< the body is whole and has one `model`, a string
    no_model,     ///< whole, but without it; with model_in::path this is as it should be
    not_a_string, ///< `model` is there but no string, or is empty or beyond max_name
    twice,        ///< two members `model`: which one counts would be the parser's choice
    too_deep,     ///< nested beyond max_depth
    malformed     ///< not JSON, or not an object
  };

  explicit request_scanner(model_in where = model_in::body) : model_in_{where} {}

  /// Takes the next piece of the body. After an error further pieces change nothing.
  void feed(std::string_view piece);

  /// Says that the body is whole. A body that ends too early is malformed, at its end.
  outcome finish();

  /// The first error so far, or `incomplete` before finish(): a body can be refused before it is
  /// whole.
  outcome so_far() const noexcept { return outcome_; }

  /// Makes it as new, for the next body; memory is kept.
  void reset(model_in where = model_in::body);

  /// The decoded name. @pre finish() gave found
  const std::string& model() const noexcept { return model_; }

  /// Where in the body the string stands, quotes included. @pre finish() gave found
  std::size_t begin() const noexcept { return begin_; }
  std::size_t end() const noexcept { return end_; }

  /// What the body says, so far; after an error, what it said before.
  request_facts facts() const { return facts_.facts(); }

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
  enum class role : std::uint8_t { name, known_name, deep_name, value, model, id };

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
  request_member begin_member(char c, std::size_t i);
  std::size_t after_value(char c, std::size_t i);
  std::size_t end_member(std::string_view piece, std::size_t i);
  std::size_t in_count(std::string_view piece, std::size_t i);
  std::size_t end_name(std::size_t i);
  std::size_t end_model(std::size_t i);
  void end_id();
  std::size_t begin_number(char c, std::size_t i);
  std::size_t begin_literal(const char* rest, std::size_t i);
  std::size_t begin_string(role what, std::size_t i);
  std::size_t end_string(std::size_t i);
  static role role_of(request_member value) noexcept;
  std::size_t open(bool object, std::size_t i);
  std::size_t close(std::size_t i);
  std::size_t go(state next, std::size_t i);
  std::size_t fail(std::size_t i, outcome why = outcome::malformed);

  bool in_object() const { return objects_[depth_ - 1]; }
  /// Whether names count here: at the top level, and in members that have members of interest.
  bool knows_names() const {
    return depth_ == 1 || (depth_ == 2 && inside_ != request_member::other);
  }
  role role_of_name() const noexcept;
  void keep(std::string_view text, bool ends = false);

  fact_gatherer facts_;
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
  model_in model_in_;
  request_member next_ = request_member::other;     ///< what the next value is
  request_member inside_ = request_member::other;   ///< the top-level member whose members count
  request_member value_of_ = request_member::other; ///< what is being read: a number or an id
  std::int64_t number_ = 0;
  std::size_t free_depth_ = 0; ///< of the outermost open value in which names are the caller's
  std::size_t list_depth_ = 0; ///< of an open list of ids
  std::size_t prompt_at_ = 0;  ///< where in the piece the prompt goes on, if in_prompt_
  bool in_prompt_ = false;     ///< its beginning is being read
  bool in_token_ids_ = false;  ///< numbers are tokens here
  bool overlong_ = false;      ///< raw_ lacks some of the string
  bool model_seen_ = false;
};

/// Writes `text` as a JSON string, quotes included. Bytes that are no UTF-8 become U+FFFD.
std::string json_string(std::string_view text);

} // namespace keywheel::dialect
