#pragma once

#include <arpa/inet.h>
#include <cstdint>
#include <netinet/in.h>
#include <stdexcept>
#include <sys/socket.h>
#include <unistd.h>

/// A listening socket on a free loopback port.
class listening_socket {
public:
  listening_socket() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    ::sockaddr_in where{};
    where.sin_family = AF_INET;
    where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ::socklen_t size = sizeof where;
    auto* generic = reinterpret_cast<::sockaddr*>(&where);
    if (::bind(socket_, generic, size) != 0 || ::listen(socket_, 8) != 0
        || ::getsockname(socket_, generic, &size) != 0)
      throw std::runtime_error("cannot listen on loopback");
    port_ = ntohs(where.sin_port);
  }
  ~listening_socket() { ::close(socket_); }
  listening_socket(const listening_socket&) = delete;
  listening_socket& operator=(const listening_socket&) = delete;

  int descriptor() const { return socket_; }
  std::uint16_t port() const { return port_; }

private:
  int socket_;
  std::uint16_t port_ = 0;
};
