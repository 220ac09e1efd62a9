#include "http/server_connection.hpp"

#include "http/input_buffer.hpp"
#include "http/request_parser.hpp"
#include "http/response_writer.hpp"

namespace keywheel::http {

namespace {

// Pipelined input that is kept while an answer is outstanding.
constexpr std::size_t max_waiting_input = std::size_t{64} * 1024;

} // namespace

// Requests and answers of one connection:
//
//        bytes          head complete        request whole         answer finished
//   idle ─────▶ in_head ────────────▶ in_body ───────────▶ waiting ──────────────▶ idle
//                                                                └─(last)─▶ lingering ─▶ closed
//
// Every call into the owner is made by advance(), or by expire(), from a place where no parser is
// on the stack. What the owner calls from inside only changes the state; the loop in advance()
// goes on from there, so that a chain of answered requests needs no recursion.
class server_connection::impl {
public:
  impl(const server_limits& limits, request_handler& owner, time_point now, wall_time (*wall)())
      : limits_(limits),
        owner_(owner),
        wall_(wall),
        parser_(limits.max_header, limits.max_body),
        deadline_(now + limits.idle_timeout),
        now_(now) {}

  void feed(std::string_view bytes, time_point now) {
    now_ = now;
    if (discards())
      return;
    input_.add(bytes);
    advance();
    input_.settle();
  }

  bool wants_input() const noexcept {
    if (phase_ == phase::closed)
      return false;
    return phase_ != phase::waiting || discards() || input_.rest().size() < max_waiting_input;
  }

  void expire(time_point now) {
    now_ = now;
    const auto due = next_timeout();
    if (!due || now < *due)
      return;
    if (phase_ == phase::in_head)
      refuse({408, "the header section did not arrive in time"});
    else if (phase_ == phase::in_body)
      refuse({408, "the request body did not arrive in time"});
    else if (phase_ == phase::lingering && !output_.empty())
      deadline_ = now + limits_.linger; // lingering counts from when the answer is on its way
    else
      phase_ = phase::closed;
  }

  std::optional<time_point> next_timeout() const noexcept {
    if (phase_ == phase::waiting || phase_ == phase::closed)
      return std::nullopt;
    return deadline_;
  }

  void begin(const response_head& head, std::optional<std::size_t> length, time_point now) {
    if (!busy_ || begun_)
      return;
    now_ = now;
    begun_ = true;
    if (phase_ == phase::in_body)
      skip_body();
    asked_.keep_alive = asked_.keep_alive && !draining_;
    asked_.keep_alive = writer_.begin(output_, head, length, asked_, wall_());
    if (!asked_.keep_alive)
      input_.drop();
  }

  void write(std::string_view piece) {
    if (begun_)
      writer_.write(output_, piece);
  }

  void finish(time_point now, bool broken) {
    if (!begun_)
      return;
    now_ = now;
    busy_ = begun_ = false;
    if (!writer_.finish(output_, broken) || !asked_.keep_alive || draining_)
      return linger();
    parser_.reset();
    phase_ = phase::idle;
    deadline_ = now + limits_.idle_timeout;
    advance();
  }

  std::string& output() noexcept { return output_; }

  state current() const noexcept {
    if (phase_ == phase::closed)
      return state::closed;
    return phase_ == phase::lingering ? state::closing : state::open;
  }

  bool busy() const noexcept { return busy_; }

  void stop_keeping_alive() {
    draining_ = true;
    if (phase_ != phase::idle)
      return;
    if (output_.empty())
      phase_ = phase::closed;
    else
      linger();
  }

private:
  enum class phase { idle, in_head, in_body, waiting, lingering, closed };

  /// True once nothing that arrives can matter any more.
  bool discards() const noexcept {
    return phase_ == phase::lingering || phase_ == phase::closed
           || (phase_ == phase::waiting && (!asked_.keep_alive || draining_));
  }

  void advance() {
    if (advancing_)
      return;
    advancing_ = true;
    while (step()) {
      // nop
    }
    advancing_ = false;
  }

  /// Does the next thing that the input allows; false if there is none.
  bool step() {
    switch (phase_) {
    case phase::idle:
      return step_idle();
    case phase::in_head:
      return step_head();
    case phase::in_body:
      return step_body();
    default:
      if (discards())
        input_.drop();
      return false;
    }
  }

