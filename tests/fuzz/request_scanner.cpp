// A libFuzzer target: whatever a request's body is and however it is cut, a request scanner
// survives it, and says the same whether the bytes came at once or in pieces. Build it with
//
//   clang++ -std=c++20 -g -O1 -fsanitize=fuzzer,address,undefined -I. -Isrc
//     tests/fuzz/request_scanner.cpp src/dialect/request_scanner*.cpp
//     src/dialect/{fact_gatherer,json,plain_run,prefix_hash}.cpp

#include "dialect/request_scanner.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>

using keywheel::dialect::request_scanner;

namespace {

request_scanner scan(request_scanner::model_in where, std::string_view bytes,
                     std::size_t piece_size) {
  request_scanner result{where};
  for (; !bytes.empty(); bytes.remove_prefix(std::min(piece_size, bytes.size())))
    result.feed(bytes.substr(0, piece_size));
  result.finish();
  return result;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2)
    return 0;
  const auto where =
      data[0] % 2 == 0 ? request_scanner::model_in::body : request_scanner::model_in::path;
  const std::string_view bytes{reinterpret_cast<const char*>(data + 2), size - 2};
  const request_scanner whole = scan(where, bytes, size);
  const request_scanner cut = scan(where, bytes, 1 + data[1]);
  const bool same = whole.so_far() == cut.so_far() && whole.facts() == cut.facts()
                    && whole.model() == cut.model() && whole.begin() == cut.begin()
                    && whole.end() == cut.end() && whole.error_offset() == cut.error_offset();
  if (!same)
    std::abort();
  return 0;
}
