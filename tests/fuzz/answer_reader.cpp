// A libFuzzer target: whatever a provider answers and however it is cut, an answer reader survives
// it, and says the same whether the bytes came at once or in pieces. Build it with
//
//   clang++ -std=c++20 -g -O1 -fsanitize=fuzzer,address,undefined -I. -Isrc
//     tests/fuzz/answer_reader.cpp
//     src/dialect/{answer_reader,array_elements,event_content,event_lines,event_reading}.cpp
//     src/dialect/{json_skim,json_tree,made_ids,percent,plain_run,query,top_members,usage_tally}.cpp
//     src/http/{ascii,fields}.cpp

#include "dialect/answer_reader.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>

using namespace keywheel;
using dialect::answer_reader;

namespace {

constexpr std::array<const char*, 4> types{"text/event-stream", "application/json",
                                           "application/x-ndjson", "audio/mpeg"};

answer_reader read(std::uint8_t how, std::string_view bytes, std::size_t piece_size) {
  http::response_head head;
  head.status = 200;
  head.headers.add("content-type", types[how % types.size()]);
  answer_reader result;
  result.begin(how < 128 ? dialect::kind::openai : dialect::kind::gemini, head,
               ":streamGenerateContent");
  for (; !bytes.empty(); bytes.remove_prefix(std::min(piece_size, bytes.size())))
    result.feed(bytes.substr(0, piece_size));
  result.finish();
  return result;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2)
    return 0;
  const std::string_view bytes{reinterpret_cast<const char*>(data + 2), size - 2};
  const answer_reader whole = read(data[0], bytes, size);
  const answer_reader cut = read(data[0], bytes, 1 + data[1]);
  const bool same_error = (whole.error() == nullptr) == (cut.error() == nullptr)
                          && (whole.error() == nullptr || *whole.error() == *cut.error());
  const bool same = same_error && whole.content_seen() == cut.content_seen()
                    && whole.content_seen() == cut.content_seen()
                    && whole.ended_well() == cut.ended_well() && whole.used() == cut.used();
  const bool bounded =
      whole.error() == nullptr || whole.error()->size() <= answer_reader::max_error;
  if (!same || !bounded)
    std::abort();
  return 0;
}
