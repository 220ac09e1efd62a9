#include "dialect/prefix_hash.hpp"

#include <algorithm>
#include <cstring>

namespace keywheel::dialect {

namespace {

constexpr std::uint64_t prime = 0x100000001b3;

std::uint64_t mixed(std::uint64_t hash, const char* word) noexcept {
  std::uint64_t bytes;
  std::memcpy(&bytes, word, sizeof bytes);
  hash = (hash ^ bytes) * prime;
  // The product carries upwards only: without this the high bytes of a word would be lost on the
  // low bits of the hash.
  return hash ^ (hash >> 32);
}

} // namespace

void prefix_hash::feed(std::string_view piece) noexcept {
  piece = piece.substr(0, left_);
  left_ -= piece.size();
  while (!piece.empty()) {
    if (word_size_ == 0 && piece.size() >= word_.size()) {
      hash_ = mixed(hash_, piece.data());
      piece.remove_prefix(word_.size());
      continue;
    }
    const std::size_t size = std::min(piece.size(), word_.size() - word_size_);
    std::copy_n(piece.begin(), size, word_.begin() + static_cast<std::ptrdiff_t>(word_size_));
    word_size_ += size;
    piece.remove_prefix(size);
    if (word_size_ == word_.size()) {
      hash_ = mixed(hash_, word_.data());
      word_size_ = 0;
    }
  }
}

std::uint64_t prefix_hash::value() const noexcept {
  // The number of bytes left over keeps a text apart from the same text with zeros after it.
  std::array<char, 8> last{};
  std::copy_n(word_.begin(), word_size_, last.begin());
  const std::uint64_t hash = mixed(mixed(hash_, last.data()) + word_size_, last.data());
  return hash != 0 ? hash : 1;
}

} // namespace keywheel::dialect
