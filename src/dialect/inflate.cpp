#include "dialect/inflate.hpp"

#include <algorithm>
#include <limits>
#include <memory>
#include <zlib.h>

namespace keywheel::dialect {

namespace {

struct end_of_stream {
  void operator()(z_stream* state) const noexcept { inflateEnd(state); }
};

/// zlib finds out by itself which of the two formats it has, with the largest window.
constexpr int any_format = MAX_WBITS + 32;

} // namespace

bool is_gzip(std::string_view bytes) noexcept {
  return bytes.substr(0, 2) == "\x1f\x8b";
}

std::string inflated(std::string_view bytes, std::size_t limit) {
  z_stream state{};
  if (inflateInit2(&state, any_format) != Z_OK)
    return {};
  const std::unique_ptr<z_stream, end_of_stream> guard{&state};
  constexpr std::size_t most = std::numeric_limits<uInt>::max();
  bytes = bytes.substr(0, most);
  std::string result(std::min(limit, most), '\0');
  // zlib does not write to its input; its older headers lack the const.
  state.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  state.avail_in = static_cast<uInt>(bytes.size());
  state.next_out = reinterpret_cast<Bytef*>(result.data());
  state.avail_out = static_cast<uInt>(result.size());
  inflate(&state, Z_SYNC_FLUSH);
  result.resize(result.size() - state.avail_out);
  return result;
}

} // namespace keywheel::dialect
