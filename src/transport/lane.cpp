#include "transport/lane.hpp"

#include "transport/transfer.hpp"

#include <chrono>
#include <new>
#include <utility>

namespace keywheel::transport {

lane::lane(poller& sockets, const time_point& now, settings_ptr via)
    : sockets_(sockets),
      now_(now),
      via_(std::move(via)),
      multi_(curl_multi_init()),
      unused_since_(now) {
  if (multi_ == nullptr)
    throw std::bad_alloc{};
  curl_multi_setopt(multi_, CURLMOPT_SOCKETFUNCTION, &lane::on_socket);
  curl_multi_setopt(multi_, CURLMOPT_SOCKETDATA, this);
  curl_multi_setopt(multi_, CURLMOPT_TIMERFUNCTION, &lane::on_timer);
  curl_multi_setopt(multi_, CURLMOPT_TIMERDATA, this);
}

lane::~lane() {
  curl_multi_cleanup(multi_);
  sockets_.forget(this);
}

void lane::keep(std::size_t connections) noexcept {
  curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, static_cast<long>(connections));
}

bool lane::add(CURL* easy) noexcept {
  if (curl_multi_add_handle(multi_, easy) != CURLM_OK)
    return false;
  ++active_;
  return true;
}

void lane::remove(CURL* easy) noexcept {
  curl_multi_remove_handle(multi_, easy);
  if (--active_ == 0)
    unused_since_ = now_;
}

void lane::act(int socket, int flags) noexcept {
  if (socket == CURL_SOCKET_TIMEOUT)
    due_ = time_point::max(); // on_timer() says otherwise
  curl_multi_socket_action(multi_, socket, flags, &running_);
}

int lane::on_socket(CURL* easy, curl_socket_t socket, int what, void* self, void*) {
  auto& me = *static_cast<lane*>(self);
  me.sockets_.want(socket, what, &me);
  if (what != CURL_POLL_REMOVE) {
    transfer* user = nullptr;
    if (curl_easy_getinfo(easy, CURLINFO_PRIVATE, &user) == CURLE_OK && user != nullptr)
      user->now.socket = socket;
  }
  return 0;
}

int lane::on_timer(CURLM*, long timeout_ms, void* self) {
  auto& me = *static_cast<lane*>(self);
  me.due_ = timeout_ms < 0 ? time_point::max() : me.now_ + std::chrono::milliseconds{timeout_ms};
  return 0;
}

} // namespace keywheel::transport
