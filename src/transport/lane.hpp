#pragma once

#include "transport/poller.hpp"
#include "transport/settings.hpp"

#include <curl/curl.h>

#include <chrono>
#include <cstddef>

namespace keywheel::transport {

/// One curl multi handle. A client has several, each with a bounded number of transfers: curl
/// searches its connections one by one for an idle one, so a single pool of hundreds would make
/// every request dearer.
class lane {
public:
  /// Transfers at a time.
  static constexpr std::size_t width = 32;

  /// How long an unused lane is kept: curl would not reuse its connections after 118 s.
  static constexpr std::chrono::seconds linger{120};

  /// `sockets` and `now` outlive the lane; `now` is the time of the call in progress. All transfers
  /// go by way of `via`. Throws std::bad_alloc.
  lane(poller& sockets, const time_point& now, settings_ptr via);
  ~lane();
  lane(const lane&) = delete;
  lane& operator=(const lane&) = delete;

  CURLM* handle() const noexcept { return multi_; }
  const settings_ptr& via() const noexcept { return via_; }

  /// Bounds the connections that are kept, busy ones included.
  void keep(std::size_t connections) noexcept;

  /// Puts a transfer in or takes it out. add() returns false if curl refuses.
  bool add(CURL* easy) noexcept;
  void remove(CURL* easy) noexcept;

  /// Lets curl do what a socket makes possible, or what its clock demands.
  void act(int socket, int flags) noexcept;

  /// When curl wants act(CURL_SOCKET_TIMEOUT, 0); time_point::max() for never.
  time_point due() const noexcept { return due_; }

  /// Transfers that have been added and not removed.
  std::size_t active() const noexcept { return active_; }

  /// Whether curl has finished some of them. True right after act() only.
  bool has_finished() const noexcept { return static_cast<std::size_t>(running_) < active_; }

  /// Since when there has been none.
  time_point unused_since() const noexcept { return unused_since_; }

private:
  static int on_socket(CURL* easy, curl_socket_t socket, int what, void* self, void* unused);
  static int on_timer(CURLM* multi, long timeout_ms, void* self);

  poller& sockets_;
  const time_point& now_;
  const settings_ptr via_;
  CURLM* multi_;
  time_point due_ = time_point::max();
  time_point unused_since_;
  std::size_t active_ = 0;
  int running_ = 0;
};

} // namespace keywheel::transport
