#pragma once

#include "actors/actors.hpp"
#include "actors/call.hpp"
#include "actors/detail/call_desk.hpp"
#include "actors/detail/sessions.hpp"
#include "dialect/event_style.hpp"
#include "front/intake.hpp"
#include "observe/call_account.hpp"
#include "observe/log.hpp"

#include <caf/io/typed_broker.hpp>
#include <caf/stateful_actor.hpp>

#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

namespace keywheel {

struct http_front_state;
using http_front_pointer = http_front_actor::stateful_broker_pointer<http_front_state>;

/// One client connection on the data port, and the request on it that is being read or answered.
class client_session : public detail::session {
public:
  client_session(http_front_state& owner, caf::io::connection_handle connection,
                 const http::server_limits& limits);
  ~client_session() override;
  client_session(const client_session&) = delete;
  client_session& operator=(const client_session&) = delete;

  // -- requests ------------------------------------------------------------------------------

  void on_head(http::request_head&& head, std::optional<std::size_t> declared) override;
  void on_body(std::string_view piece) override;
  void on_request() override;
  void on_bad_request(unsigned status, std::string_view message) override;
  void on_lost() override;
  void on_progress() override;

  // -- answers -------------------------------------------------------------------------------

  void answer(answer_part& part);
  void refuse(const dialect::refusal& what);

  /// Whether the call asks for events and nothing of an answer has come.
  bool waits_for_stream() const noexcept;

  /// Sends a comment to it, so that nobody on the way takes the connection for dead. With the first
  /// the answer's head is out: from then on an error is an event of the stream.
  void keep_alive();

private:
  void start_afresh();
  void await_stream(const front::order& what);
  void take_head(answer_head& what);
  void collect(const answer_part& part);
  void answer_with_event(const http::response& what);
  void answer_now(const http::response& whole);
  void end(observe::call_outcome how);
  void log(observe::call_record& what) const;
  void log_prompt(const front::order& of) const;
  std::string client_name() const;
  void report_written();

  http_front_state& owner_;
  std::string address_; ///< of the client
  front::origin origin_;
  observe::metrics_ptr counts_;
  std::optional<front::intake> intake_;
  std::optional<call_id> call_; ///< under way
  observe::call_account account_;
  bool open_ = false;      ///< a request is being read or answered
  bool begun_ = false;     ///< the answer's head has been sent
  bool commented_ = false; ///< it is the one that comments needed, and nothing else has come
  dialect::event_style style_ = dialect::event_style::none; ///< of the stream it waits for
  std::optional<http::response> plain_; ///< what came in place of a stream, as far as it is kept
  std::uint64_t passed_on_ = 0;         ///< bytes of the answer given to the connection
  std::uint64_t reported_ = 0;          ///< of these, what the upstream knows to be written
};

/// Client connections on the data port: requests become calls, answers go back.
struct http_front_state {
  static constexpr const char* name = "keywheel.http_front";

  /// Connections beyond this number are closed at once.
  static constexpr std::size_t most_connections = 16'384;

  explicit http_front_state(http_front_pointer self_ptr) : self(self_ptr) {}

  http_front_actor::behavior_type make_behavior(std::uint16_t number, routing_ptr first,
                                                gateway_actor supervisor, upstream_actor performs,
                                                observe::logger_ptr logger);

  // -- operations ----------------------------------------------------------------------------

  caf::result<std::string> listen();
  caf::result<void> drain(std::chrono::milliseconds most);
  void tick();
  void keep_alive(call_id call);

  // -- helpers -------------------------------------------------------------------------------

  http::server_limits limits() const;
  client_session* session_of(call_id call);
  void arm_tick();
  void end_drain_if_done();
  time_point now() const { return self->clock().now(); }

  // -- data ------------------------------------------------------------------------------------

  http_front_pointer self;
  std::optional<detail::call_desk> desk;
  observe::logger_ptr log;
  std::optional<detail::session_table> sessions;
  std::unordered_map<call_id, caf::io::connection_handle> calls; ///< under way, and who waits
  std::optional<caf::io::accept_handle> listener;
  caf::response_promise drained; ///< pending while draining
  time_point drain_until;
  bool ticking = false;
};

http_front_actor::behavior_type http_front(http_front_pointer self, std::uint16_t number,
                                           routing_ptr routing, gateway_actor gateway,
                                           upstream_actor upstream, observe::logger_ptr log);

} // namespace keywheel
