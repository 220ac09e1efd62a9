#include "transport/client.hpp"

#include "transport/engine.hpp"

namespace keywheel::transport {

class client::impl : public engine {
public:
  using engine::engine;
};

client::client(listener& owner, options with)
    : impl_(std::make_unique<impl>(owner, std::move(with))) {
  // nop
}

client::~client() = default;

int client::descriptor() const noexcept {
  return impl_->descriptor();
}

void client::start(transfer_id id, request what, time_point now) {
  impl_->start(id, std::move(what), now);
}

void client::resume(transfer_id id) {
  impl_->resume(id);
}

void client::cancel(transfer_id id) {
  impl_->cancel(id);
}

void client::run(time_point now) {
  impl_->run(now);
}

std::size_t client::active() const noexcept {
  return impl_->active();
}

} // namespace keywheel::transport
