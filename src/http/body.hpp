#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace keywheel::http {

/// The body of a request as it arrives, in blocks: what has come is never moved, so that at no time
/// there are two copies of a large body, and memory is taken for what has come, not for what a
/// header announces.
class body {
public:
  /// Bytes of a block. A body up to this size lies in one piece.
  static constexpr std::size_t block_size = std::size_t{256} << 10;

  body() = default;
  explicit body(std::string_view text) { append(text); }

  /// Makes room, if there are `length` bytes to come, for no more than the first block.
  void expect(std::size_t length);

  /// Takes a copy of `piece`.
  void append(std::string_view piece);

  std::size_t size() const noexcept { return size_; }

  /// The bytes from `begin` up to `end` as pieces that follow each other, none of them empty, added
  /// to `to`. Valid until append(). What is beyond size() does not exist.
  void pieces(std::size_t begin, std::size_t end, std::vector<std::string_view>& to) const;

  /// A copy of the whole.
  std::string text() const;

private:
  std::vector<std::string> blocks_; // all full but the last
  std::size_t size_ = 0;
};

} // namespace keywheel::http
