#include "actors/message_front.hpp"

#include "actors/detail/guard.hpp"
#include "front/answer.hpp"

#include <caf/send.hpp>
#include <spdlog/logger.h>

namespace keywheel {

namespace {

std::vector<std::pair<std::string, std::string>> pairs_of(const http::fields& headers) {
  std::vector<std::pair<std::string, std::string>> result;
  result.reserve(headers.size());
  for (const auto& field : headers)
    result.emplace_back(field.name, field.value);
  return result;
}

http::request_head head_of(api_request& what) {
  http::request_head result;
  result.method = std::move(what.method);
  result.target = std::move(what.target);
  for (const auto& [name, value] : what.headers)
    result.headers.add(name, value);
  return result;
}

} // namespace

message_front_actor::behavior_type message_front_state::make_behavior(std::uint16_t number,
                                                                      routing_ptr first,
                                                                      gateway_actor supervisor,
                                                                      upstream_actor performs,
                                                                      observe::logger_ptr logger) {
  log = std::move(logger);
  desk.emplace(number, front_actor{self}, std::move(supervisor), std::move(performs),
               std::move(first));
  self->set_down_handler([this](caf::down_msg& down) { receiver_lost(down.source); });
  detail::die_with_reason(self);
  return {
      // -- answers -----------------------------------------------------------------------------
      [this](answer_atom, call_id call, answer_part& part) { answer(call, part); },
      [this](refuse_atom, call_id call, const dialect::refusal& what) { refuse(call, what); },
      // -- the host's actors ---------------------------------------------------------------------
      [this](ask_atom, api_request& what) {
        exchange how;
        how.promise = self->make_response_promise<api_response>();
        auto result = how.promise;
        begin(std::move(what), std::move(how));
        return result;
      },
      [this](stream_atom, std::uint64_t id, api_request& what, const caf::actor& receiver) {
        exchange how;
        how.receiver = receiver;
        how.number = id;
        self->monitor(receiver);
        begin(std::move(what), std::move(how));
      },
      // -- the gateway ---------------------------------------------------------------------------
      [this](setup_atom, routing_ptr& next) { desk->follow(std::move(next)); },
      [this](setup_atom, const upstream_actor& next) { desk->follow(next); },
      [this](drain_atom, std::chrono::milliseconds) -> caf::result<void> {
        drained = self->make_response_promise();
        draining = true;
        auto result = drained;
        end_drain_if_done();
        return result;
      },
  };
}

// -- operations ------------------------------------------------------------------------------

void message_front_state::begin(api_request what, exchange how) {
  const auto call = desk->next_id();
  front::intake intake{desk->current().config};
  how.account.begin(now());
  auto body = std::move(what.body);
  auto answer = draining ? std::optional{dialect::render(
                    how.dialect,
                    {dialect::refusal_code::shutting_down, "the gateway is shutting down", {}, {}})}
                         : intake.begin(head_of(what), body.size(), front::origin::inside,
                                        desk->fresh_request_id());
  how.dialect = intake.dialect();
  how.request_id = intake.request_id();
  how.named.method = intake.method();
  how.named.path = intake.path();
  how.named.client = intake.client();
  how.named.trace_id = intake.trace_id();
  auto& which = exchanges.emplace(call, std::move(how)).first->second;
  if (!answer) {
    intake.feed(body);
    auto result = intake.finish();
    if (auto* order = std::get_if<front::order>(&result)) {
      auto model = order->model;
      which.account.set_out(std::move(model),
                            desk->send(call, std::move(*order), {intake.client(), {}}, now()),
                            now());
      return;
    }
    answer = std::move(std::get<http::response>(result));
  }
  take(which, answer->head);
  which.account.answered(answer->head.status);
  which.bytes = answer->body.size();
  end(which,
      answer->head.status < 400 ? observe::call_outcome::answered : observe::call_outcome::refused);
  which.answer.body = std::move(answer->body);
  go_on(call);
}

void message_front_state::answer(call_id call, answer_part& part) {
  const auto found = exchanges.find(call);
  if (found == exchanges.end())
    return;
  auto& which = found->second;
  if (part.head) {
    auto head = std::move(part.head->head);
    auto id = front::mark(head, part.head->key, part.head->attempts, which.request_id);
    which.account.answered_by(part.head->key, part.head->attempts, head.status, std::move(id),
                              now());
    take(which, head);
  }
  which.answer.body.append(part.bytes);
  which.bytes += part.bytes.size();
  which.answer.complete = part.ends != answer_part::end::broken;
  if (part.ends != answer_part::end::no) {
    which.account.used(part.used);
    end(which,
        which.answer.complete ? observe::call_outcome::answered : observe::call_outcome::broken);
  }
  // A whole answer is collected without waiting for anybody; a stream flows as its receiver takes
  // it.
  if (!which.receiver && !part.bytes.empty())
    desk->written(call, part.bytes.size());
  go_on(call);
}

void message_front_state::refuse(call_id call, const dialect::refusal& what) {
  const auto found = exchanges.find(call);
  if (found == exchanges.end())
    return;
  auto& which = found->second;
  if (which.begun) {
    which.answer.complete = false;
    end(which, observe::call_outcome::broken);
  } else {
    auto whole = dialect::render(which.dialect, what);
    whole.head.headers.add("x-request-id", which.request_id);
    front::mark_refusal(whole.head, which.account.attempts());
    take(which, whole.head);
    which.account.answered(whole.head.status);
    which.bytes = whole.body.size();
    end(which, observe::call_outcome::refused);
    which.answer.body = std::move(whole.body);
  }
  go_on(call);
}

void message_front_state::receiver_lost(const caf::actor_addr& receiver) {
  std::vector<call_id> lost;
  for (const auto& [call, which] : exchanges)
    if (which.receiver && which.receiver.address() == receiver)
      lost.push_back(call);
  for (auto call : lost) {
    desk->cancel(call);
    if (auto& which = exchanges.at(call); !which.ended)
      end(which, observe::call_outcome::left);
    exchanges.erase(call);
  }
  end_drain_if_done();
}

// -- helpers -----------------------------------------------------------------------------------

void message_front_state::take(exchange& which, const http::response_head& head) {
  which.begun = true;
  which.answer.status = head.status;
  which.answer.headers = pairs_of(head.headers);
}

void message_front_state::go_on(call_id call) {
  auto& which = exchanges.at(call);
  if (which.receiver)
    return send_next(call, which);
  if (!which.ended)
    return;
  which.promise.deliver(std::move(which.answer));
  forget(call);
}

void message_front_state::send_next(call_id call, exchange& which) {
  if (which.sending || !which.begun)
    return;
  if (!std::exchange(which.head_sent, true)) {
    send_to_receiver(call, which, 0, answer_atom_v, which.number,
                     api_head{which.answer.status, std::move(which.answer.headers)});
  } else if (!which.answer.body.empty()) {
    const auto chunk = std::exchange(which.answer.body, {});
    send_to_receiver(call, which, chunk.size(), chunk_atom_v, which.number, chunk);
  } else if (which.ended) {
    self->demonitor(which.receiver);
    caf::anon_send(which.receiver, done_atom_v, which.number, which.answer.complete);
    forget(call);
  }
}

template <class... Ts>
void message_front_state::send_to_receiver(call_id call, exchange& which, std::size_t bytes,
                                           const Ts&... message) {
  which.sending = true;
  const auto next = [this, call, bytes] {
    const auto found = exchanges.find(call);
    if (found == exchanges.end())
      return;
    found->second.sending = false;
    if (bytes > 0)
      desk->written(call, bytes);
    send_next(call, found->second);
  };
  const auto lost = [this, call](const caf::error&) {
    desk->cancel(call);
    if (const auto found = exchanges.find(call); found != exchanges.end() && !found->second.ended)
      end(found->second, observe::call_outcome::left);
    forget(call);
  };
  self->request(which.receiver, receiver_timeout, message...).then(next, lost);
}

/// The answer is whole, or there will be no more of it.
void message_front_state::end(exchange& which, observe::call_outcome how) {
  if (std::exchange(which.ended, true))
    return;
  auto& record = which.account.end(how, now(), *desk->current().counts);
  if (!log->should_log(spdlog::level::info))
    return;
  if (record.request_id.empty())
    record.request_id = which.request_id;
  record.method = std::move(which.named.method);
  record.path = std::move(which.named.path);
  record.client = std::move(which.named.client);
  record.trace_id = std::move(which.named.trace_id);
  record.bytes = which.bytes;
  observe::log_call(*log, record, desk->current().json_log);
}

void message_front_state::forget(call_id call) {
  desk->forget(call);
  exchanges.erase(call);
  end_drain_if_done();
}

void message_front_state::end_drain_if_done() {
  if (draining && drained.pending() && exchanges.empty())
    drained.deliver(caf::unit);
}

message_front_actor::behavior_type message_front(message_front_pointer self, std::uint16_t number,
                                                 routing_ptr routing, gateway_actor gateway,
                                                 upstream_actor upstream, observe::logger_ptr log) {
  return self->state.make_behavior(number, std::move(routing), std::move(gateway),
                                   std::move(upstream), std::move(log));
}

} // namespace keywheel
