#include "dialect/answer_reader.hpp"
#include "tests/catch.hpp"
#include "tests/dialect/answer.hpp"
#include "tests/dialect/streams.hpp"

#include <algorithm>
#include <cstdint>
#include <random>
#include <string>

using namespace keywheel;
using namespace keywheel::dialect;
using namespace keywheel::dialect::test;

namespace {

/// The same lines with other ends.
std::string with_line_ends(const std::string& body, std::string_view line_end) {
  std::string result;
  for (const char c : body)
    if (c == '\n')
      result += line_end;
    else if (c != '\r')
      result += c;
  return result;
}

bool begun_as_stream(const source& from, std::string_view encoding = "") {
  answer_reader reader;
  http::response_head head;
  head.headers.add("Content-Type", from.type);
  if (!encoding.empty())
    head.headers.add("Content-Encoding", encoding);
  reader.begin(from.dialect, head, from.tail);
  CHECK(reader.content_seen() == (!reader.is_stream() && reader.ended_well() && !encoding.empty()));
  return reader.is_stream();
}

} // namespace

TEST_CASE("answers of all dialects are read") {
  for (const auto& row : answer_rows()) {
    CAPTURE(row.what, row.body);
    CHECK(read_whole(row.from, row.body) == row.expected);
  }
}

TEST_CASE("answers are read alike however they are cut") {
  for (const auto& row : answer_rows()) {
    CAPTURE(row.what, row.body);
    CHECK(read_bytes(row.from, row.body) == row.expected);
    for (std::size_t at = 0; at <= row.body.size(); ++at)
      if (const auto result = read_cut(row.from, row.body, {at}); !(result == row.expected)) {
        CAPTURE(at);
        CHECK(result == row.expected);
      }
  }
}

TEST_CASE("answers are read alike in random pieces") {
  const auto& rows = answer_rows();
  for (std::uint64_t seed = 1; seed <= 2'000; ++seed) {
    std::mt19937_64 random{seed};
    const auto& row = rows[random() % rows.size()];
    std::vector<std::size_t> cuts(random() % 12);
    for (auto& cut : cuts)
      cut = random() % (row.body.size() + 1);
    std::sort(cuts.begin(), cuts.end());
    CAPTURE(seed, row.what);
    CHECK(read_cut(row.from, row.body, cuts) == row.expected);
  }
}

TEST_CASE("lines may end in LF, CR or CRLF") {
  for (const auto& row : answer_rows()) {
    if (row.from.type.find("event-stream") == std::string::npos)
      continue;
    for (const std::string_view line_end : {"\n", "\r", "\r\n"}) {
      const std::string body = with_line_ends(row.body, line_end);
      CAPTURE(row.what, body);
      CHECK(read_whole(row.from, body) == row.expected);
      CHECK(read_bytes(row.from, body) == row.expected);
    }
  }
}

TEST_CASE("content is seen with the byte that completes its event") {
  answer_reader reader = reader_of(sse);
  const std::string ping = ": x\n\n";
  const std::string event = "data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\n";
  reader.feed(ping);
  reader.feed(std::string_view{event}.substr(0, event.size() - 1));
  CHECK_FALSE(reader.content_seen());
  reader.feed("\n");
  CHECK(reader.content_seen());
  CHECK_FALSE(reader.ended_well());
  CHECK(reader.error() == nullptr);
}

TEST_CASE("an error is known with the byte that completes its event") {
  answer_reader reader = reader_of(sse);
  reader.feed("data: {\"error\":\"x\"}\n");
  CHECK(reader.error() == nullptr);
  reader.feed("\ndata: [DONE]\n\n");
  REQUIRE(reader.error() != nullptr);
  CHECK(*reader.error() == "{\"error\":\"x\"}");
  CHECK_FALSE(reader.content_seen());
  CHECK(reader.ended_well());
}

TEST_CASE("the format follows from the head and the path") {
  const std::string stream = "/v1beta/models/g:streamGenerateContent";
  CHECK(begun_as_stream({kind::openai, "text/event-stream", ""}));
  CHECK(begun_as_stream({kind::openai, "Text/Event-Stream;charset=utf-8", ""}));
  CHECK(begun_as_stream({kind::openai, "application/x-ndjson", ""}));
  CHECK(begun_as_stream({kind::gemini, "application/json", stream}));
  CHECK(begun_as_stream({kind::gemini, "application/json", stream + "?key=alt=sse"}));
  CHECK_FALSE(begun_as_stream({kind::gemini, "application/json", stream + "?a=b&alt=sse"}));
  CHECK_FALSE(begun_as_stream({kind::openai, "application/json", stream}));
  CHECK_FALSE(begun_as_stream({kind::gemini, "application/json", "/models/g:generateContent"}));
  CHECK(begun_as_stream({kind::openai, "text/event-stream", ""}, "identity"));
  CHECK_FALSE(begun_as_stream({kind::openai, "text/event-stream", ""}, "gzip"));
}

