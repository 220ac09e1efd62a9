#pragma once

#include "dialect/answer_reader.hpp"

#include <algorithm>
#include <cstddef>
#include <memory>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

namespace keywheel::dialect::test {

/// All that a reader says about an answer.
struct read_answer {
  bool content = false;
  bool has_error = false;
  std::string error;
  bool ended_well = false;
  usage used;

  bool operator==(const read_answer&) const = default;
};

inline std::ostream& operator<<(std::ostream& out, const read_answer& what) {
  out << "content " << what.content << " error ";
  if (what.has_error)
    out << '\'' << what.error << '\'';
  else
    out << "none";
  const usage& used = what.used;
  return out << " ended " << what.ended_well << " known " << used.known << " input " << used.input
             << " cached " << used.cached << " output " << used.output << " reasoning "
             << used.reasoning;
}

/// A way in which an answer comes.
struct source {
  kind dialect = kind::openai;
  std::string type = "text/event-stream";
  std::string tail = "/chat/completions";
};

inline const source sse{};
inline const source ndjson{kind::openai, "application/x-ndjson", "/api/chat"};
inline const source json{kind::openai, "application/json; charset=utf-8", "/chat/completions"};
inline const source gemini_array{kind::gemini, "application/json; charset=UTF-8",
                                 "/models/gemini-2.0-flash:streamGenerateContent"};

inline answer_reader reader_of(const source& from) {
  answer_reader result;
  http::response_head head;
  head.status = 200;
  head.headers.add("content-type", from.type);
  result.begin(from.dialect, head, from.tail);
  return result;
}

/// Feeds a copy that ends where its memory ends, so that a sanitizer sees a read beyond it.
inline void feed_alone(answer_reader& reader, std::string_view piece) {
  const std::unique_ptr<char[]> copy{new char[piece.size()]};
  std::copy(piece.begin(), piece.end(), copy.get());
  reader.feed({copy.get(), piece.size()});
}

inline read_answer result_of(const answer_reader& reader) {
  read_answer result;
  result.content = reader.content_seen();
  result.has_error = reader.error() != nullptr;
  if (result.has_error)
    result.error = *reader.error();
  result.ended_well = reader.ended_well();
  result.used = reader.used();
  return result;
}

/// Feeds a body cut at the given offsets, which rise.
inline read_answer read_cut(const source& from, std::string_view body,
                            const std::vector<std::size_t>& cuts) {
  answer_reader reader = reader_of(from);
  std::size_t begin = 0;
  for (const std::size_t cut : cuts) {
    feed_alone(reader, body.substr(begin, cut - begin));
    begin = cut;
  }
  feed_alone(reader, body.substr(begin));
  reader.finish();
  return result_of(reader);
}

inline read_answer read_whole(const source& from, std::string_view body) {
  return read_cut(from, body, {});
}

inline read_answer read_bytes(const source& from, std::string_view body) {
  std::vector<std::size_t> cuts;
  for (std::size_t i = 1; i < body.size(); ++i)
    cuts.push_back(i);
  return read_cut(from, body, cuts);
}

} // namespace keywheel::dialect::test
