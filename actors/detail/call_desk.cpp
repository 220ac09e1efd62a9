#include "actors/detail/call_desk.hpp"

#include <caf/send.hpp>

#include <array>

namespace keywheel::detail {

call_desk::call_desk(std::uint16_t number, front_actor front, gateway_actor gateway,
                     upstream_actor upstream, routing_ptr routing)
    : last_(static_cast<call_id>(number) << 48),
      front_(std::move(front)),
      gateway_(std::move(gateway)),
      upstream_(std::move(upstream)),
      routing_(std::move(routing)),
      random_(std::random_device{}()) {
  // nop
}

std::shared_ptr<const observe::call_trace> call_desk::send(call_id id, front::order what,
                                                           caller from, time_point now) {
  auto result = std::make_shared<call>();
  const auto& config = *routing_->config;
  result->id = id;
  result->front = front_;
  result->route = std::move(what.route);
  result->model = std::move(what.model);
  result->client_name = from.name;
  result->client = from.name.empty() ? std::move(from.address) : result->client_name;
  result->method = std::move(what.method);
  result->headers = std::move(what.headers);
  result->body = std::move(what.body);
  result->model_begin = what.model_begin;
  result->model_end = what.model_end;
  result->facts = std::move(what.facts);
  result->rules = std::move(what.entry);
  result->arrived = now;
  result->deadline = now + config.server.request_timeout;
  result->refers = std::move(what.refers);
  result->provider = std::move(what.provider);
  result->wants_key = std::move(what.wants_key);
  const bool has_model = result->route.model_in != dialect::route::model_place::none;
  if (result->route.makes || result->route.removes)
    result->book = routing_->book;
  calls_.emplace(id, result);
  auto trace = result->trace;
  if (!has_model || !result->refers.empty() || !result->wants_key.empty()) {
    caf::anon_send(routing_->book, call_atom_v, std::move(result));
    return trace;
  }
  const auto found = routing_->dispatchers.find(result->model);
  if (found == routing_->dispatchers.end()) {
    // The first call for a name that fits a pattern.
    caf::anon_send(gateway_, call_atom_v, std::move(result));
  } else {
    result->dispatcher = found->second;
    caf::anon_send(found->second, call_atom_v, std::move(result));
  }
  return trace;
}

void call_desk::forget(call_id call) {
  calls_.erase(call);
}

void call_desk::cancel(call_id call) {
  const auto found = calls_.find(call);
  if (found == calls_.end())
    return;
  dispatcher_actor dispatcher;
  if (const auto held = found->second.lock()) {
    held->left = true; // whoever gets it next drops it
    dispatcher = held->dispatcher;
  }
  calls_.erase(found);
  if (dispatcher)
    caf::anon_send(dispatcher, cancel_atom_v, call);
  caf::anon_send(upstream_, cancel_atom_v, call);
}

void call_desk::written(call_id call, std::uint64_t bytes) {
  caf::anon_send(upstream_, written_atom_v, call, bytes);
}

std::string call_desk::fresh_request_id() {
  constexpr std::array digits{'0', '1', '2', '3', '4', '5', '6', '7',
                              '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'};
  std::string result = "req_";
  for (auto bits = random_(); result.size() < 20; bits >>= 4)
    result.push_back(digits[bits & 15]);
  return result;
}

} // namespace keywheel::detail
