#include "tools/simulator/connection.hpp"
#include "tools/simulator/reactor.hpp"
#include "tools/simulator/response_head.hpp"

#include <algorithm>
#include <cerrno>
#include <sys/socket.h>

/// How a connection sends an answer, or fails to.
namespace keywheel::simulator {
namespace {

// A stream is produced as the client takes it: no more than this is waiting at any time.
constexpr std::size_t high_water = 65'536;

// Memory that an idle connection may keep.
constexpr std::size_t kept_output = 65'536;

constexpr std::string_view no_http = "\x16\x03\x01\x02 this is no HTTP\r\n\r\n";

// How long a client may take to close after an answer that says `connection: close`.
constexpr std::chrono::seconds linger_time{1};

void append_chunk(std::string& out, std::string_view data) {
  char size[16];
  auto [end, error] = std::to_chars(size, size + sizeof size, data.size(), 16);
  static_cast<void>(error); // 16 digits hold every size
  out.append(size, end);
  out += "\r\n";
  out += data;
  out += "\r\n";
}

} // namespace

void connection::act() {
  if (reply_.delay.count() <= 0)
    return perform();
  phase_ = phase::waiting;
  reactor_.arm(*this, reactor_.now() + reply_.delay);
}

void connection::get_stuck() {
  provider_.hold(exchange_);
  phase_ = phase::stuck;
  if (peer_closed_) // of which there would be no further event
    client_left();
}

void connection::perform() {
  auto kind = broken() == nullptr ? fault_kind::latency : broken()->kind;
  switch (kind) {
  case fault_kind::close:
    return break_off();
  case fault_kind::reset: {
    ::linger at_once{1, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    return break_off();
  }
  case fault_kind::never_answer:
    return get_stuck();
  case fault_kind::garbage:
    out_ += broken()->body.empty() ? no_http : std::string_view{broken()->body};
    cut_ = true;
    return send_rest();
  default:
    send_whole();
  }
}

void connection::send_whole() {
  keep_alive_ = keep_alive_ && (chunked_ || !reply_.stream);
  append_head(out_, reply_, exchange_,
              {reactor_.wall().date(), reactor_.now() - exchange_.arrived, keep_alive_, chunked_});
  bool slow = broken() != nullptr && broken()->kind == fault_kind::slow;
  if (reply_.stream && !slow) {
    phase_ = phase::streaming;
    due_ = reactor_.now();
    return produce();
  }
  if (reply_.stream) {
    while (produce_event())
      continue;
    end_stream();
  } else if (!head_only_ && reply_.status != 204 && reply_.status != 304) {
    cut_body();
    out_ += reply_.body;
  }
  if (!slow)
    return send_rest();
  phase_ = phase::trickling;
  due_ = reactor_.now();
  trickle();
}

/// Shortens a plain body if a fault says so.
void connection::cut_body() {
  auto kind = broken() == nullptr ? fault_kind::latency : broken()->kind;
  silent_ = kind == fault_kind::stream_silence;
  cut_ = kind == fault_kind::close_in_body || kind == fault_kind::cut_stream;
  if (!silent_ && !cut_)
    return;
  auto half = reply_.body.size() / 2;
  auto count = kind == fault_kind::close_in_body ? broken()->after.value_or(half) : half;
  reply_.body.resize(std::min(count, reply_.body.size()));
}

// -- streams ----------------------------------------------------------------------------------

bool connection::produce_event() {
  event_.clear();
  if (!reply_.stream->next(event_))
    return false;
  if (chunked_)
    append_chunk(out_, event_);
  else
    out_ += event_;
  return true;
}

void connection::end_stream() {
  cut_ = reply_.stream->lost();
  silent_ = reply_.stream->silent();
  if (!cut_ && !silent_ && chunked_)
    out_ += "0\r\n\r\n";
  reply_.stream.reset();
}

void connection::produce() {
  auto interval = provider_.settings().event_interval;
  blocked_ = false;
  bool more = true;
  do {
    if (out_.size() - sent_ >= high_water && !flush(out_.size())) {
      blocked_ = true;
      return;
    }
    more = produce_event();
  } while (more && interval.count() == 0);
  if (!more) {
    end_stream();
    return send_rest();
  }
  if (!flush(out_.size())) {
    blocked_ = true;
    return;
  }
  // The rhythm does not drift, but a delay is not made up for either.
  due_ = std::max(due_ + interval, reactor_.now());
  reactor_.arm(*this, due_);
}

// -- bytes ------------------------------------------------------------------------------------

void connection::trickle() {
  auto end = std::min(out_.size(), sent_ + broken()->bytes);
  if (end == out_.size())
    return send_rest();
  flush(end);
  if (phase_ != phase::trickling)
    return;
  due_ = std::max(due_ + broken()->interval, reactor_.now());
  reactor_.arm(*this, due_);
}

void connection::send_rest() {
  phase_ = phase::sending;
  if (flush(out_.size()))
    finish();
}

/// Sends out_ up to `end`. Returns whether all of that is sent; the connection may be closed.
bool connection::flush(std::size_t end) {
  while (sent_ < end) {
    auto count = ::send(fd_, out_.data() + sent_, end - sent_, MSG_NOSIGNAL);
    if (count < 0 && errno == EINTR)
      continue;
    if (count < 0) {
      if (errno != EAGAIN)
        client_left();
      return false;
    }
    sent_ += static_cast<std::size_t>(count);
    provider_.traffic.bytes_sent += static_cast<std::uint64_t>(count);
  }
  if (sent_ == out_.size()) {
    sent_ = 0;
    if (out_.capacity() > kept_output)
      out_ = {};
    out_.clear();
  }
  return true;
}

void connection::finish() {
  if (cut_)
    return break_off();
  if (std::exchange(silent_, false))
    return get_stuck();
  provider_.finish(exchange_, provider::outcome::sent, reply_.status);
  if (reply_.close_all)
    reactor_.close_all();
  exchange_ = {};
  answered_ = early_;
  early_ = false;
  phase_ = phase::receiving;
  if (!keep_alive_)
    linger();
}

/// Closing while input is unread would reset the connection and could take the answer with it.
void connection::linger() {
  phase_ = phase::lingering;
  ::shutdown(fd_, SHUT_WR);
  reactor_.arm(*this, reactor_.now() + linger_time);
}

} // namespace keywheel::simulator
