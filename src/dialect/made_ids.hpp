#pragma once

#include "dialect/dialect.hpp"
#include "dialect/stream_event.hpp"
#include "http/fields.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace keywheel::dialect {

/// Collects the ids of what a provider keeps from one answer. Each is kept once; those that are
/// empty or too long, and those beyond the bound, are passed over.
class made_ids {
public:
  static constexpr std::size_t max_ids = 8;    ///< of an answer
  static constexpr std::size_t max_size = 512; ///< bytes of an id
  static constexpr unsigned max_events = 8;    ///< how many of a stream are looked at

  explicit made_ids(kind dialect = kind::openai) : dialect_{dialect} {}

  /// Looks for the id under which a Gemini upload goes on: it is in the URL that the header
  /// `x-goog-upload-url` gives.
  void read_head(const http::fields& headers);

  /// Reads an answer's top-level members: `id`, a batch's `output_file_id` and `error_file_id`, the
  /// `file.id` of a complete upload; with Gemini `name`, `file.name` and a batch's
  /// `response.responsesFile`.
  void read_body(std::string_view json);

  /// Reads an event of a stream: the `response.id` of OpenAI's Responses, or `id`. Only the first
  /// that has one counts.
  void read_event(const stream_event& event);

  /// Hands over what has been found since the last call.
  std::vector<std::string> take();

private:
  void add(std::string_view id);

  kind dialect_;
  unsigned events_ = 0;
  bool settled_ = false; ///< the stream has named its id
  std::vector<std::string> all_;
  std::size_t taken_ = 0;
};

/// The `upload_id` in the URL at which a Gemini upload goes on; empty if it has none.
std::string upload_of(std::string_view url);

} // namespace keywheel::dialect
