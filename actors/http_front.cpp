#include "actors/http_front.hpp"

#include "actors/detail/guard.hpp"
#include "actors/detail/sockets.hpp"
#include "front/answer.hpp"

#include <spdlog/spdlog.h>

namespace keywheel {

namespace {

/// The upstream is told of written bytes in steps of this size.
constexpr std::uint64_t written_step = 64 * 1024;

constexpr std::chrono::seconds tick_interval{1};

/// Of the head that comments need, whatever comes after them.
constexpr unsigned http_ok = 200;

/// Bytes of an answer that is no stream which are looked at for an error event.
constexpr std::size_t most_plain = 64 * 1024;

dialect::refusal_code code_of(unsigned status) {
  using dialect::refusal_code;
  switch (status) {
  case 408:
    return refusal_code::request_timeout;
  case 413:
    return refusal_code::body_too_large;
  case 414:
  case 431:
    return refusal_code::headers_too_large;
  case 501:
    return refusal_code::not_implemented;
  default:
    return refusal_code::bad_request;
  }
}

} // namespace

// -- client_session --------------------------------------------------------------------------

client_session::client_session(http_front_state& owner, caf::io::connection_handle connection,
                               const http::server_limits& limits)
    : session(connection, limits, owner.now()),
      owner_(owner),
      address_(owner.self->remote_addr(connection)),
      origin_(front::origin_of(address_)),
      counts_(owner.desk->current().counts) {
  counts_->connection_opened();
}

client_session::~client_session() {
  counts_->connection_closed();
}

void client_session::on_head(http::request_head&& head, std::optional<std::size_t> declared) {
  start_afresh();
  auto answer = intake_->begin(std::move(head), declared, origin_, owner_.desk->fresh_request_id());
  if (answer)
    answer_now(*answer);
}

void client_session::start_afresh() {
  account_.begin(owner_.now());
  open_ = true;
  begun_ = commented_ = false;
  style_ = dialect::event_style::none;
  plain_.reset();
  passed_on_ = reported_ = 0;
  intake_.emplace(owner_.desk->current().config);
}

void client_session::on_body(std::string_view piece) {
  intake_->feed(piece);
}

void client_session::on_request() {
  auto what = intake_->finish();
  if (auto* answer = std::get_if<http::response>(&what))
    return answer_now(*answer);
  auto& order = std::get<front::order>(what);
  log_prompt(order);
  call_ = owner_.desk->next_id();
  owner_.calls.emplace(*call_, handle);
  await_stream(order);
  auto model = order.model;
  account_.set_out(std::move(model),
                   owner_.desk->send(*call_, std::move(order), {intake_->client(), address_},
                                     account_.arrived()),
                   owner_.now());
}

void client_session::await_stream(const front::order& what) {
  const auto interval = owner_.desk->current().config->server.stream_keepalive;
  if (interval <= interval.zero())
    return;
  style_ = dialect::event_style_of(what.route, what.facts);
  if (waits_for_stream())
    owner_.self->delayed_send(owner_.self, interval, tick_atom_v, *call_);
}

void client_session::on_bad_request(unsigned status, std::string_view message) {
  if (!open_)
    start_afresh(); // not even its head could be read
  answer_now(intake_->refuse({code_of(status), std::string{message}, {}, false}));
}

void client_session::on_lost() {
  if (!call_)
    return;
  owner_.desk->cancel(*call_);
  end(observe::call_outcome::left);
}

void client_session::on_progress() {
  report_written();
}

void client_session::answer(answer_part& part) {
  const auto now = owner_.now();
  if (part.head)
    take_head(*part.head);
  passed_on_ += part.bytes.size();
  if (plain_) {
    collect(part);
  } else {
    http.write(part.bytes);
  }
  if (open_ && part.ends != answer_part::end::no) {
    const auto broken = part.ends == answer_part::end::broken;
    account_.used(part.used);
    end(broken ? observe::call_outcome::broken : observe::call_outcome::answered);
    http.finish(now, broken);
  }
  // A connection that the pump closes is gone after it.
  const auto mine = handle;
  auto& table = *owner_.sessions;
  table.pump(*this);
  if (table.find(mine) == this)
    report_written();
}

void client_session::take_head(answer_head& what) {
  const auto now = owner_.now();
  if (std::exchange(commented_, false)) {
    account_.answered_by(what.key, what.attempts, http_ok, intake_->request_id(), now);
    if (!dialect::continues_stream(what.head))
      plain_ = http::response{std::move(what.head), {}};
    return;
  }
  auto id = front::mark(what.head, what.key, what.attempts, intake_->request_id());
  front::bring_home(what.head, intake_->home());
  account_.answered_by(what.key, what.attempts, what.head.status, std::move(id), now);
  http.begin(what.head, what.length, now);
  begun_ = true;
}

/// Takes the next part of an answer that cannot go on as the stream that has begun.
void client_session::collect(const answer_part& part) {
  const auto room = most_plain - std::min(most_plain, plain_->body.size());
  plain_->body.append(part.bytes, 0, room);
  if (part.ends != answer_part::end::no)
    answer_with_event(*plain_);
}

/// Ends a stream that has had nothing but comments.
void client_session::answer_with_event(const http::response& what) {
  const auto event = dialect::error_event(style_, what);
  http.write(event);
  passed_on_ += event.size();
  end(observe::call_outcome::refused);
  http.finish(owner_.now());
}

bool client_session::waits_for_stream() const noexcept {
  return call_ && style_ != dialect::event_style::none && (!begun_ || commented_);
}

void client_session::keep_alive() {
  if (!begun_) {
    auto head = dialect::event_stream_head();
    head.headers.add("x-request-id", intake_->request_id());
    account_.answered(head.status);
    http.begin(head, std::nullopt, owner_.now());
    begun_ = commented_ = true;
  }
  if (unsent > 0)
    return;
  http.write(dialect::keep_alive_comment());
  owner_.sessions->pump(*this);
}

void client_session::refuse(const dialect::refusal& what) {
  if (commented_) {
    answer_with_event(intake_->refuse(what));
  } else if (begun_) {
    // Too late for another answer: all that is left is to let the client see that this one broke.
    end(observe::call_outcome::broken);
    http.finish(owner_.now(), true);
  } else {
    auto answer = intake_->refuse(what);
    front::mark_refusal(answer.head, account_.attempts());
    answer_now(answer);
  }
  owner_.sessions->pump(*this);
}

void client_session::answer_now(const http::response& whole) {
  account_.answered(whole.head.status);
  passed_on_ = whole.body.size();
  end(whole.head.status < 400 ? observe::call_outcome::answered : observe::call_outcome::refused);
  http.answer(whole, owner_.now());
}

void client_session::end(observe::call_outcome how) {
  open_ = false;
  if (call_) {
    owner_.calls.erase(*call_);
    owner_.desk->forget(*call_);
    call_.reset();
  }
  auto& record = account_.end(how, owner_.now(), *counts_);
  if (owner_.log->should_log(spdlog::level::info))
    log(record);
}

void client_session::log(observe::call_record& what) const {
  if (what.request_id.empty())
    what.request_id = intake_->request_id();
  what.client = client_name();
  what.method = intake_->method();
  what.path = intake_->path();
  what.trace_id = intake_->trace_id();
  what.bytes = passed_on_;
  observe::log_call(*owner_.log, what, owner_.desk->current().json_log);
}

/// Only where a person has asked for it, twice: prompts are nobody else's business.
void client_session::log_prompt(const front::order& of) const {
  const auto& with = owner_.desk->current();
  if (!with.config->log.prompts || !owner_.log->should_log(spdlog::level::debug))
    return;
  // What lies in one piece is more than the log takes of a body.
  std::vector<std::string_view> pieces;
  of.body->pieces(0, http::body::block_size, pieces);
  const auto begin = pieces.empty() ? std::string_view{} : pieces.front();
  observe::log_prompt(*owner_.log, intake_->request_id(), begin, with.json_log);
}

/// Who calls: as the configuration names it, or by its address.
std::string client_session::client_name() const {
  return intake_->client().empty() ? address_ : std::string{intake_->client()};
}

void client_session::report_written() {
  if (!call_)
    return;
  // Framing makes `unsent` a little more than what of the answer is unsent; that errs on the safe
  // side.
  const auto written = passed_on_ - std::min<std::uint64_t>(passed_on_, unsent);
  if (written < reported_ + written_step)
    return;
  owner_.desk->written(*call_, written - reported_);
  reported_ = written;
}

// -- http_front_state ------------------------------------------------------------------------

http_front_actor::behavior_type
http_front_state::make_behavior(std::uint16_t number, routing_ptr first, gateway_actor supervisor,
                                upstream_actor performs, observe::logger_ptr logger) {
  log = std::move(logger);
  desk.emplace(number, front_actor{self}, std::move(supervisor), std::move(performs),
               std::move(first));
  sessions.emplace(*self, most_connections, [this](caf::io::connection_handle connection) {
    return std::make_unique<client_session>(*this, connection, limits());
  });
  detail::die_with_reason(self);
  return {
      // -- answers -----------------------------------------------------------------------------
      [this](answer_atom, call_id call, answer_part& part) {
        if (auto* session = session_of(call))
          session->answer(part);
        end_drain_if_done();
      },
      [this](refuse_atom, call_id call, const dialect::refusal& what) {
        if (auto* session = session_of(call))
          session->refuse(what);
        end_drain_if_done();
      },
      // -- the gateway -------------------------------------------------------------------------
      [this](listen_atom) { return listen(); },
      [this](setup_atom, routing_ptr& next) { desk->follow(std::move(next)); },
      [this](setup_atom, const upstream_actor& next) { desk->follow(next); },
      [this](drain_atom, std::chrono::milliseconds most) { return drain(most); },
      [this](tick_atom, call_id call) { keep_alive(call); },
      [this](tick_atom) { tick(); },
      // -- sockets -----------------------------------------------------------------------------
      [this](const caf::io::new_connection_msg& what) {
        sessions->accept(what.handle);
        arm_tick();
      },
      [this](const caf::io::new_data_msg& what) { sessions->receive(what, now()); },
      [this](const caf::io::data_transferred_msg& what) {
        sessions->progress(what);
        end_drain_if_done();
      },
      [this](const caf::io::connection_closed_msg& what) {
        sessions->lose(what.handle);
        end_drain_if_done();
      },
      [](const caf::io::acceptor_closed_msg&) {
        // nop
      },
  };
}

caf::result<std::string> http_front_state::listen() {
  const auto& server = desk->current().config->server;
  auto result = detail::listen(*self, server.listen, server.shards > 1);
  if (!result)
    return std::move(result.error());
  listener = result->first;
  return std::move(result->second);
}

caf::result<void> http_front_state::drain(std::chrono::milliseconds most) {
  drained = self->make_response_promise();
  if (listener)
    self->close(*listener);
  sessions->stop_keeping_alive();
  drain_until = now() + most;
  arm_tick();
  end_drain_if_done();
  return drained;
}

void http_front_state::tick() {
  ticking = false;
  sessions->expire(now());
  arm_tick();
  end_drain_if_done();
}

void http_front_state::keep_alive(call_id call) {
  auto* session = session_of(call);
  const auto interval = desk->current().config->server.stream_keepalive;
  if (session == nullptr || !session->waits_for_stream() || interval <= interval.zero())
    return;
  self->delayed_send(self, interval, tick_atom_v, call);
  session->keep_alive();
}

http::server_limits http_front_state::limits() const {
  http::server_limits result;
  result.max_body = desk->current().config->server.max_body;
  return result;
}

client_session* http_front_state::session_of(call_id call) {
  const auto found = calls.find(call);
  return found == calls.end() ? nullptr
                              : static_cast<client_session*>(sessions->find(found->second));
}

void http_front_state::arm_tick() {
  if (sessions->size() == 0 || std::exchange(ticking, true))
    return;
  self->delayed_send(self, tick_interval, tick_atom_v);
}

void http_front_state::end_drain_if_done() {
  if (drained.pending() && (sessions->quiet() || now() >= drain_until))
    drained.deliver(caf::unit);
}

http_front_actor::behavior_type http_front(http_front_pointer self, std::uint16_t number,
                                           routing_ptr routing, gateway_actor gateway,
                                           upstream_actor upstream, observe::logger_ptr log) {
  return self->state.make_behavior(number, std::move(routing), std::move(gateway),
                                   std::move(upstream), std::move(log));
}

} // namespace keywheel