TEST_CASE("what cannot be read is passed as content that ends well") {
  answer_reader fresh;
  CHECK_FALSE(fresh.is_stream());
  CHECK(fresh.content_seen());
  CHECK(fresh.ended_well());
  for (const char* type : {"audio/mpeg", "application/vnd.amazon.eventstream", ""}) {
    answer_reader reader = reader_of({kind::openai, type, ""});
    CHECK(reader.content_seen());
    reader.feed("data: {\"error\":\"x\",\"usage\":{\"prompt_tokens\":1}}\n\n");
    reader.finish();
    CHECK(result_of(reader) == well());
  }
}

TEST_CASE("a reader begins anew") {
  answer_reader reader = reader_of(sse);
  reader.feed("data: {\"error\":\"x\",\"usage\":{\"prompt_tokens\":1}}\n\ndata: {\"a");
  http::response_head head;
  head.headers.add("content-type", "text/event-stream");
  reader.begin(kind::openai, head, "");
  CHECK(result_of(reader) == cut(false));
  reader.feed("data: [DONE]\n\n");
  CHECK(result_of(reader) == well());
}

TEST_CASE("an event that is too long is passed unseen") {
  const std::string long_error = "data: {\"error\":\"" + std::string(max_event, 'x') + "\"}\n\n";
  CHECK(read_whole(sse, long_error + "data: [DONE]\n\n") == well());
  CHECK(read_bytes(sse, long_error + "data: [DONE]\n\n") == well());
  CHECK(read_whole(sse, long_error) == well()); // it may have been the last
  CHECK(read_whole(gemini_array, "[" + std::string(max_event, ' ')) == cut(false));
  CHECK(read_whole(gemini_array, "[{" + std::string(max_event, ' ')) == cut(true));
  const std::string many_lines = [] {
    std::string result;
    while (result.size() < 2 * max_event)
      result += "data: some text on one of very many lines\n";
    return result + "\n";
  }();
  CHECK(read_whole(sse, many_lines + "data: [DONE]\n\n") == well());
  const std::string long_line = "{\"error\":\"" + std::string(max_event, 'x') + "\"}\n";
  CHECK(read_whole(ndjson, long_line + "{\"done\":true}\n") == well());
  CHECK(read_bytes(ndjson, long_line + "{\"done\":true}\n") == well());
  CHECK(read_whole(gemini_array, "[" + long_line + "]") == well());
  CHECK(read_bytes(gemini_array, "[" + long_line + "]") == well());
  CHECK(read_whole(sse, ":" + std::string(max_event, '{') + "\n\ndata: [DONE]\n\n") == well());
}

TEST_CASE("an event that is just short enough is read") {
  const std::string frame = "data: {\"error\":\"\"}";
  const std::string text(max_event - frame.size(), 'x');
  const std::string line = "data: {\"error\":\"" + text + "\"}";
  const auto result = read_whole(sse, line + "\n\n");
  CHECK(result.has_error);
  CHECK(result.error == line.substr(6, answer_reader::max_error));
  CHECK_FALSE(read_whole(sse, line + " \n\n").has_error);
}

TEST_CASE("what many short lines cost does not grow with the piece") {
  const std::string body(std::size_t{4} << 20, '\r');
  CHECK(read_whole(sse, body + "data: [DONE]\r\r") == well());
}

TEST_CASE("deep nesting does no harm") {
  const std::string nested(max_event / 2, '[');
  CHECK(read_whole(sse, "data: " + nested + "\n\n") == cut(true));
  CHECK(read_whole(sse, "data: {\"error\":" + nested + "\n\n") == cut(true));
  CHECK(read_whole(gemini_array, nested) == cut(false));
  CHECK(read_whole(json, nested) == well());
}

TEST_CASE("random bytes do no harm") {
  static constexpr std::string_view bytes = "{}[]\":,\\ \n\r\tedatrousg0:error";
  for (std::uint64_t seed = 1; seed <= 3'000; ++seed) {
    std::mt19937_64 random{seed};
    std::string body;
    for (std::size_t i = 0, size = random() % 200; i < size; ++i)
      body +=
          random() % 40 == 0 ? "data: {\"error\":" : std::string(1, bytes[random() % bytes.size()]);
    CAPTURE(seed, body);
    for (const source& from : {sse, ndjson, gemini_array, json})
      CHECK(read_whole(from, body) == read_bytes(from, body));
  }
}
