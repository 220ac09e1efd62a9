#include "tests/transport/loopback_server.hpp"

#include <array>
#include <cerrno>
#include <charconv>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdexcept>
#include <sys/socket.h>
#include <unistd.h>

namespace keywheel::transport::test {

namespace {

std::size_t content_length(std::string_view head) {
  const auto at = head.find("Content-Length: ");
  if (at == std::string_view::npos)
    return 0;
  std::size_t result = 0;
  std::from_chars(head.data() + at + 16, head.data() + head.size(), result);
  return result;
}

} // namespace

loopback_server::loopback_server(int backlog) {
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* raw = reinterpret_cast<sockaddr*>(&address);
  if (listener_ < 0 || ::bind(listener_, raw, size) != 0 || ::listen(listener_, backlog) != 0
      || ::getsockname(listener_, raw, &size) != 0)
    throw std::runtime_error("no port on 127.0.0.1");
  port_ = ntohs(address.sin_port);
}

loopback_server::~loopback_server() {
  for (auto& each : peers)
    if (each->fd >= 0)
      ::close(each->fd);
  ::close(listener_);
}

std::string loopback_server::url(std::string_view path, std::string_view scheme) const {
  return std::string{scheme} + "://" + host() + std::string{path};
}

void loopback_server::receive_little() {
  const int few = 4096;
  ::setsockopt(listener_, SOL_SOCKET, SO_RCVBUF, &few, sizeof few);
}

void loopback_server::send(peer& to, std::string_view bytes) {
  to.out.append(bytes);
  write_to(to);
}

void loopback_server::close(peer& which) {
  which.close_when_sent = true;
  write_to(which);
}

void loopback_server::reset(peer& which) {
  const linger hard{1, 0};
  ::setsockopt(which.fd, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
  drop(which);
}

std::string loopback_server::answer(std::string_view body, unsigned status) {
  return "HTTP/1.1 " + std::to_string(status) + " Whatever\r\nContent-Length: "
         + std::to_string(body.size()) + "\r\n\r\n" + std::string{body};
}

void loopback_server::add_to(std::vector<pollfd>& wishes) const {
  wishes.push_back({listener_, POLLIN, 0});
  for (const auto& each : peers) {
    if (each->gone)
      continue;
    const auto events = (each->reading ? POLLIN : 0) | (each->out.empty() ? 0 : POLLOUT);
    wishes.push_back({each->fd, static_cast<short>(events), 0});
  }
}

void loopback_server::act() {
  accept_all();
  for (std::size_t i = 0; i < peers.size(); ++i) {
    auto& each = *peers[i];
    if (!each.gone && !each.out.empty())
      write_to(each);
    if (!each.gone && each.reading)
      read_from(each);
  }
}

void loopback_server::accept_all() {
  for (;;) {
    const auto fd = ::accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0)
      return;
    const int on = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    auto& fresh = *peers.emplace_back(std::make_unique<peer>());
    fresh.fd = fd;
    fresh.number = peers.size() - 1;
    if (on_accept)
      on_accept(fresh);
  }
}

void loopback_server::read_from(peer& from) {
  std::array<char, 65536> buffer;
  for (int laps = 0; laps < 16 && !from.gone && from.reading; ++laps) {
    const auto got = ::recv(from.fd, buffer.data(), buffer.size(), 0);
    if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
      return;
    if (got <= 0) {
      from.closed_by_client = true;
      return drop(from);
    }
    from.in.append(buffer.data(), static_cast<std::size_t>(got));
    while (!from.gone && take_request(from)) {
      // nop
    }
  }
}

void loopback_server::write_to(peer& to) {
  while (!to.out.empty()) {
    const auto sent = ::send(to.fd, to.out.data(), to.out.size(), MSG_NOSIGNAL);
    if (sent < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
      return;
    if (sent < 0) {
      to.closed_by_client = true;
      return drop(to);
    }
    to.out.erase(0, static_cast<std::size_t>(sent));
  }
  if (to.close_when_sent)
    drop(to);
}

bool loopback_server::take_request(peer& from) {
  const auto end = from.in.find("\r\n\r\n");
  if (end == std::string::npos)
    return false;
  const auto head_size = end + 4;
  const auto body_size = content_length(std::string_view{from.in}.substr(0, head_size));
  if (from.in.size() < head_size + body_size)
    return false;
  requests.push_back({from.in.substr(0, head_size), from.in.substr(head_size, body_size)});
  from.in.erase(0, head_size + body_size);
  ++from.requests;
  const auto seen = requests.back();
  if (on_request)
    on_request(from, seen);
  else
    send(from, answer(seen.body));
  return true;
}

void loopback_server::drop(peer& which) {
  if (which.fd >= 0)
    ::close(which.fd);
  which.fd = -1;
  which.gone = true;
  which.out.clear();
}

} // namespace keywheel::transport::test
