#include "tools/simulator/reactor.hpp"
#include "tools/simulator/simulator.hpp"

#include <thread>

namespace keywheel::simulator {

class server::impl {
public:
  explicit impl(options what) : loop(std::move(what)) {
    // nop
  }

  reactor loop;
  std::thread thread;
};

server::server(options what) : impl_(std::make_unique<impl>(std::move(what))) {
  // nop
}

server::~server() {
  stop();
  if (impl_->thread.joinable())
    impl_->thread.join();
}

std::uint16_t server::port() const {
  return impl_->loop.port();
}

std::string server::base_url() const {
  return origin() + "/v1";
}

std::string server::origin() const {
  auto& host = impl_->loop.settings().host;
  return "http://" + (host.find(':') == std::string::npos ? host : "[" + host + "]") + ":"
         + std::to_string(port());
}

void server::run() {
  impl_->loop.run();
}

void server::start() {
  impl_->thread = std::thread{[this] { run(); }};
}

void server::stop() {
  impl_->loop.stop();
}

} // namespace keywheel::simulator
