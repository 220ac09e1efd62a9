#include "actors/upstream.hpp"

#include "actors/detail/guard.hpp"
#include "dialect/failure.hpp"
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

bool is_error(unsigned status) {
  return status >= 400;
}

/// An error inside a stream, as what it is: a signal.
std::shared_ptr<const dialect::signal> in_stream(const dialect::signal& answer,
                                                 const std::string& error) {
  auto result = std::make_shared<dialect::signal>();
  result->head = answer.head;
  result->body = error;
  result->in_stream = true;
  return result;
}

/// A stream that lacks its end mark was cut, however politely its connection was closed.
bool has_ended_well(const upstream_state::transfer& which) {
  return which.outcome.complete
         && (is_error(which.answer->head.status) || !which.reader.is_stream()
             || which.reader.ended_well() || which.reader.error() != nullptr);
}

/// Why an answer did not end well.
std::string words_for_end(const upstream_state::transfer& which) {
  return which.outcome.complete ? "the stream ended without its end mark" : which.outcome.detail;
}

/// What went wrong after the commit.
std::shared_ptr<const dialect::signal> late_signal(const upstream_state::transfer& which) {
  if (which.reader.error() != nullptr)
    return in_stream(*which.answer, *which.reader.error());
  auto result = std::make_shared<dialect::signal>();
  result->failed = dialect::failure::no_answer;
  result->detail = words_for_end(which);
  return result;
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
      [this](tick_atom, attempt_id id) {
        if (const auto found = transfers.find(id); found != transfers.end()) {
          found->second.hold_over = true;
          flush(id);
        }
      },
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
  entry.dialect = what->with->dialect;
  entry.tail = what->of->route.tail;
  entry.makes = what->of->route.makes;
  by_call[entry.call] = id;
  if (fronts.insert(entry.front).second)
    self->monitor(what->of->front);
  auto request = request_for(*what, entry);
  what->of->trace->attempts(what->of->attempts);
  entry.of = std::move(what);
  entry.started = self->clock().now();
  client->start(id, std::move(request), entry.started);
}

transport::request upstream_state::request_for(const attempt& what, transfer& which) const {
  const auto& call = *what.of;
  const auto& with = *what.with;
  const auto& model = !with.key.upstream_model.empty()      ? with.key.upstream_model
                      : !call.rules->upstream_model.empty() ? call.rules->upstream_model
                                                            : call.model;
  transport::request result;
  result.method = call.method;
  result.url = dialect::upstream_url(with.dialect, with.key.base_url, call.route, model);
  result.headers = call.headers;
  result.headers.add("accept-encoding", "identity");
  const auto place = dialect::place_of_credential(with.dialect);
  result.headers.add(place.header, std::string{place.prefix} + with.key.api_key.reveal());
  const auto& body = *call.body;
  if (call.model_end == 0 || model == call.model) {
    body.pieces(0, body.size(), result.body);
  } else {
    which.model_text = dialect::model_in_body(call.route, model);
    body.pieces(0, call.model_begin, result.body);
    result.body.push_back(which.model_text);
    body.pieces(call.model_end, body.size(), result.body);
  }
  result.via = with.transport;
  result.connect_timeout = with.timeouts.connect;
  result.first_byte_timeout = with.timeouts.first_byte;
  result.idle_timeout = with.timeouts.idle;
  result.deadline = call.deadline;
  result.replayable = call.rules->replay_unanswered;
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
  if (!is_error(entry.answer->head.status))
    entry.reader.begin(entry.dialect, entry.answer->head, entry.tail, entry.makes);
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
  if (!is_error(entry.answer->head.status))
    entry.reader.feed(piece);
  touch(id, entry);
  return true;
}

void upstream_state::on_done(transport::transfer_id id, const transport::outcome& how) {
  auto& entry = transfers.at(id);
  entry.done = true;
  entry.outcome = how;
  if (entry.has_head && how.complete && !is_error(entry.answer->head.status))
    entry.reader.finish();
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
  if (!entry.signalled && ready_for_verdict(id, entry))
    signal(entry);
}

