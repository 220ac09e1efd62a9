#pragma once

#include "tests/catch.hpp"

#include <string>
#include <string_view>
#include <zlib.h>

namespace keywheel::dialect::test {

/// `text`, compressed: zlib's own framing with `window_bits` 15, gzip's with 16 more (zlib.h).
inline std::string deflated(std::string_view text, int window_bits) {
  z_stream state{};
  REQUIRE(deflateInit2(&state, 9, Z_DEFLATED, window_bits, 8, Z_DEFAULT_STRATEGY) == Z_OK);
  std::string result(deflateBound(&state, static_cast<uLong>(text.size())) + 32, '\0');
  state.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  state.avail_in = static_cast<uInt>(text.size());
  state.next_out = reinterpret_cast<Bytef*>(result.data());
  state.avail_out = static_cast<uInt>(result.size());
  REQUIRE(deflate(&state, Z_FINISH) == Z_STREAM_END);
  result.resize(state.total_out);
  deflateEnd(&state);
  return result;
}

} // namespace keywheel::dialect::test
