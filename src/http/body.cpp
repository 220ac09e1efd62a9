#include "http/body.hpp"

#include <algorithm>

namespace keywheel::http {

void body::expect(std::size_t length) {
  if (blocks_.empty() && length > 0)
    blocks_.emplace_back().reserve(std::min(length, block_size));
}

void body::append(std::string_view piece) {
  size_ += piece.size();
  while (!piece.empty()) {
    if (blocks_.empty()) {
      blocks_.emplace_back(); // short ones are many: it grows as it needs
    } else if (blocks_.back().size() == block_size) {
      blocks_.emplace_back().reserve(block_size);
    }
    auto& last = blocks_.back();
    const auto part = piece.substr(0, block_size - last.size());
    last += part;
    piece.remove_prefix(part.size());
  }
}

void body::pieces(std::size_t begin, std::size_t end, std::vector<std::string_view>& to) const {
  end = std::min(end, size_);
  while (begin < end) {
    const auto at = begin % block_size;
    const auto count = std::min(end - begin, block_size - at);
    to.push_back(std::string_view{blocks_[begin / block_size]}.substr(at, count));
    begin += count;
  }
}

std::string body::text() const {
  std::string result;
  result.reserve(size_);
  for (const auto& block : blocks_)
    result += block;
  return result;
}

} // namespace keywheel::http
