// A libFuzzer target: whatever a client sends and however it is cut, a server connection survives
// it, and says the same whether the bytes came at once or in pieces. Build it with
//
//   clang++ -std=c++20 -g -O1 -fsanitize=fuzzer,address,undefined -I. -Isrc
//     tests/fuzz/http_server_connection.cpp src/http/*.cpp

#include "tests/http/conversation.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>

using keywheel::http::server_limits;
using keywheel::http::testing::conversation;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2)
    return 0;
  const std::size_t piece_size = 1 + data[0];
  std::string_view bytes{reinterpret_cast<const char*>(data + 1), size - 1};
  server_limits limits;
  limits.max_header = 512;
  limits.max_body = 256;
  conversation whole{limits};
  whole.says(bytes);
  conversation cut{limits};
  while (!bytes.empty()) {
    const std::string piece{bytes.substr(0, piece_size)};
    bytes.remove_prefix(piece.size());
    cut.says(piece);
  }
  const bool same = whole.events == cut.events && whole.hears() == cut.hears()
                    && whole.connection.current() == cut.connection.current();
  if (!same)
    std::abort();
  return 0;
}
