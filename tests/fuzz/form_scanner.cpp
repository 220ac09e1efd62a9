// A libFuzzer target: whatever a form holds and however it is cut, its scanner survives it, says
// the same whether the bytes came at once or in pieces, and what it found stands in the body. Build
// it with
//
//   clang++ -std=c++20 -g -O1 -fsanitize=fuzzer,address,undefined -I. -Isrc
//     tests/fuzz/form_scanner.cpp src/dialect/{form_scanner,parameters,json}.cpp
//     src/http/{ascii,fields}.cpp

#include "tests/dialect/form_scan.hpp"

#include <cstdint>
#include <cstdlib>

using namespace keywheel::dialect;
using namespace keywheel::dialect::test;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2)
    return 0;
  const std::size_t piece_size = 1 + data[0];
  const std::string_view body{reinterpret_cast<const char*>(data + 1), size - 1};
  const auto whole = scan_form(body, "b");
  const bool in_place = whole.outcome != form_scanner::outcome::found
                        || body.substr(whole.begin, whole.model.size()) == whole.model;
  if (scan_form(body, "b", piece_size) != whole || !in_place)
    std::abort();
  return 0;
}
