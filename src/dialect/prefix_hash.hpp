#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace keywheel::dialect {

/// A hash of the first bytes of a text that comes in pieces: FNV-1a over words of eight bytes. How
/// the text is cut makes no difference. Not for texts by which someone could gain from a collision.
class prefix_hash {
public:
  /// How many bytes count.
  static constexpr std::size_t most = 1024;

  /// Takes the next piece of the text.
  void feed(std::string_view piece) noexcept;

  /// The hash of what was fed, never 0.
  std::uint64_t value() const noexcept;

private:
  std::uint64_t hash_ = 0xcbf29ce484222325;
  std::size_t left_ = most;
  std::array<char, 8> word_{}; ///< bytes that make no whole word yet
  std::size_t word_size_ = 0;
};

} // namespace keywheel::dialect
