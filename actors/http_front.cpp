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
      origin_(front::origin_of(address_)) {
  // nop
}

void client_session::on_head(http::request_head&& head, std::optional<std::size_t> declared) {
  start_afresh();
  auto answer = intake_->begin(std::move(head), declared, origin_, owner_.desk->fresh_request_id());
  if (answer)
    answer_now(*answer);
}

void client_session::start_afresh() {
  arrived_ = owner_.now();
  open_ = true;
  begun_ = false;
  passed_on_ = reported_ = 0;
  record_ = {};
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
  record_.model = order.model;
  call_ = owner_.desk->next_id();
  owner_.calls.emplace(*call_, handle);
  owner_.desk->send(*call_, std::move(order), client_name(), arrived_);
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
  end("left");
}

void client_session::on_progress() {
  report_written();
}

void client_session::answer(answer_part& part) {
  const auto now = owner_.now();
  if (part.head) {
    auto head = std::move(part.head->head);
    record_.request_id =
        front::mark(head, part.head->key, part.head->attempts, intake_->request_id());
    record_.key = part.head->key;
    record_.attempts = part.head->attempts;
    record_.status = head.status;
    record_.first_byte = now - arrived_;
    http.begin(head, part.head->length, now);
    begun_ = true;
  }
  http.write(part.bytes);
  passed_on_ += part.bytes.size();
  if (part.ends != answer_part::end::no) {
    const auto broken = part.ends == answer_part::end::broken;
    end(broken ? "broken" : "answered");
    http.finish(now, broken);
  }
  // A connection that the pump closes is gone after it.
  const auto mine = handle;
  auto& table = *owner_.sessions;
  table.pump(*this);
  if (table.find(mine) == this)
    report_written();
}

void client_session::refuse(const dialect::refusal& what) {
  if (begun_) {
    // Too late for another answer: all that is left is to let the client see that this one broke.
    end("broken");
    http.finish(owner_.now(), true);
  } else {
    answer_now(intake_->refuse(what));
  }
  owner_.sessions->pump(*this);
}

void client_session::answer_now(const http::response& whole) {
  record_.status = whole.head.status;
  passed_on_ = whole.body.size();
  end(whole.head.status < 400 ? "answered" : "refused");
  http.answer(whole, owner_.now());
}

void client_session::end(std::string_view outcome) {
  open_ = false;
  if (call_) {
    owner_.calls.erase(*call_);
    owner_.desk->forget(*call_);
    call_.reset();
  }
  if (owner_.log->should_log(spdlog::level::info)) {
    if (record_.request_id.empty())
      record_.request_id = intake_->request_id();
    record_.client = client_name();
    record_.method = intake_->method();
    record_.path = intake_->path();
    record_.outcome = outcome;
    record_.total = owner_.now() - arrived_;
    record_.bytes = passed_on_;
    owner_.log->info(observe::to_string(record_));
  }
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
