// A libFuzzer target: whatever a provider sends, judge() makes a verdict of it that holds together.
// The first byte chooses the table, the second the status, a line the headers; the rest is the
// body. Build it with
//
//   clang++ -std=c++20 -g -O1 -fsanitize=fuzzer,address,undefined -I. -Isrc
//     tests/fuzz/verdict.cpp src/dialect/*.cpp src/dialect/signals/*.cpp
//     src/http/{ascii,fields}.cpp -lz

#include "dialect/verdict.hpp"

#include "dialect/delay.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <iterator>
#include <string_view>

using namespace keywheel;
using namespace keywheel::dialect;

namespace {

constexpr unsigned statuses[] = {200, 400, 401, 402, 403, 404, 408, 409,
                                 413, 422, 429, 498, 499, 500, 503, 529};

/// Reads `name: value; name: value` into `headers`.
void add_headers(http::fields& headers, std::string_view line) {
  while (!line.empty()) {
    const std::string_view one = line.substr(0, line.find(';'));
    line.remove_prefix(std::min(one.size() + 1, line.size()));
    const std::size_t colon = std::min(one.find(':'), one.size());
    headers.add(one.substr(0, colon), one.substr(std::min(colon + 1, one.size())));
  }
}

bool holds_together(const verdict& made) {
  const bool rest_is_fine = !made.rest || (made.rest->count() >= 0 && *made.rest <= max_delay);
  const bool never_to_the_caller =
      made.why == reason::credential && made.for_request == verdict::request::pass;
  return rest_is_fine && !never_to_the_caller && made.source.empty() == (made.why == reason::none);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2)
    return 0;
  const auto of = static_cast<signal_table>(data[0] % 18U);
  signal what;
  what.head.status = statuses[data[1] % std::size(statuses)];
  what.in_stream = data[1] >= 128;
  std::string_view rest{reinterpret_cast<const char*>(data + 2), size - 2};
  const std::string_view line = rest.substr(0, rest.find('\n'));
  add_headers(what.head.headers, line);
  rest.remove_prefix(std::min(line.size() + 1, rest.size()));
  what.body = rest;
  const wall_time now{std::chrono::hours{24 * 365 * 55}};
  if (!holds_together(judge(of, what, now)))
    std::abort();
  return 0;
}
