#pragma once

#include "dialect/array_elements.hpp"
#include "dialect/dialect.hpp"
#include "dialect/event_lines.hpp"
#include "dialect/made_ids.hpp"
#include "dialect/top_members.hpp"
#include "dialect/usage.hpp"
#include "dialect/usage_tally.hpp"
#include "http/message.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace keywheel::dialect {

/// Watches the bytes of a successful answer while they pass: whether it has begun to say something,
/// whether an error stands inside it, whether it came to its end, what it cost (PROVIDERS §7, §8).
/// It changes and holds back nothing, takes pieces of any size, holds at most max_event bytes of
/// the answer, and never throws on account of what it reads. What it does not understand counts as
/// content.
class answer_reader {
public:
  enum class format : std::uint8_t {
    sse,
    json,
    json_array, ///< of events: Gemini's streamGenerateContent without `alt=sse`
    ndjson,
    opaque ///< any other, or encoded: passed unseen
  };

  /// Bytes of an error's text that are kept.
  static constexpr std::size_t max_error = std::size_t{64} << 10;

  /// Until begin() the answer is opaque.
  answer_reader() = default;

  /// Starts on another answer. `head`: its head; `tail`: the request's path behind the base, with
  /// its query, such as "/models/x:streamGenerateContent?alt=sse". The format is what content-type
  /// says, and opaque if content-encoding says anything but identity. `makes`: ids of what the
  /// provider keeps are looked for, see take_made().
  void begin(kind dialect, const http::response_head& head, std::string_view tail,
             bool makes = false);

  /// Takes the next bytes of the body.
  void feed(std::string_view piece);

  /// The body is whole.
  void finish();

  /// Whether the answer is a sequence of events.
  bool is_stream() const noexcept;

  /// Whether the first event with content has come (of an answer that is no stream: the first
  /// byte; opaque: at once), or one that was too long to look at. Events behind an error no longer
  /// count: if there is an error too, the content came before it.
  bool content_seen() const noexcept { return content_seen_; }

  /// The text of the first error event, at most max_error bytes; null if there was none. Valid
  /// until begin().
  const std::string* error() const noexcept { return error_ ? &*error_ : nullptr; }

  /// Whether a stream's end mark has come, or an event too long to look at, which may have been it;
  /// always true of an answer that is no stream.
  bool ended_well() const noexcept { return ended_ || !is_stream(); }

  /// What the answer has said about tokens so far; of one that is no stream: from finish() on.
  const usage& used() const noexcept { return used_; }

  /// Hands over the ids found since the last call, of what the provider keeps: see made_ids for
  /// which, and the bounds. Those of a JSON body come with the feed() of its
  /// last byte, those of a stream with the event that names them, an upload's with begin(): whoever
  /// takes them before passing that piece on knows them before the client does.
  std::vector<std::string> take_made() { return made_.take(); }

private:
  void feed_body(std::string_view piece);
  void read_usage();
  void take(const stream_event& event);

  format format_ = format::opaque;
  bool content_seen_ = true;
  bool ended_ = false;
  std::optional<std::string> error_;
  usage used_;
  usage_tally tally_;
  event_lines lines_;
  array_elements elements_;
  top_members body_;
  bool makes_ = false;
  made_ids made_;
};

} // namespace keywheel::dialect
