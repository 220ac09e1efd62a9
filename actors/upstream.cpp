#include "actors/upstream.hpp"

#include "actors/detail/guard.hpp"
#include "dialect/model_scanner.hpp"
#include "http/hygiene.hpp"

#include <caf/io/middleman.hpp>

#include <charconv>

namespace keywheel {

namespace {

std::optional<std::size_t> announced_length(const http::fields& headers) {
  const auto text = headers.find("content-length");
  std::size_t result = 0;
  if (!text)
    return std::nullopt;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), result);
  if (error != std::errc{} || end != text->data() + text->size())
    return std::nullopt;
  return result;
}

bool wants_body_for_verdict(unsigned status) {
  return status >= 400;
}

attempt_result result_of(unsigned status, bool complete) {
  return complete && status < 500 ? attempt_result::answered : attempt_result::failed;
}

std::shared_ptr<answer_head> head_for_client(const attempt& what, const dialect::signal& answer) {
  auto result = std::make_shared<answer_head>();
  result->head.status = answer.head.status;
  http::copy_response_fields(answer.head.headers, result->head.headers);
  result->length = announced_length(answer.head.headers);
  result->key = what.with->key.id();
  result->attempts = what.of->attempts;
  return result;
}

} // namespace

upstream_state::upstream_state(upstream_pointer self_ptr) : self(self_ptr) {}

upstream_actor::behavior_type upstream_state::make_behavior(observe::logger_ptr logger) {
  log = std::move(logger);
  client = std::make_unique<transport::client>(*this, transport::client::options{});
  descriptor = std::make_unique<detail::loop_descriptor>(self->parent(), client->descriptor(),
                                                         [this] { run(); });
  self->set_down_handler([this](caf::down_msg& down) { front_lost(down.source); });
  detail::die_with_reason(self);
  return {
      [this](attempt_atom, attempt_ptr& what) { start(std::move(what)); },
      [this](commit_atom, attempt_ptr& what) { commit(std::move(what)); },
      [this](discard_atom, attempt_id id) { discard(id); },
      [this](cancel_atom, call_id call) { cancel(call); },
      [this](written_atom, call_id call, std::uint64_t bytes) { written(call, bytes); },
  };
}

// -- operations ------------------------------------------------------------------------------

void upstream_state::start(attempt_ptr what) {
  if (what->of->left)
    return;
  const auto id = what->id;
  auto& entry = transfers[id];
  entry.call = what->of->id;
  entry.body = what->of->body;
  entry.answer = std::make_shared<dialect::signal>();
  entry.front = what->of->front.address();
  by_call[entry.call] = id;
  if (fronts.insert(entry.front).second)
    self->monitor(what->of->front);
  auto request = request_for(*what, entry);
  entry.of = std::move(what);
  client->start(id, std::move(request), self->clock().now());
}

transport::request upstream_state::request_for(const attempt& what, transfer& which) const {
  const auto& call = *what.of;
  const auto& with = *what.with;
  const auto& model = !with.key.upstream_model.empty() ? with.key.upstream_model
                      : !call.upstream_model.empty()   ? call.upstream_model
                                                       : call.model;
  transport::request result;
  result.method = call.method;
  result.url = dialect::upstream_url(with.dialect, with.key.base_url, call.route, model);
  result.headers = call.headers;
  const auto place = dialect::place_of_credential(with.dialect);
  result.headers.add(place.header, std::string{place.prefix} + with.key.api_key.reveal());
  const std::string_view body{*call.body};
  if (call.model_end == 0 || model == call.model) {
    result.body = {body};
  } else {
    which.model_text = dialect::json_string(model);
    result.body = {body.substr(0, call.model_begin), which.model_text, body.substr(call.model_end)};
  }
  result.connect_timeout = with.timeouts.connect;
  result.first_byte_timeout = with.timeouts.first_byte;
  result.idle_timeout = with.timeouts.idle;
  result.deadline = call.deadline;
  return result;
}

void upstream_state::commit(attempt_ptr what) {
  const auto found = transfers.find(what->id);
  // Unknown: the client left while the key judged. The attempt ends here, and with it the lease.
  if (found == transfers.end() || what->of->left)
    return discard(what->id);
  auto& entry = found->second;
  entry.of = std::move(what);
  entry.committed = true;
  if (entry.paused) {
    entry.paused = false;
    client->resume(found->first);
  }
  pass_on(found->first, entry);
}

