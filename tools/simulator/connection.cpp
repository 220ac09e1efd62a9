#include "tools/simulator/connection.hpp"

#include "tools/simulator/control.hpp"
#include "tools/simulator/openai/errors.hpp"
#include "tools/simulator/reactor.hpp"
#include "tools/simulator/response_head.hpp"

#include <algorithm>
#include <cerrno>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace keywheel::simulator {
namespace {

// A request that fits is read with one call; a long body in large pieces.
constexpr std::size_t least_room = 2048;
constexpr std::size_t most_room = std::size_t{1} << 18;

// Memory that an idle connection may keep.
constexpr std::size_t kept_input = 16'384;

} // namespace

connection::connection(reactor& owner, provider& source, int fd)
    : reactor_(owner), provider_(source), fd_(fd), parser_(source.settings().max_body) {
  ++provider_.traffic.accepted;
  ++provider_.traffic.open;
}

connection::~connection() {
  if (!closed())
    ::close(fd_);
}

void connection::on_event(std::uint32_t events) {
  if ((events & EPOLLRDHUP) != 0)
    peer_closed_ = true;
  if ((events & (EPOLLERR | EPOLLHUP)) != 0)
    return client_left();
  if ((events & (EPOLLIN | EPOLLRDHUP)) != 0)
    readable_ = true;
  // A client that closes while its answer is under way does not want it any more.
  if (peer_closed_ && phase_ != phase::receiving && phase_ != phase::lingering)
    return client_left();
  if ((events & EPOLLOUT) != 0 && phase_ == phase::sending)
    send_rest();
  if ((events & EPOLLOUT) != 0 && phase_ == phase::streaming && blocked_)
    produce();
  pump();
}

void connection::on_timer() {
  switch (phase_) {
  case phase::waiting:
    perform();
    break;
  case phase::streaming:
    produce();
    break;
  case phase::trickling:
    trickle();
    break;
  case phase::lingering:
    return drop();
  default:
    break;
  }
  pump();
}

// -- receiving ------------------------------------------------------------------------------

void connection::pump() {
  while (phase_ == phase::receiving) {
    switch (parser_.advance(in_)) {
    case request_parser::status::more:
      if (!receive())
        return;
      break;
    case request_parser::status::head:
      on_head();
      break;
    case request_parser::status::complete:
      on_complete();
      break;
    case request_parser::status::error:
      refuse(parser_.error());
      break;
    }
  }
  if (phase_ == phase::lingering)
    discard();
}

/// Returns whether there is new input.
bool connection::receive() {
  while (readable_) {
    auto room = in_.prepare(std::clamp(parser_.missing(in_), least_room, most_room));
    auto count = ::recv(fd_, room.data(), room.size(), 0);
    if (count > 0) {
      auto size = static_cast<std::size_t>(count);
      in_.commit(size);
      provider_.traffic.bytes_received += size;
      // A short read has emptied the socket, so the next edge will be seen; an end of file
      // that has been announced is not announced again.
      readable_ = size == room.size() || peer_closed_;
      return true;
    }
    if (count < 0 && errno == EINTR)
      continue;
    readable_ = false;
    if (count == 0 || errno != EAGAIN)
      client_left();
  }
  return false;
}

request_view connection::view() {
  auto& head = parser_.head();
  auto base = in_.data();
  return {head, base, head.method_name.in(base), head.target.in(base)};
}

bool connection::body_outstanding() const {
  auto& head = parser_.head();
  return head.chunked || head.content_length > 0;
}

void connection::on_head() {
  auto& head = parser_.head();
  keep_alive_ = head.keep_alive;
  head_only_ = head.method == method::head;
  chunked_ = !head.http_1_0;
  exchange_ = provider_.begin(view(), reactor_.now());
  if (broken() != nullptr && broken()->kind == fault_kind::stop_reading) {
    provider_.record(exchange_, {in_.data(), head.size}, {});
    // The client shall notice before the kernel has taken megabytes for us.
    int size = 4096;
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
    return get_stuck();
  }
  if (broken() != nullptr && broken()->kind == fault_kind::status && broken()->early
      && body_outstanding()) {
    early_ = true;
    // Whether a body still follows the answer is up to a client that has asked first.
    keep_alive_ = keep_alive_ && !head.expect_continue;
    return answer();
  }
  if (head.expect_continue && body_outstanding() && in_.size() == head.size) {
    out_ += "HTTP/1.1 100 Continue\r\n\r\n";
    flush(out_.size());
  }
}

void connection::on_complete() {
  if (answered_) {
    answered_ = false;
    parser_.next(in_);
    in_.trim(kept_input);
    return;
  }
  answer();
}

void connection::answer() {
  auto request = view();
  auto body = in_.data() + request.head.size;
  auto size = early_ ? 0 : parser_.body_size();
  auto now = reactor_.now();
  if (exchange_.where == endpoint::control) {
    answer_control(provider_, request, {body, size}, now, reply_);
    reactor_.expect_incident();
  } else {
    provider_.record(exchange_, {in_.data(), request.head.size}, {body, size});
    provider_.answer(exchange_, request, body, size, now, reactor_.wall().seconds(), reply_);
  }
  if (!early_) {
    parser_.next(in_);
    in_.trim(kept_input);
  }
  act();
}

/// Answers what is not HTTP as it should be. There is no exchange for it.
void connection::refuse(int status) {
  if (answered_)
    return linger();
  if (exchange_.arrived != time_point{})
    provider_.finish(exchange_, provider::outcome::broken_off, status);
  exchange_ = {};
  exchange_.where = endpoint::control;
  reply_.clear();
  reply_.status = status;
  reply_.body = error_body(reason_phrase(status), "invalid_request_error", {}, {});
  keep_alive_ = head_only_ = false;
  act();
}

void connection::discard() {
  char bytes[4096];
  while (readable_) {
    auto count = ::recv(fd_, bytes, sizeof bytes, 0);
    if (count > 0 || (count < 0 && errno == EINTR))
      continue;
    if (count < 0 && errno == EAGAIN)
      readable_ = false;
    else
      return drop();
  }
}

// -- ending ---------------------------------------------------------------------------------

void connection::cut() {
  if (!closed())
    break_off();
}

/// The client is gone. In the middle of a request or an answer that is a loss.
void connection::client_left() {
  if (phase_ == phase::closed)
    return;
  bool idle = phase_ == phase::lingering
              || (phase_ == phase::receiving && exchange_.arrived == time_point{});
  if (!idle && !answered_)
    provider_.finish(exchange_, provider::outcome::client_left, 0);
  exchange_ = {};
  drop();
}

/// A fault ends the connection.
void connection::break_off() {
  if (exchange_.arrived != time_point{})
    provider_.finish(exchange_, provider::outcome::broken_off, 0);
  exchange_ = {};
  drop();
}

void connection::drop() {
  phase_ = phase::closed;
  --provider_.traffic.open;
  ::close(fd_);
  fd_ = -1;
  reactor_.retire(*this);
}

} // namespace keywheel::simulator
