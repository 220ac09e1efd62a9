#pragma once

#include "time.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace keywheel::transport {

class lane;

/// The one descriptor of a client: an epoll set that holds curl's sockets and one timer. Both are
/// changed as seldom as possible: a kept-alive socket stays in the set although curl takes it out
/// and puts it back with every request, and the timer is only ever set to an earlier time.
class poller {
public:
  /// Something to do for curl.
  struct event {
    lane* owner;
    int socket;
    int flags; ///< CURL_CSELECT_IN, CURL_CSELECT_OUT
  };

  static constexpr std::size_t batch = 64;

  /// Throws std::system_error if the kernel gives no descriptor.
  poller();
  ~poller();
  poller(const poller&) = delete;
  poller& operator=(const poller&) = delete;

  int descriptor() const noexcept { return epoll_; }

  /// Opens a socket whose end is announced by close_socket(); so it may stay in the set for as long
  /// as it lives. Returns -1 and sets errno as socket(2) does.
  int open_socket(int family, int type, int protocol);
  int close_socket(int socket);

  /// Whether the peer closed the socket before it had received everything that was written to it.
  static bool closed_unread(int socket) noexcept;

  /// What curl wants to know of a socket: CURL_POLL_*.
  void want(int socket, int what, lane* owner);

  /// Forgets an owner: none of its sockets is wanted any more.
  void forget(const lane* owner);

  /// Fills `events`; never blocks. Returns their number.
  std::size_t poll(std::array<event, batch>& events);

  /// Makes the descriptor readable at `when`, or earlier.
  void alarm_at(time_point when, time_point now);

  /// Makes the descriptor readable at once.
  void wake();

  /// Sets the timer after it has gone off, to `when` or, with time_point::max(), not at all. No
  /// effect while it still runs, unless `when` is earlier.
  void rearm(time_point when, time_point now);

private:
  struct entry {
    lane* owner = nullptr;
    std::uint8_t registered = 0; ///< EPOLLIN, EPOLLOUT as the kernel knows them
    std::uint8_t wanted = 0;     ///< as curl wants them
    bool ours = false;           ///< from open_socket()
  };

  entry& at(int socket);
  void apply(int socket, entry& of, std::uint8_t mask) noexcept;
  void set_timer(duration in) noexcept;

  int epoll_ = -1;
  int timer_ = -1;
  std::vector<entry> sockets_;
  time_point armed_ = time_point::max();
  bool fired_ = false;
};

} // namespace keywheel::transport
