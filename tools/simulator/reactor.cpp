#include "tools/simulator/reactor.hpp"

#include "tools/simulator/listener.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <system_error>
#include <unistd.h>

namespace keywheel::simulator {
namespace {

int checked(int fd, const char* what) {
  if (fd < 0)
    throw std::system_error(errno, std::system_category(), what);
  return fd;
}

/// In place of a connection's: the incident's.
constexpr std::size_t no_slot = SIZE_MAX;

int open_spare() {
  return ::open("/dev/null", O_RDONLY | O_CLOEXEC);
}

} // namespace

descriptor::~descriptor() {
  if (fd_ >= 0)
    ::close(fd_);
}

reactor::reactor(options what)
    : provider_(std::move(what), std::chrono::steady_clock::now()),
      listener_(listen_on(settings().host, settings().port)),
      epoll_(checked(::epoll_create1(EPOLL_CLOEXEC), "epoll_create1")),
      timer_(
          checked(::timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC), "timerfd_create")),
      stopper_(checked(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC), "eventfd")),
      spare_(checked(open_spare(), "/dev/null")),
      port_(bound_port(listener_.get())) {
  watch(listener_.get(), EPOLLIN, &listener_);
  watch(timer_.get(), EPOLLIN, &timer_);
  watch(stopper_.get(), EPOLLIN, &stopper_);
  wall_.update();
  expect_incident();
}

reactor::~reactor() = default;

void reactor::watch(int fd, std::uint32_t events, void* who) {
  epoll_event event{};
  event.events = events;
  event.data.ptr = who;
  checked(::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event), "epoll_ctl");
}

void reactor::run() {
  std::array<epoll_event, 256> events;
  for (;;) {
    auto count = ::epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), -1);
    if (count < 0 && errno != EINTR)
      throw std::system_error(errno, std::system_category(), "epoll_wait");
    wall_.update();
    advance_incident();
    for (int i = 0; i < count; ++i) {
      auto& event = events[static_cast<std::size_t>(i)];
      if (event.data.ptr == &stopper_) {
        connections_.clear();
        return;
      }
      if (event.data.ptr == &listener_)
        accept_all();
      else if (event.data.ptr == &timer_)
        fire_timers();
      else if (auto who = static_cast<connection*>(event.data.ptr); !who->closed())
        who->on_event(event.events);
      if (close_all_)
        drop_all();
    }
    sweep();
  }
}

void reactor::stop() noexcept {
  std::uint64_t one = 1;
  auto written = ::write(stopper_.get(), &one, sizeof one);
  static_cast<void>(written); // a full counter is just as readable
}

// -- connections ------------------------------------------------------------------------------

void reactor::accept_all() {
  for (;;) {
    int fd = ::accept4(listener_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) {
      if (errno == EINTR || errno == ECONNABORTED || (errno == EMFILE && out_of_descriptors()))
        continue;
      return;
    }
    int on = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (free_slots_.empty()) {
      free_slots_.push_back(connections_.size());
      connections_.emplace_back();
    }
    auto slot = free_slots_.back();
    free_slots_.pop_back();
    connections_[slot] = std::make_unique<connection>(*this, provider_, fd);
    connections_[slot]->slot = slot;
    watch(fd, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, connections_[slot].get());
  }
}

/// Turns one client away, which would otherwise wake us for ever. Returns whether that worked.
bool reactor::out_of_descriptors() {
  spare_ = descriptor{};
  descriptor unlucky{::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC)};
  bool result = unlucky.get() >= 0;
  unlucky = descriptor{};
  spare_ = descriptor{open_spare()};
  return result;
}

void reactor::retire(connection& who) {
  who.timer = 0;
  retired_.push_back(who.slot);
}

void reactor::drop_all() {
  close_all_ = false;
  for (auto& who : connections_)
    if (who && !who->closed())
      who->cut();
}

/// What the incident's script has for this moment comes before the requests of the same moment.
void reactor::advance_incident() {
  auto due = provider_.script().due();
  if (!due || *due > now())
    return;
  if (provider_.advance(now()))
    drop_all();
  expect_incident();
}

void reactor::sweep() {
  for (auto slot : retired_) {
    connections_[slot].reset();
    free_slots_.push_back(slot);
  }
  retired_.clear();
}

// -- timers -----------------------------------------------------------------------------------

void reactor::arm(connection& who, time_point at) {
  who.timer = ++marks_;
  deadlines_.push_back({at, who.slot, who.timer});
  std::push_heap(deadlines_.begin(), deadlines_.end(), later);
  set_timer();
}

/// A deadline without a connection only wakes the loop.
void reactor::expect_incident() {
  auto due = provider_.script().due();
  if (due && *due != expected_) {
    expected_ = *due;
    deadlines_.push_back({*due, no_slot, 0});
    std::push_heap(deadlines_.begin(), deadlines_.end(), later);
    set_timer();
  }
}

/// Programs the timerfd for the earliest deadline, if it is not already.
void reactor::set_timer() {
  if (deadlines_.empty() || deadlines_.front().at >= armed_)
    return;
  armed_ = deadlines_.front().at;
  // steady_clock is CLOCK_MONOTONIC. Zero would switch the timer off.
  auto ns = std::max<std::int64_t>(1, armed_.time_since_epoch() / std::chrono::nanoseconds{1});
  itimerspec spec{};
  spec.it_value.tv_sec = ns / 1'000'000'000;
  spec.it_value.tv_nsec = ns % 1'000'000'000;
  checked(::timerfd_settime(timer_.get(), TFD_TIMER_ABSTIME, &spec, nullptr), "timerfd_settime");
}

void reactor::fire_timers() {
  std::uint64_t expirations = 0;
  auto count = ::read(timer_.get(), &expirations, sizeof expirations);
  static_cast<void>(count); // nothing to read only means nothing is due
  // While deadlines are handled here, arm need not program the timer.
  armed_ = time_point::min();
  auto now = this->now();
  while (!deadlines_.empty() && deadlines_.front().at <= now) {
    auto [at, slot, mark] = deadlines_.front();
    std::pop_heap(deadlines_.begin(), deadlines_.end(), later);
    deadlines_.pop_back();
    if (slot == no_slot)
      continue;
    auto& who = connections_[slot];
    if (!who || who->closed() || who->timer != mark)
      continue;
    who->timer = 0;
    who->on_timer();
  }
  armed_ = time_point::max();
  set_timer();
}

} // namespace keywheel::simulator
