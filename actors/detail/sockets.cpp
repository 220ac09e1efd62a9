#include "actors/detail/sockets.hpp"

#include "actors/errors.hpp"

#include <caf/io/middleman.hpp>
#include <caf/io/network/default_multiplexer.hpp>
#include <caf/io/network/doorman_impl.hpp>
#include <caf/io/network/scribe_impl.hpp>

#include <arpa/inet.h>
#include <cerrno>
#include <cstring>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace keywheel::detail {

namespace {

using caf::io::network::default_multiplexer;
using caf::io::network::native_socket;

/// CAF's stock scribe arms EPOLLOUT for every flush and writes in the loop's next turn. This one
/// sends at once, and takes the stock way only for what the socket did not take.
class direct_scribe : public caf::io::network::scribe_impl {
public:
  direct_scribe(default_multiplexer& loop, native_socket socket) : scribe_impl(loop, socket) {
    // The stock way reports when it has written; that is how we learn that it has caught up.
    scribe_impl::ack_writes(true);
  }

  void flush() override {
    if (!behind_) {
      auto& buffer = wr_buf();
      send_now(buffer);
      behind_ = !buffer.empty();
    }
    // The stock way counts what waits in its own buffers only when it next reports.
    unsent_ += wr_buf().size() - counted_;
    counted_ = wr_buf().size();
    if (behind_) {
      scribe_impl::flush();
      counted_ = wr_buf().size();
    }
  }

  std::size_t unsent() const { return unsent_; }

  /// The owner hears of written data only where it had to wait for it.
  void data_transferred(caf::execution_unit* context, std::size_t written,
                        std::size_t remaining) override {
    behind_ = remaining > 0;
    unsent_ = remaining;
    counted_ = wr_buf().size();
    scribe_impl::data_transferred(context, written, remaining);
  }

private:
  void send_now(std::vector<char>& buffer) {
    std::size_t sent = 0;
    while (sent < buffer.size()) {
      const auto n = ::send(stream_.fd(), buffer.data() + sent, buffer.size() - sent,
                            MSG_NOSIGNAL | MSG_DONTWAIT);
      if (n > 0)
        sent += static_cast<std::size_t>(n);
      else if (n < 0 && errno == EINTR)
        continue;
      else
        break; // Full, or broken: the stock way finds out and reports it.
    }
    buffer.erase(buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(sent));
  }

  bool behind_ = false;
  std::size_t unsent_ = 0;
  std::size_t counted_ = 0; ///< bytes of wr_buf() that unsent_ includes
};

/// Reaches a broker's scribe, which CAF shows to derived classes only.
struct scribe_access : caf::io::abstract_broker {
  static direct_scribe* find(caf::io::abstract_broker& of, caf::io::connection_handle connection) {
    using getter = scribe_map& (caf::io::abstract_broker::*)(caf::io::connection_handle);
    auto& scribes = (of.*static_cast<getter>(&scribe_access::get_map))(connection);
    const auto found = scribes.find(connection);
    return found == scribes.end() ? nullptr : static_cast<direct_scribe*>(found->second.get());
  }
};

/// Accepts connections as direct scribes.
class direct_doorman : public caf::io::network::doorman_impl {
public:
  using doorman_impl::doorman_impl;

  bool new_connection() override {
    if (detached())
      return false;
    auto& loop = acceptor_.backend();
    auto scribe = caf::make_counted<direct_scribe>(loop, acceptor_.accepted_socket());
    auto handle = scribe->hdl();
    parent()->add_scribe(std::move(scribe));
    return doorman::new_connection(&loop, handle);
  }
};

/// A socket that closes itself unless it is taken.
class owned_socket {
public:
  explicit owned_socket(int fd) : fd_(fd) {}
  ~owned_socket() {
    if (fd_ >= 0)
      ::close(fd_);
  }
  owned_socket(const owned_socket&) = delete;
  owned_socket& operator=(const owned_socket&) = delete;
  int get() const { return fd_; }
  int take() { return std::exchange(fd_, -1); }

private:
  int fd_;
};

std::string text_of(const std::string& host, unsigned port) {
  const auto v6 = host.find(':') != std::string::npos;
  return (v6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

caf::error cannot_listen(const config::endpoint& where, const char* why) {
  return make_error(ec::cannot_listen, "listen on " + text_of(where.host, where.port) + ": " + why);
}

/// Binds and listens; returns the socket, or -1 with errno set.
int open_listener(const addrinfo& address, bool share_port) {
  owned_socket result{::socket(address.ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
  if (result.get() < 0)
    return -1;
  const int on = 1;
  ::setsockopt(result.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (share_port)
    ::setsockopt(result.get(), SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
  if (::bind(result.get(), address.ai_addr, address.ai_addrlen) != 0
      || ::listen(result.get(), SOMAXCONN) != 0)
    return -1;
  return result.take();
}

unsigned port_of(int socket) {
  sockaddr_storage bound{};
  socklen_t size = sizeof bound;
  if (::getsockname(socket, reinterpret_cast<sockaddr*>(&bound), &size) != 0)
    return 0;
  return ntohs(bound.ss_family == AF_INET6 ? reinterpret_cast<sockaddr_in6&>(bound).sin6_port
                                           : reinterpret_cast<sockaddr_in&>(bound).sin_port);
}

} // namespace

caf::expected<std::pair<caf::io::accept_handle, std::string>>
listen(caf::io::abstract_broker& self, const config::endpoint& where, bool share_port) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  // A name would have to be looked up, on this thread: only the one that needs no lookup is taken.
  const auto& host = where.host == "localhost" ? std::string{"127.0.0.1"} : where.host;
  hints.ai_flags |= AI_NUMERICHOST;
  addrinfo* found = nullptr;
  if (auto error = ::getaddrinfo(host.c_str(), std::to_string(where.port).c_str(), &hints, &found))
    return cannot_listen(where, ::gai_strerror(error));
  const auto socket = open_listener(*found, share_port);
  const auto why = errno;
  ::freeaddrinfo(found);
  if (socket < 0)
    return cannot_listen(where, std::strerror(why));
  auto* loop = dynamic_cast<default_multiplexer*>(&self.parent().backend());
  if (loop == nullptr) {
    ::close(socket);
    return cannot_listen(where, "this middleman has no real I/O loop");
  }
  auto doorman = caf::make_counted<direct_doorman>(*loop, socket);
  auto handle = doorman->hdl();
  auto address = text_of(where.host, port_of(socket));
  self.add_doorman(std::move(doorman));
  return std::make_pair(handle, std::move(address));
}

std::size_t unsent(caf::io::abstract_broker& self, caf::io::connection_handle connection) {
  const auto* scribe = scribe_access::find(self, connection);
  return scribe != nullptr ? scribe->unsent() : 0;
}

void shut_down_writing(caf::io::connection_handle connection) {
  ::shutdown(static_cast<int>(connection.id()), SHUT_WR);
}

void drop(caf::io::abstract_broker& self, caf::io::connection_handle connection) {
  if (!self.valid(connection))
    return;
  // Unsent bytes keep a scribe in the loop until they are written or cannot be: see to the latter.
  ::shutdown(static_cast<int>(connection.id()), SHUT_RDWR);
  self.halt(connection);
  self.erase(connection);
}

} // namespace keywheel::detail
