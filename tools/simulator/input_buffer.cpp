#include "tools/simulator/input_buffer.hpp"

#include <algorithm>
#include <cstring>

namespace keywheel::simulator {

std::span<char> input_buffer::prepare(std::size_t count) {
  if (capacity_ < end_ + count + 1) {
    auto held = size();
    if (capacity_ >= held + count + 1 && begin_ >= held) {
      std::memcpy(bytes_.get(), data(), held);
    } else {
      auto capacity = std::max({std::size_t{4096}, 2 * held, held + count + 1});
      auto bytes = std::make_unique_for_overwrite<char[]>(capacity);
      if (held > 0)
        std::memcpy(bytes.get(), data(), held);
      bytes_ = std::move(bytes);
      capacity_ = capacity;
    }
    begin_ = 0;
    end_ = held;
  }
  return {bytes_.get() + end_, capacity_ - end_ - 1};
}

void input_buffer::consume(std::size_t count) {
  begin_ += count;
  if (begin_ == end_)
    begin_ = end_ = 0;
}

void input_buffer::erase(std::size_t at, std::size_t count) {
  if (count == 0)
    return;
  std::memmove(data() + at, data() + at + count, size() - at - count);
  end_ -= count;
}

void input_buffer::trim(std::size_t keep) {
  if (empty() && capacity_ > keep) {
    bytes_.reset();
    capacity_ = begin_ = end_ = 0;
  }
}

} // namespace keywheel::simulator
