#pragma once

#include "actors/actors.hpp"
#include "actors/detail/sessions.hpp"
#include "observe/api_answer.hpp"
#include "observe/api_reader.hpp"
#include "observe/event_feed.hpp"
#include "observe/history.hpp"
#include "observe/log.hpp"

#include <caf/io/typed_broker.hpp>
#include <caf/stateful_actor.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace keywheel {

struct admin_state;
using admin_pointer = admin_actor::stateful_broker_pointer<admin_state>;

/// Serves the admin API (DESIGN §5.4). What may be asked and what is answered is decided in
/// src/observe; the gateway knows and does everything:
///
///   client ─▶ ADMIN ─status / edit / reset / reload─▶ GATEWAY
///               ▲                                        │
///               └──────── status, report ────────────────┘
///
/// A change is answered with the status that is asked for after it, and told to the AUDIT LOG.
/// Those who watch events share one question a second.
struct admin_state {
  static constexpr const char* name = "keywheel.admin";

  /// Says which request an answer is for: the connection may be gone by then, and its handle in use
  /// again.
  struct ticket {
    caf::io::connection_handle connection;
    std::uint64_t number = 0;
    std::string who; ///< asks, as the audit log says it
  };

  /// One client connection.
  class session;

  explicit admin_state(admin_pointer self_ptr);
  admin_state(const admin_state&) = delete;
  admin_state& operator=(const admin_state&) = delete;
  ~admin_state();

  admin_actor::behavior_type make_behavior(gateway_actor to_ask, audit_log_actor to_tell,
                                           const routing& first, config::secret token,
                                           observe::logger_ptr logger);

  // -- operations ----------------------------------------------------------------------------

  caf::result<std::string> listen();
  void setup(const config::config& with);
  void drain();
  void tick();

  // -- questions -----------------------------------------------------------------------------

  /// Answers a question, now or later.
  void serve(session& from, observe::api_question question);
  http::response readiness() const;
  void edit(session& from, const ticket& to, observe::api_question question);
  void change(const ticket& to, const observe::api_route& route, config_edit edit);
  void reset(const ticket& to, const observe::api_route& route);
  void reload(const ticket& to);
  void list_audit(const ticket& to, unsigned limit);
  void show_metrics(const ticket& to);
  void end_writer();
  http::response show_log() const;
  http::response change_log(const std::string& patch);

  // -- watching (admin_live.cpp) ----------------------------------------------------------------

  /// Begins a stream of events: an answer without an end.
  void watch(session& from, const observe::api_route& route);
  void unwatch(caf::io::connection_handle who);

  /// Asks for the status that everybody who watches is waiting for.
  void poll();
  void polled(const observe::status& status);

  /// Tells everybody who watches what has happened. Audit entries come this way as well.
  void publish(const std::vector<observe::event>& events);

  /// Writes to a stream of events; drops its reader if too much is unread.
  void write_events(caf::io::connection_handle to, const std::string& text);

  /// Sends a comment to every stream that has been silent for long.
  void keep_alive();

  /// Has the history take the status at the end of each minute.
  void sample();
  void answer_history(session& from, const ticket& to, const observe::api_route& route);

  // -- what the gateway says -------------------------------------------------------------------

  void edited(const ticket& to, const observe::api_route& route, const config_edit& edit,
              edit_report& report);
  void reloaded(const ticket& to, reload_report& report);

  // -- helpers -------------------------------------------------------------------------------

  /// Goes on if a generation is in force that the caller means (0: any); else answers 412.
  void if_in_force(const ticket& to, std::uint64_t generation, std::function<void()> then);

  /// Writes down an accepted change.
  void record(const ticket& of, observe::api_operation what, std::string target,
              std::vector<std::string> fields, std::uint64_t generation);

  /// Asks the gateway for its status and answers with what `make` makes of it.
  void answer_with_status(const ticket& to,
                          std::function<http::response(const observe::status&)> make);
  void answer(const ticket& to, const http::response& with);
  std::function<void(const caf::error&)> answer_unavailable(const ticket& to);
  time_point now() const { return self->clock().now(); }

  // -- data ----------------------------------------------------------------------------------

  admin_pointer self;
  gateway_actor gateway;
  audit_log_actor audit_log;
  config::endpoint where;   ///< as configured; gate.listen has the real port
  config::secret generated; ///< the token that holds where the configuration gives none
  observe::logger_ptr log;
  observe::metrics_ptr counts;
  metrics_writer_actor writer; ///< started at the first scrape
  observe::api_gate gate;
  detail::session_table sessions;
  std::optional<std::pair<caf::io::accept_handle, std::string>> listener;
  observe::event_feed feed;
  observe::history past;
  std::vector<caf::io::connection_handle> watchers;
  std::optional<time_point> last_poll; ///< when it was asked for; nothing: nobody watches
  bool polling = false;                ///< its answer is outstanding
  std::uint64_t last_number = 0;
  bool draining = false;
  bool ticking = false;
};

/// Starts the actor that serves people and their tools on config.admin.listen.
/// @param token holds while the configuration gives none
admin_actor::behavior_type admin(admin_pointer self, gateway_actor gateway,
                                 audit_log_actor audit_log, routing_ptr routing,
                                 config::secret token, observe::logger_ptr log);

} // namespace keywheel