bool upstream_state::ready_for_verdict(attempt_id id, transfer& which) {
  if (!which.has_head)
    return which.done;
  if (is_error(which.answer->head.status))
    return which.done || which.bytes.size() >= verdict_bytes;
  return has_begun(id, which);
}

/// Whether a successful answer has shown something that a client can use, or that it never will.
bool upstream_state::has_begun(attempt_id id, transfer& which) {
  if (which.done || which.hold_over || which.bytes.size() >= hold_bytes
      || which.reader.content_seen() || which.reader.error() != nullptr)
    return true;
  if (!std::exchange(which.held, true))
    self->delayed_send(self, hold_time, tick_atom_v, id);
  return false;
}

void upstream_state::signal(transfer& which) {
  which.signalled = true;
  which.of->of->trace->was_at_provider(self->clock().now() - which.started);
  auto key = which.of->key;
  auto what = std::make_shared<attempt_signal>();
  what->of = std::move(which.of);
  what->what = which.answer;
  if (!which.has_head) {
    which.answer->failed = which.outcome.failed;
    which.answer->detail = which.outcome.detail;
  } else if (is_error(which.answer->head.status)) {
    // A provider that echoes the credential must not give it to the caller.
    const auto& secret = what->of->with->key.api_key.reveal();
    dialect::hide(secret, which.bytes);
    dialect::hide(secret, which.answer->head.headers);
    which.answer->body = which.bytes.substr(0, verdict_bytes);
  } else if (which.reader.error() != nullptr && !which.reader.content_seen()) {
    what->what = in_stream(*which.answer, *which.reader.error());
  } else if (which.done && !has_ended_well(which) && !which.reader.content_seen()) {
    // It ended before it had said anything: as good as no answer.
    auto broken = std::make_shared<dialect::signal>(*which.answer);
    broken->failed = which.outcome.complete ? dialect::failure::no_answer : which.outcome.failed;
    broken->detail = words_for_end(which);
    what->what = std::move(broken);
  }
  self->send(key, signal_atom_v, std::move(what));
}

void upstream_state::pass_on(attempt_id id, transfer& which) {
  tell_book(which);
  answer_part part;
  if (!std::exchange(which.head_passed, true))
    part.head = head_for_client(*which.of, *which.answer);
  which.passed_on += which.bytes.size();
  part.bytes = std::exchange(which.bytes, {});
  if (which.done) {
    part.used = which.reader.used();
    part.ends = has_ended_well(which) ? answer_part::end::complete : answer_part::end::broken;
  }
  if (!part.head && part.bytes.empty() && !which.done)
    return;
  self->send(which.of->of->front, answer_atom_v, which.call, std::move(part));
  if (which.done)
    finish(id, which);
}

/// Tells the owner book what the answer has made or removed. Before the client can know it: its
/// next call may refer to it.
void upstream_state::tell_book(transfer& which) {
  const auto& call = *which.of->of;
  if (!call.book || is_error(which.answer->head.status))
    return;
  if (auto ids = which.reader.take_made(); !ids.empty()) {
    const auto& with = *which.of->with;
    self->send(call.book, made_atom_v,
               made_things{{with.key.id(), with.group_name, with.key.api_key.fingerprint()},
                           std::move(ids)});
  }
  if (call.route.removes && !which.head_passed)
    self->send(call.book, gone_atom_v, call.route.refers);
}

/// Tells whose lease it was how the answer ended: what it used, and what went wrong in its course.
void upstream_state::finish(attempt_id id, transfer& which) {
  const auto status = which.answer->head.status;
  const auto& reader = which.reader;
  const bool good =
      has_ended_well(which) && status < 500 && (is_error(status) || reader.error() == nullptr);
  which.of->ends(good ? attempt_result::answered : attempt_result::failed, reader.used());
  which.of->of->settled = true;
  if (!good && !is_error(status)) {
    auto late = std::make_shared<attempt_signal>();
    late->what = late_signal(which);
    late->of = std::move(which.of);
    auto key = late->of->key;
    self->send(key, late_atom_v, std::move(late));
  }
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
