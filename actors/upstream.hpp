#pragma once

#include "actors/actors.hpp"
#include "actors/call.hpp"
#include "actors/detail/loop_descriptor.hpp"
#include "dialect/answer_reader.hpp"
#include "observe/log.hpp"
#include "transport/client.hpp"

#include <caf/io/typed_broker.hpp>
#include <caf/stateful_actor.hpp>

#include <memory>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace keywheel {

struct upstream_state;
using upstream_pointer = upstream_actor::stateful_broker_pointer<upstream_state>;

/// Performs attempts: gives each to curl multi, tells its key how the answer began, and after the
/// key's commit passes the answer on to the front, part by part, as fast as the front writes it and
/// no faster.
///
/// A stream has begun when its first event with content is there: an error before that is an
/// ordinary failure, and another key can still serve the call. What comes before is held, in
/// bounds.
struct upstream_state : transport::listener {
  static constexpr const char* name = "keywheel.upstream";

  /// Bytes of an error answer that are read for the verdict.
  static constexpr std::size_t verdict_bytes = 64 * 1024;
  /// Bytes held for an answer that awaits its verdict, and bytes that may be on their way to a
  /// client that does not read.
  static constexpr std::size_t window = 256 * 1024;
  /// What is held of a stream without content, in bytes and in time; then it goes to the client.
  static constexpr std::size_t hold_bytes = 64 * 1024;
  static constexpr std::chrono::seconds hold_time{5};

  explicit upstream_state(upstream_pointer self_ptr);

  upstream_actor::behavior_type make_behavior(observe::logger_ptr logger);

  // -- operations ----------------------------------------------------------------------------

  void start(attempt_ptr what);
  void commit(attempt_ptr what);
  void discard(attempt_id id);
  void cancel(call_id call);
  void written(call_id call, std::uint64_t bytes);
  void front_lost(const caf::actor_addr& front);

  // -- callbacks of the transport --------------------------------------------------------------

  void on_head(transport::transfer_id id, http::response_head&& head) override;
  bool on_data(transport::transfer_id id, std::string_view piece) override;
  void on_done(transport::transfer_id id, const transport::outcome& how) override;

  // -- data ------------------------------------------------------------------------------------

  /// One transfer and how far its answer has come.
  struct transfer {
    attempt_ptr of; ///< ours before the signal and after the commit; the key's in between
    std::shared_ptr<const http::body> body; ///< of the request; the transport reads it
    call_id call = 0;
    caf::actor_addr front;
    std::string model_text; ///< replaces the model's name in the body; the transport reads it
    dialect::kind dialect = dialect::kind::openai;
    std::string tail;                        ///< of the request's path
    bool makes = false;                      ///< the answer may name what the provider keeps
    dialect::answer_reader reader;           ///< of a successful answer
    std::shared_ptr<dialect::signal> answer; ///< head, and the beginning of the body of an error
    std::string bytes;                       ///< of the body, not yet passed on
    time_point started;
    std::uint64_t passed_on = 0;
    std::uint64_t written = 0; ///< of these, what the front has passed on in turn
    bool has_head = false;
    bool held = false; ///< its hold has a time limit under way
    bool hold_over = false;
    bool signalled = false;
    bool committed = false;
    bool head_passed = false;
    bool done = false;
    bool paused = false;
    bool touched = false;
    transport::outcome outcome;
  };

  void run();
  void touch(attempt_id id, transfer& which);
  void flush(attempt_id id);
  bool ready_for_verdict(attempt_id id, transfer& which);
  bool has_begun(attempt_id id, transfer& which);
  void signal(transfer& which);
  void finish(attempt_id id, transfer& which);
  void pass_on(attempt_id id, transfer& which);
  void tell_book(transfer& which);
  void forget(attempt_id id);
  transport::request request_for(const attempt& what, transfer& which) const;

  upstream_pointer self;
  observe::logger_ptr log;
  std::unique_ptr<transport::client> client;
  std::unique_ptr<detail::loop_descriptor> descriptor;
  std::unordered_map<attempt_id, transfer> transfers;
  std::unordered_map<call_id, attempt_id> by_call; ///< the attempt under way for a call
  std::unordered_set<caf::actor_addr> fronts;      ///< monitored: the attempts of one that dies end
  std::vector<attempt_id> changed;                 ///< touched in this turn of the loop
};

upstream_actor::behavior_type upstream(upstream_pointer self, observe::logger_ptr log);

} // namespace keywheel
