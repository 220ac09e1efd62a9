#include "transport/poller.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <cerrno>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <system_error>
#include <unistd.h>

namespace keywheel::transport {

namespace {

// Zero would switch the timer off.
duration until(time_point when, time_point now) noexcept {
  return when <= now ? duration{1} : when - now;
}

} // namespace

poller::poller() {
  epoll_ = ::epoll_create1(EPOLL_CLOEXEC);
  if (epoll_ < 0)
    throw std::system_error(errno, std::generic_category(), "epoll_create1");
  timer_ = ::timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
  auto wish = epoll_event{};
  wish.events = EPOLLIN;
  wish.data.fd = timer_;
  if (timer_ < 0 || ::epoll_ctl(epoll_, EPOLL_CTL_ADD, timer_, &wish) != 0) {
    const auto error = errno;
    if (timer_ >= 0)
      ::close(timer_);
    ::close(epoll_);
    throw std::system_error(error, std::generic_category(), "timerfd");
  }
}

poller::~poller() {
  ::close(timer_);
  ::close(epoll_);
}

int poller::open_socket(int family, int type, int protocol) {
  const auto socket = ::socket(family, type | SOCK_CLOEXEC | SOCK_NONBLOCK, protocol);
  if (socket >= 0) {
    at(socket) = entry{};
    at(socket).ours = true;
  }
  return socket;
}

int poller::close_socket(int socket) {
  auto& known = at(socket);
  // Explicitly, since a forked child may still hold the socket and so keep it in the set.
  if (known.registered != 0)
    apply(socket, known, 0);
  known = entry{};
  return ::close(socket);
}

bool poller::closed_unread(int socket) noexcept {
  tcp_info info{};
  socklen_t size = sizeof info;
  int queued = 0;
  // A FIN acknowledges all that came before it, a RST may not; so only CLOSE_WAIT tells for sure.
  return ::getsockopt(socket, IPPROTO_TCP, TCP_INFO, &info, &size) == 0
         && info.tcpi_state == TCP_CLOSE_WAIT && ::ioctl(socket, SIOCOUTQ, &queued) == 0
         && queued > 0;
}

void poller::want(int socket, int what, lane* owner) {
  auto& known = at(socket);
  known.owner = owner;
  known.wanted = 0;
  if (what == CURL_POLL_IN || what == CURL_POLL_INOUT)
    known.wanted |= EPOLLIN;
  if (what == CURL_POLL_OUT || what == CURL_POLL_INOUT)
    known.wanted |= EPOLLOUT;
  // An unwanted EPOLLIN costs nothing as long as nobody sends, so it may stay for the next request;
  // an unwanted EPOLLOUT would be told at once, and a socket of unknown fate may vanish unseen.
  if (known.wanted == 0 && known.ours && known.registered == EPOLLIN)
    return;
  if (known.wanted != known.registered)
    apply(socket, known, known.wanted);
}

void poller::forget(const lane* owner) {
  for (auto& known : sockets_)
    if (known.owner == owner)
      known.owner = nullptr;
}

std::size_t poller::poll(std::array<event, batch>& events) {
  std::array<epoll_event, batch> raw;
  const auto count = ::epoll_wait(epoll_, raw.data(), static_cast<int>(raw.size()), 0);
  std::size_t found = 0;
  for (int i = 0; i < count; ++i) {
    const auto socket = raw[static_cast<std::size_t>(i)].data.fd;
    const auto told = raw[static_cast<std::size_t>(i)].events;
    if (socket == timer_) {
      fired_ = true;
      continue;
    }
    auto& known = at(socket);
    int flags = 0;
    // Errors are left for curl to find by reading or writing: so it learns which.
    if ((known.wanted & EPOLLIN) != 0 && (told & ~static_cast<std::uint32_t>(EPOLLOUT)) != 0)
      flags |= CURL_CSELECT_IN;
    if ((known.wanted & EPOLLOUT) != 0 && (told & ~static_cast<std::uint32_t>(EPOLLIN)) != 0)
      flags |= CURL_CSELECT_OUT;
    if (flags != 0 && known.owner != nullptr)
      events[found++] = {known.owner, socket, flags};
    else
      apply(socket, known, known.owner == nullptr ? 0 : known.wanted);
  }
  return found;
}

void poller::alarm_at(time_point when, time_point now) {
  if (when >= armed_)
    return;
  armed_ = when;
  set_timer(until(when, now));
}

void poller::wake() {
  if (armed_ == time_point::min())
    return;
  armed_ = time_point::min();
  set_timer(duration{1});
}

void poller::rearm(time_point when, time_point now) {
  if (!fired_)
    return alarm_at(when, now);
  fired_ = false;
  armed_ = when;
  // Setting it also makes it unreadable.
  set_timer(when == time_point::max() ? duration{0} : until(when, now));
}

poller::entry& poller::at(int socket) {
  const auto index = static_cast<std::size_t>(socket);
  if (index >= sockets_.size())
    sockets_.resize(std::max<std::size_t>(index + 1, sockets_.size() * 2));
  return sockets_[index];
}

void poller::apply(int socket, entry& of, std::uint8_t mask) noexcept {
  auto wish = epoll_event{};
  wish.events = mask;
  wish.data.fd = socket;
  if (mask == 0)
    ::epoll_ctl(epoll_, EPOLL_CTL_DEL, socket, &wish);
  else if (::epoll_ctl(epoll_, of.registered == 0 ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, socket, &wish)
           != 0) {
    if (errno == EEXIST)
      ::epoll_ctl(epoll_, EPOLL_CTL_MOD, socket, &wish);
    else if (errno == ENOENT)
      ::epoll_ctl(epoll_, EPOLL_CTL_ADD, socket, &wish);
  }
  of.registered = mask;
}

void poller::set_timer(duration in) noexcept {
  using namespace std::chrono;
  const auto whole = duration_cast<seconds>(in);
  auto setting = itimerspec{};
  setting.it_value.tv_sec = whole.count();
  setting.it_value.tv_nsec = duration_cast<nanoseconds>(in - whole).count();
  ::timerfd_settime(timer_, 0, &setting, nullptr);
}

} // namespace keywheel::transport