  bool step_idle() {
    // RFC 9112 §2.2: empty lines before a request line are skipped.
    while (input_.rest().starts_with("\r\n"))
      input_.consume(2);
    if (input_.rest().empty() || input_.rest() == "\r")
      return false;
    phase_ = phase::in_head;
    asked_ = {};
    deadline_ = now_ + limits_.header_timeout;
    return true;
  }

  bool step_head() {
    const auto event = parse();
    if (event == request_parser::event::need_more)
      return false;
    auto& head = parser_.head();
    asked_ = {head.method == "HEAD", head.version, head.keep_alive};
    if (event == request_parser::event::bad) {
      refuse(parser_.problem());
      return true;
    }
    phase_ = phase::in_body;
    deadline_ = now_ + limits_.body_timeout;
    busy_ = true;
    const bool invited = parser_.awaits_continue();
    owner_.on_head(std::move(head), parser_.declared());
    // RFC 9110 §10.1.1: not where the body is on its way already or where the answer has begun.
    if (invited && phase_ == phase::in_body && input_.rest().empty())
      output_ += "HTTP/1.1 100 Continue\r\n\r\n";
    return true;
  }

  bool step_body() {
    switch (parse()) {
    case request_parser::event::body:
      deadline_ = now_ + limits_.body_timeout;
      owner_.on_body(parser_.piece());
      return true;
    case request_parser::event::end:
      phase_ = phase::waiting;
      owner_.on_request();
      return true;
    case request_parser::event::bad:
      refuse(parser_.problem());
      return true;
    default:
      return false;
    }
  }

  /// The answer begins before the request is whole: if the rest of the request is in hand it is
  /// skipped, else this request is the last.
  void skip_body() {
    auto event = request_parser::event::body;
    while (event == request_parser::event::body)
      event = parse();
    if (event != request_parser::event::end)
      asked_.keep_alive = false;
    phase_ = phase::waiting;
  }

  request_parser::event parse() {
    std::size_t used = 0;
    const auto result = parser_.next(input_.rest(), used);
    input_.consume(used);
    return result;
  }

  void refuse(const refusal& why) {
    phase_ = phase::waiting;
    asked_.keep_alive = false;
    busy_ = true;
    input_.drop();
    owner_.on_bad_request(why.status, why.message);
  }

  void linger() {
    phase_ = phase::lingering;
    deadline_ = now_ + limits_.linger;
    input_.drop();
  }

  const server_limits limits_;
  request_handler& owner_;
  wall_time (*wall_)();
  request_parser parser_;
  response_writer writer_;
  input_buffer input_;
  std::string output_;
  asked_by asked_; // by the current request
  phase phase_ = phase::idle;
  time_point deadline_; // of the phase, where it has one
  time_point now_;
  bool busy_ = false;
  bool begun_ = false; // the answer
  bool draining_ = false;
  bool advancing_ = false;
};

server_connection::server_connection(const server_limits& limits, request_handler& owner,
                                     time_point now, wall_time (*wall)())
    : impl_(std::make_unique<impl>(limits, owner, now, wall)) {
  // nop
}

server_connection::~server_connection() = default;

void server_connection::feed(std::string_view bytes, time_point now) {
  impl_->feed(bytes, now);
}

bool server_connection::wants_input() const noexcept {
  return impl_->wants_input();
}

void server_connection::expire(time_point now) {
  impl_->expire(now);
}

std::optional<time_point> server_connection::next_timeout() const noexcept {
  return impl_->next_timeout();
}

void server_connection::begin(const response_head& head, std::optional<std::size_t> length,
                              time_point now) {
  impl_->begin(head, length, now);
}

void server_connection::write(std::string_view piece) {
  impl_->write(piece);
}

void server_connection::finish(time_point now, bool broken) {
  impl_->finish(now, broken);
}

void server_connection::answer(const response& whole, time_point now) {
  begin(whole.head, whole.body.size(), now);
  write(whole.body);
  finish(now);
}

std::string& server_connection::output() noexcept {
  return impl_->output();
}

server_connection::state server_connection::current() const noexcept {
  return impl_->current();
}

bool server_connection::busy() const noexcept {
  return impl_->busy();
}

void server_connection::stop_keeping_alive() {
  impl_->stop_keeping_alive();
}

} // namespace keywheel::http
