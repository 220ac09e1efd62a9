// A libFuzzer target: whatever a state file holds, reading it ends well, and a state that was read
// is written in a way that reads the same. Build it with
//
//   clang++ -std=c++20 -g -O1 -fsanitize=fuzzer,address,undefined -I. -Isrc
//     tests/fuzz/state_text.cpp src/state/state_reader.cpp src/state/state_text.cpp
//     src/dialect/json.cpp src/dialect/times.cpp src/dialect/delay.cpp src/dialect/http_date.cpp
//     src/http/ascii.cpp src/http/fields.cpp src/observe/time_text.cpp

#include "state/state_text.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace keywheel::state;
  const auto read = parse({reinterpret_cast<const char*>(data), size});
  if (read.state.has_value() != read.problem.empty())
    std::abort();
  if (!read.state)
    return 0;
  const auto text = render(*read.state);
  const auto again = parse(text);
  if (!again.state || render(*again.state) != text)
    std::abort();
  return 0;
}
