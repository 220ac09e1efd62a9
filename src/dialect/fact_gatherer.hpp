#pragma once

#include "dialect/prefix_hash.hpp"
#include "dialect/request_facts.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace keywheel::dialect {

/// What a member of a request's body is to a request_scanner.
enum class request_member : std::uint8_t {
  other,
  model,
  output_limit,      ///< a number
  answers,           ///< a number
  stream,            ///< true or false
  store,             ///< true or false
  reference,         ///< a string, the id of what the provider keeps
  references,        ///< a list of such
  file_uri,          ///< a string, a file of Gemini's by name or URL
  conversation,      ///< a reference, or an object with a string `id`
  generation_config, ///< an object with an output limit and a number of answers (Gemini)
  free_form,         ///< names in it are the caller's own
  answer_content,    ///< likewise where it is an object: what a tool at the provider has answered
  prompt,            ///< where the prompt begins
  token_ids          ///< likewise, and perhaps a list of numbers
};

inline constexpr std::size_t longest_member_name = 24;

/// What the member of that name is, at the top level or inside one that has members of interest.
request_member member_named(request_member inside, std::string_view name) noexcept;

/// What the member of that name is anywhere below the top level.
request_member deep_member_named(std::string_view name) noexcept;

/// Puts together what a body says, from what a request_scanner finds on its way.
class fact_gatherer {
public:
  /// Texts longer than this may be data.
  static constexpr std::size_t long_text = 1024;

  // -- a string that is a value ---------------------------------------------------------------

  /// Takes the next piece of it, as it stands in the body. `ends` says that nothing follows.
  void add_text(std::string_view piece, bool ends) {
    const bool is_short = ends && size_ + piece.size() <= long_text;
    size_ += piece.size();
    if (!is_short && head_size_ < head_.size())
      keep_head(piece);
  }

  void end_text() {
    if (size_ > long_text && is_data())
      ++data_pieces_;
    else
      text_bytes_ += size_;
    size_ = head_size_ = 0;
  }

  // -- a member of interest -------------------------------------------------------------------

  void set_stream(bool on) { facts_.stream = on; }
  void set_store(bool on) { facts_.store = on; }
  void set_number(request_member of, std::int64_t value);

  /// A string by which the request refers to what the provider keeps.
  void add_reference(request_member of, std::string value);

  /// A number stands where token ids do.
  void count_token_id() { ++token_ids_; }

  // -- the prompt -----------------------------------------------------------------------------

  /// Whether the prompt's beginning has not been met yet.
  bool wants_prompt() const noexcept { return !prompt_; }
  void begin_prompt() { prompt_.emplace(); }
  void add_prompt(std::string_view piece) { prompt_->feed(piece); }

  /// What has been found so far.
  request_facts facts() const;

private:
  void keep_head(std::string_view piece);
  bool is_data() const noexcept;

  request_facts facts_;
  std::optional<prefix_hash> prompt_;
  std::uint64_t text_bytes_ = 0;
  std::int64_t data_pieces_ = 0;
  std::int64_t token_ids_ = 0;
  std::size_t size_ = 0;         ///< of the string being read
  std::array<char, 128> head_{}; ///< its first bytes, if it is not short
  std::size_t head_size_ = 0;
};

} // namespace keywheel::dialect
