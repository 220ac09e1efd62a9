#include "tools/simulator/listener.hpp"

#include <cerrno>
#include <memory>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <system_error>
#include <unistd.h>

namespace keywheel::simulator {
namespace {

class lookup_category : public std::error_category {
public:
  const char* name() const noexcept override { return "getaddrinfo"; }
  std::string message(int code) const override { return ::gai_strerror(code); }
};

[[noreturn]] void fail(std::error_code error, const std::string& address) {
  throw std::system_error(error, "cannot listen on " + address);
}

} // namespace

int listen_on(const std::string& host, std::uint16_t port) {
  static const lookup_category lookup;
  auto digits = std::to_string(port);
  auto address = (host.find(':') == std::string::npos ? host : "[" + host + "]") + ":" + digits;
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  if (auto code = ::getaddrinfo(host.c_str(), digits.c_str(), &hints, &found); code != 0)
    fail({code, lookup}, address);
  std::unique_ptr<addrinfo, void (*)(addrinfo*)> guard{found, ::freeaddrinfo};
  int fd = ::socket(found->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  int on = 1;
  if (fd < 0 || ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0
      || ::bind(fd, found->ai_addr, found->ai_addrlen) != 0 || ::listen(fd, 4096) != 0) {
    std::error_code error{errno, std::system_category()};
    if (fd >= 0)
      ::close(fd);
    fail(error, address);
  }
  return fd;
}

std::uint16_t bound_port(int fd) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
  return ntohs(address.ss_family == AF_INET6
                   ? reinterpret_cast<const sockaddr_in6*>(&address)->sin6_port
                   : reinterpret_cast<const sockaddr_in*>(&address)->sin_port);
}

} // namespace keywheel::simulator
