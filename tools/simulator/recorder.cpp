#include "tools/simulator/recorder.hpp"

#include <algorithm>

namespace keywheel::simulator {

recorder::recorder(std::size_t count, std::size_t body_bytes)
    : ring_(count), body_bytes_(body_bytes) {
  // nop
}

void recorder::add(std::uint64_t number, std::string_view key, std::string_view head,
                   std::string_view body) {
  if (ring_.empty())
    return;
  auto& entry = ring_[next_];
  entry.number = number;
  entry.key = key;
  entry.head = head;
  entry.body = body.substr(0, body_bytes_);
  entry.body_size = body.size();
  entry.status = 0;
  next_ = (next_ + 1) % ring_.size();
  held_ = std::min(held_ + 1, ring_.size());
}

void recorder::answered(std::uint64_t number, int status) {
  for (std::size_t back = 1; back <= held_; ++back) {
    auto& entry = ring_[(next_ + ring_.size() - back) % ring_.size()];
    if (entry.number == number) {
      entry.status = status;
      return;
    }
  }
}

void recorder::clear() {
  held_ = 0;
}

std::vector<const recorded_request*> recorder::last(std::size_t count) const {
  std::vector<const recorded_request*> result;
  for (auto back = std::min(count, held_); back > 0; --back)
    result.push_back(&ring_[(next_ + ring_.size() - back) % ring_.size()]);
  return result;
}

} // namespace keywheel::simulator
