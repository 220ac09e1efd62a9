#include "actors/detail/loop_descriptor.hpp"

#include <caf/io/network/default_multiplexer.hpp>
#include <caf/io/network/event_handler.hpp>

#include <atomic>
#include <cerrno>
#include <fcntl.h>
#include <stdexcept>
#include <system_error>

namespace keywheel::detail {

namespace {

using caf::io::network::default_multiplexer;
using caf::io::network::operation;

int duplicate(int descriptor) {
  auto result = ::fcntl(descriptor, F_DUPFD_CLOEXEC, 0);
  if (result < 0)
    throw std::system_error(errno, std::generic_category(), "duplicate a descriptor");
  return result;
}

} // namespace

/// Lives as long as the loop knows it: the loop may still hold an event for it when its owner lets
/// go. The base class closes the duplicate.
class loop_descriptor::handler : public caf::io::network::event_handler {
public:
  handler(default_multiplexer& loop, int descriptor, std::function<void()> on_readable)
      : event_handler(loop, duplicate(descriptor)), on_readable_(std::move(on_readable)) {
    // nop
  }

  void handle_event(operation op) override {
    if (op == operation::read && !released_)
      on_readable_();
    else if (op == operation::propagate_error)
      release();
  }

  void removed_from_loop(operation op) override {
    if (op == operation::read)
      delete this;
  }

  void graceful_shutdown() override { release(); }

  void attach() {
    backend().post([this] {
      attach_ran_ = true;
      if (release_ran_)
        delete this;
      else if (!released_)
        backend().add(operation::read, fd(), this);
    });
  }

  void release() {
    if (released_.exchange(true))
      return;
    backend().post([this] {
      release_ran_ = true;
      if (!attach_ran_)
        return;
      // Deregistering is over at once if the loop has not yet acted on add(); else it tells
      // removed_from_loop() when it is.
      const auto registered = eventbf() != 0;
      backend().del(operation::read, fd(), this);
      if (!registered)
        delete this;
    });
  }

private:
  std::function<void()> on_readable_;
  std::atomic<bool> released_{false};
  // Both posts may overtake each other (they take different ways into the loop); the later one
  // deletes.
  bool attach_ran_ = false;
  bool release_ran_ = false;
};

loop_descriptor::loop_descriptor(caf::io::middleman& middleman, int descriptor,
                                 std::function<void()> on_readable) {
  auto* loop = dynamic_cast<default_multiplexer*>(&middleman.backend());
  if (loop == nullptr)
    throw std::invalid_argument("this middleman has no real I/O loop");
  handler_ = new handler(*loop, descriptor, std::move(on_readable));
  handler_->attach();
}

loop_descriptor::~loop_descriptor() {
  handler_->release();
}

} // namespace keywheel::detail
