#include "http/input_buffer.hpp"

namespace keywheel::http {

void input_buffer::add(std::string_view bytes) {
  borrowed_ = rest_.empty();
  if (borrowed_) {
    rest_ = bytes;
    return;
  }
  kept_.erase(0, static_cast<std::size_t>(rest_.data() - kept_.data()));
  kept_ += bytes;
  rest_ = kept_;
}

void input_buffer::settle() {
  if (rest_.empty()) {
    if (kept_.capacity() > kept_capacity)
      std::string{}.swap(kept_);
    rest_ = {};
  } else if (borrowed_) {
    kept_.assign(rest_);
    rest_ = kept_;
  }
  borrowed_ = false;
}

} // namespace keywheel::http
