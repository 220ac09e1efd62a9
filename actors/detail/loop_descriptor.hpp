#pragma once

#include <caf/io/middleman.hpp>

#include <functional>
#include <memory>

namespace keywheel::detail {

/// Puts one descriptor into CAF's I/O loop: `on_readable` runs on the I/O thread whenever the
/// descriptor can be read. The descriptor stays its owner's; the loop works on a duplicate, so the
/// owner may close its own at any time. Create and destroy it on any thread; after the destructor
/// has returned on the I/O thread, `on_readable` is not called again (from another thread: perhaps
/// once more).
class loop_descriptor {
public:
  /// Throws std::system_error if the descriptor cannot be duplicated, std::invalid_argument if the
  /// middleman's backend is not the real one (as under CAF's test multiplexer).
  loop_descriptor(caf::io::middleman& middleman, int descriptor, std::function<void()> on_readable);
  ~loop_descriptor();
  loop_descriptor(const loop_descriptor&) = delete;
  loop_descriptor& operator=(const loop_descriptor&) = delete;

private:
  class handler;
  handler* handler_; // deletes itself when the loop has let go of it
};

} // namespace keywheel::detail
