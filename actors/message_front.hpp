#pragma once

#include "actors/actors.hpp"
#include "actors/call.hpp"
#include "actors/detail/call_desk.hpp"
#include "observe/call_account.hpp"
#include "observe/log.hpp"

#include <caf/io/typed_broker.hpp>
#include <caf/stateful_actor.hpp>

#include <optional>
#include <unordered_map>

namespace keywheel {

struct message_front_state;
using message_front_pointer = message_front_actor::stateful_broker_pointer<message_front_state>;

/// Calls from actors of the host application: a message becomes a call, the answer becomes one
/// message or a stream of them.
struct message_front_state {
  static constexpr const char* name = "keywheel.message_front";

  /// How long a receiver of a stream may take to answer one message of it.
  static constexpr std::chrono::minutes receiver_timeout{5};

  explicit message_front_state(message_front_pointer self_ptr) : self(self_ptr) {}

  message_front_actor::behavior_type make_behavior(std::uint16_t number, routing_ptr first,
                                                   gateway_actor supervisor,
                                                   upstream_actor performs,
                                                   observe::logger_ptr logger);

  /// A request under way: `receiver` is set if the answer is to be streamed, else `promise` awaits
  /// it.
  struct exchange {
    caf::typed_response_promise<api_response> promise;
    caf::actor receiver;
    std::uint64_t number = 0;                      ///< the receiver's own, of its request
    dialect::kind dialect = dialect::kind::openai; ///< of the caller, for errors of ours
    std::string request_id;
    api_response answer;    ///< head, and as much of the body as has come and is not yet sent
    bool begun = false;     ///< there is a head
    bool head_sent = false; ///< of a stream: the receiver has it
    bool ended = false;
    observe::call_account account;
    observe::call_record named; ///< what of the log line is known from the beginning
    std::uint64_t bytes = 0;    ///< of the body, so far
    bool sending = false;       ///< of a stream: the receiver has a message and has not answered it
  };

  // -- operations ----------------------------------------------------------------------------

  void begin(api_request what, exchange how);
  void answer(call_id call, answer_part& part);
  void refuse(call_id call, const dialect::refusal& what);
  void receiver_lost(const caf::actor_addr& receiver);

  // -- helpers -------------------------------------------------------------------------------

  void take(exchange& which, const http::response_head& head);
  void go_on(call_id call);
  void send_next(call_id call, exchange& which);
  template <class... Ts>
  void send_to_receiver(call_id call, exchange& which, std::size_t bytes, const Ts&... message);
  void end(exchange& which, observe::call_outcome how);
  void forget(call_id call);
  void end_drain_if_done();
  time_point now() const { return self->clock().now(); }

  // -- data ----------------------------------------------------------------------------------

  message_front_pointer self;
  std::optional<detail::call_desk> desk;
  observe::logger_ptr log;
  std::unordered_map<call_id, exchange> exchanges;
  caf::response_promise drained;
  bool draining = false;
};

message_front_actor::behavior_type message_front(message_front_pointer self, std::uint16_t number,
                                                 routing_ptr routing, gateway_actor gateway,
                                                 upstream_actor upstream, observe::logger_ptr log);

} // namespace keywheel
