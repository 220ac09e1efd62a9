#include "dialect/answer_reader.hpp"

#include "dialect/event_reading.hpp"
#include "dialect/event_style.hpp"
#include "dialect/json_tree.hpp"
#include "http/ascii.hpp"
#include "http/hygiene.hpp"

namespace keywheel::dialect {

namespace {

using format = answer_reader::format;

format format_of(kind dialect, const http::fields& headers, std::string_view tail) noexcept {
  if (http::is_encoded(headers))
    return format::opaque;
  const std::string_view type = headers.find("content-type").value_or("");
  const std::string_view media = http::trim(type.substr(0, type.find(';')));
  if (http::name_equals(media, "text/event-stream"))
    return format::sse;
  if (http::name_equals(media, "application/x-ndjson")
      || http::name_equals(media, "application/ndjson"))
    return format::ndjson;
  if (!http::name_equals(media, "application/json"))
    return format::opaque;
  return dialect == kind::gemini && asks_for_array(tail) ? format::json_array : format::json;
}

} // namespace

void answer_reader::begin(kind dialect, const http::response_head& head, std::string_view tail,
                          bool makes) {
  *this = answer_reader{};
  format_ = format_of(dialect, head.headers, tail);
  content_seen_ = format_ == format::opaque;
  if (makes) {
    makes_ = true;
    body_ = top_members{true};
    made_ = made_ids{dialect};
    made_.read_head(head.headers);
  }
  if (format_ == format::ndjson)
    lines_ = event_lines{event_lines::framing::ndjson};
}

void answer_reader::feed(std::string_view piece) {
  switch (format_) {
  case format::opaque:
    break;
  case format::json:
    content_seen_ = content_seen_ || !piece.empty();
    feed_body(piece);
    break;
  case format::json_array:
    while (elements_.next(piece))
      take(elements_.event());
    ended_ = elements_.closed();
    break;
  case format::sse:
  case format::ndjson:
    while (lines_.next(piece))
      take(lines_.event());
    break;
  }
}

void answer_reader::feed_body(std::string_view piece) {
  const bool was_whole = body_.whole();
  body_.feed(piece);
  if (makes_ && body_.whole() && !was_whole)
    made_.read_body(body_.text());
}

void answer_reader::read_usage() {
  const std::string text = body_.text();
  const json_tree tree{text};
  usage_tally tally;
  if (tree.root() != nullptr)
    tally.read(*tree.root());
  used_ = tally.normalised();
}

void answer_reader::finish() {
  if (format_ == format::json)
    read_usage();
  while (lines_.last())
    take(lines_.event());
  while (elements_.last())
    take(elements_.event());
}

bool answer_reader::is_stream() const noexcept {
  return format_ == format::sse || format_ == format::json_array || format_ == format::ndjson;
}

void answer_reader::take(const stream_event& event) {
  const bool settled = content_seen_ || error_.has_value();
  if (makes_)
    made_.read_event(event);
  const event_reading says = read_event(event, settled, tally_);
  if (says.usage)
    used_ = tally_.normalised();
  if (says.error && !error_)
    error_.emplace(event.data.substr(0, max_error));
  content_seen_ = content_seen_ || (says.content && !error_);
  // An array has an end mark of its own. An event that was passed unseen may have been one: the
  // last event of an answer can repeat all of it, images included.
  ended_ = ended_ || ((says.end || event.unseen) && format_ != format::json_array);
}

} // namespace keywheel::dialect
