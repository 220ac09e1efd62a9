#pragma once

#include <cstddef>
#include <memory>
#include <span>

namespace keywheel::simulator {

/// Bytes received and not yet used, in one piece. There is always one byte of room behind the
/// last one, so that a text can be terminated in place.
class input_buffer {
public:
  char* data() { return bytes_.get() + begin_; }

  std::size_t size() const { return end_ - begin_; }

  bool empty() const { return begin_ == end_; }

  /// Room for at least `count` more bytes. May move what is there; amortised linear.
  std::span<char> prepare(std::size_t count);

  /// Makes the first `count` bytes of the room part of the content.
  void commit(std::size_t count) { end_ += count; }

  /// Drops `count` bytes from the front.
  void consume(std::size_t count);

  /// Removes `count` bytes at `at`; what follows moves up.
  void erase(std::size_t at, std::size_t count);

  /// Gives the memory back if nothing is in it and it is larger than `keep` bytes.
  void trim(std::size_t keep);

private:
  std::unique_ptr<char[]> bytes_;
  std::size_t capacity_ = 0;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

} // namespace keywheel::simulator