void upstream_state::discard(attempt_id id) {
  client->cancel(id);
  forget(id);
}

void upstream_state::cancel(call_id call) {
  if (const auto found = by_call.find(call); found != by_call.end())
    discard(found->second);
}

void upstream_state::written(call_id call, std::uint64_t bytes) {
  const auto found = by_call.find(call);
  if (found == by_call.end())
    return;
  auto& entry = transfers.at(found->second);
  entry.written += bytes;
  if (entry.paused && entry.committed && entry.passed_on - entry.written < window / 2) {
    entry.paused = false;
    client->resume(found->second);
  }
}

void upstream_state::front_lost(const caf::actor_addr& front) {
  std::vector<attempt_id> lost;
  for (const auto& [id, entry] : transfers)
    if (entry.front == front)
      lost.push_back(id);
  for (auto id : lost)
    discard(id);
  fronts.erase(front);
}

// -- callbacks of the transport ------------------------------------------------------------------

void upstream_state::run() {
  client->run(self->clock().now());
  // What came in this turn goes out in one message per transfer.
  for (auto id : std::exchange(changed, {}))
    flush(id);
}

void upstream_state::on_head(transport::transfer_id id, http::response_head&& head) {
  auto& entry = transfers.at(id);
  entry.answer->head = std::move(head);
  entry.has_head = true;
  touch(id, entry);
}

bool upstream_state::on_data(transport::transfer_id id, std::string_view piece) {
  auto& entry = transfers.at(id);
  const auto held = entry.bytes.size() + (entry.passed_on - entry.written);
  if (held >= window) {
    entry.paused = true;
    return false;
  }
  entry.bytes.append(piece);
  touch(id, entry);
  return true;
}

void upstream_state::on_done(transport::transfer_id id, const transport::outcome& how) {
  auto& entry = transfers.at(id);
  entry.done = true;
  entry.outcome = how;
  touch(id, entry);
}

// -- helpers -------------------------------------------------------------------------------------

void upstream_state::touch(attempt_id id, transfer& which) {
  if (!std::exchange(which.touched, true))
    changed.push_back(id);
}

void upstream_state::flush(attempt_id id) {
  const auto found = transfers.find(id);
  if (found == transfers.end())
    return;
  auto& entry = found->second;
  entry.touched = false;
  if (entry.committed)
    return pass_on(id, entry);
  if (entry.signalled)
    return;
  if (!entry.has_head) {
    if (!entry.done)
      return;
    entry.answer->failed = entry.outcome.failed;
    entry.answer->detail = entry.outcome.detail;
  } else if (wants_body_for_verdict(entry.answer->head.status)) {
    if (!entry.done && entry.bytes.size() < verdict_bytes)
      return;
    entry.answer->body = entry.bytes.substr(0, verdict_bytes);
  }
  signal(entry);
}

void upstream_state::signal(transfer& which) {
  which.signalled = true;
  auto key = which.of->key;
  auto what = std::make_shared<attempt_signal>();
  what->of = std::move(which.of);
  what->what = which.answer;
  self->send(key, signal_atom_v, std::move(what));
}

void upstream_state::pass_on(attempt_id id, transfer& which) {
  answer_part part;
  if (!std::exchange(which.head_passed, true))
    part.head = head_for_client(*which.of, *which.answer);
  which.passed_on += which.bytes.size();
  part.bytes = std::exchange(which.bytes, {});
  if (which.done)
    part.ends = which.outcome.complete ? answer_part::end::complete : answer_part::end::broken;
  if (!part.head && part.bytes.empty() && !which.done)
    return;
  self->send(which.of->of->front, answer_atom_v, which.call, std::move(part));
  if (!which.done)
    return;
  which.of->lease.result = result_of(which.answer->head.status, which.outcome.complete);
  which.of->of->settled = true;
  forget(id);
}

void upstream_state::forget(attempt_id id) {
  const auto found = transfers.find(id);
  if (found == transfers.end())
    return;
  const auto& entry = found->second;
  if (const auto by = by_call.find(entry.call); by != by_call.end() && by->second == id)
    by_call.erase(by);
  transfers.erase(found);
}

upstream_actor::behavior_type upstream(upstream_pointer self, observe::logger_ptr log) {
  return self->state.make_behavior(std::move(log));
}

} // namespace keywheel
