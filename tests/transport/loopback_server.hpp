#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <poll.h>
#include <string>
#include <string_view>
#include <vector>

namespace keywheel::transport::test {

/// An HTTP server on 127.0.0.1 that does what a test tells it to, well-behaved or not. Lives in the
/// test's own poll loop: no thread.
class loopback_server {
public:
  /// One accepted connection.
  struct peer {
    int fd = -1;
    std::size_t number = 0; ///< in order of accept, from 0
    std::string in;         ///< what has not been made into a request yet
    std::string out;        ///< what is still to be sent
    bool reading = true;
    bool close_when_sent = false;
    bool gone = false; ///< closed, by whom ever
    bool closed_by_client = false;
    unsigned requests = 0;
  };

  struct request {
    std::string head; ///< with the empty line
    std::string body;
  };

  /// Opens a port. `backlog` is what listen(2) gets.
  explicit loopback_server(int backlog = 512);
  ~loopback_server();
  loopback_server(const loopback_server&) = delete;
  loopback_server& operator=(const loopback_server&) = delete;

  std::uint16_t port() const noexcept { return port_; }
  std::string url(std::string_view path = "/", std::string_view scheme = "http") const;
  std::string host() const { return "127.0.0.1:" + std::to_string(port_); }

  /// Has the kernel take only a few KB ahead of us, on connections to come.
  void receive_little();

  /// Called for each complete request; absent: answers 200 with the body of the request.
  std::function<void(peer&, const request&)> on_request;

  /// Called for each accepted connection.
  std::function<void(peer&)> on_accept;

  void send(peer& to, std::string_view bytes);
  void close(peer& which); ///< with FIN, after what is to be sent
  void reset(peer& which); ///< with RST, at once
  static std::string answer(std::string_view body, unsigned status = 200);

  /// For the poll loop: what to wait for, and what has come.
  void add_to(std::vector<pollfd>& wishes) const;
  void act();

  std::vector<std::unique_ptr<peer>> peers; ///< all there ever were
  std::vector<request> requests;            ///< all there ever were

private:
  void accept_all();
  void read_from(peer& from);
  void write_to(peer& to);
  bool take_request(peer& from);
  void drop(peer& which);

  int listener_ = -1;
  std::uint16_t port_ = 0;
};

} // namespace keywheel::transport::test
