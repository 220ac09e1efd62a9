#pragma once

#include "tools/simulator/connection.hpp"
#include "tools/simulator/response_head.hpp"

namespace keywheel::simulator {

/// A file descriptor that closes itself.
class descriptor {
public:
  explicit descriptor(int fd = -1) : fd_(fd) {
    // nop
  }
  descriptor(descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {
    // nop
  }
  descriptor& operator=(descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~descriptor();

  int get() const { return fd_; }

private:
  int fd_;
};

/// The event loop: one epoll descriptor, one timerfd under a heap of deadlines, one eventfd that
/// ends it. Blocks while there is nothing to do.
class reactor {
public:
  /// Binds. Throws as server::server does.
  explicit reactor(options what);
  ~reactor();

  std::uint16_t port() const { return port_; }

  const options& settings() const { return provider_.settings(); }

  void run();

  /// From any thread, also from a signal handler.
  void stop() noexcept;

  // -- for connections --

  time_point now() const { return std::chrono::steady_clock::now(); }

  const wall_clock& wall() const { return wall_; }

  /// Calls connection::on_timer at `deadline`. Replaces an earlier deadline.
  void arm(connection& who, time_point deadline);

  /// Closes all connections before the next event is served.
  void close_all() { close_all_ = true; }

  /// Programs the timer for the incident's next step, unless it is.
  void expect_incident();

  /// Deletes a closed connection once no event of this round can name it.
  void retire(connection& who);

private:
  struct deadline {
    time_point at;
    std::size_t slot;
    std::uint64_t mark; // valid while it is the connection's
  };

  static bool later(const deadline& a, const deadline& b) { return a.at > b.at; }

  void watch(int fd, std::uint32_t events, void* who);
  void accept_all();
  bool out_of_descriptors();
  void fire_timers();
  void set_timer();
  void sweep();
  void advance_incident();
  void drop_all();

  provider provider_;
  descriptor listener_;
  descriptor epoll_;
  descriptor timer_;
  descriptor stopper_;
  descriptor spare_; // given up to turn a client away when there are no more
  std::uint16_t port_ = 0;
  wall_clock wall_;
  std::vector<std::unique_ptr<connection>> connections_;
  std::vector<std::size_t> free_slots_;
  std::vector<std::size_t> retired_;
  std::vector<deadline> deadlines_; // a heap
  time_point armed_ = time_point::max();
  std::uint64_t marks_ = 0;
  bool close_all_ = false;
  time_point expected_ = time_point::max(); // the incident's deadline that is in the heap
};

} // namespace keywheel::simulator
