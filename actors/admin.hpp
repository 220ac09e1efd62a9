#pragma once

#include "actors/actors.hpp"
#include "actors/detail/sessions.hpp"
#include "observe/api_answer.hpp"
#include "observe/api_reader.hpp"
#include "observe/log.hpp"

#include <caf/io/typed_broker.hpp>
#include <caf/stateful_actor.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>

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
/// A change is answered with the status that is asked for after it.
struct admin_state {
  static constexpr const char* name = "keywheel.admin";

  /// Says which request an answer is for: the connection may be gone by then, and its handle in use
  /// again.
  struct ticket {
    caf::io::connection_handle connection;
    std::uint64_t number = 0;
  };

  /// One client connection.
  class session;

  explicit admin_state(admin_pointer self_ptr);

  admin_actor::behavior_type make_behavior(gateway_actor to_ask, config::snapshot config,
                                           config::secret token, observe::logger_ptr logger);

  // -- operations ----------------------------------------------------------------------------

  caf::result<std::string> listen();
  void setup(const config::config& with);
  void drain();
  void tick();

  // -- questions -----------------------------------------------------------------------------

  /// Answers a question, now or later.
  void serve(session& from, observe::api_question question);
  http::response readiness() const;
  void change(const ticket& to, const observe::api_route& route, config_edit edit,
              std::string what);
  void reset(const ticket& to, const observe::api_route& route);
  void reload(const ticket& to);

  // -- what the gateway says -------------------------------------------------------------------

  void edited(const ticket& to, const observe::api_route& route, const config_edit& edit,
              const std::string& what, edit_report& report);
  void reloaded(const ticket& to, reload_report& report);

  // -- helpers -------------------------------------------------------------------------------

  /// Asks the gateway for its status and answers with what `make` makes of it.
  void answer_with_status(const ticket& to,
                          std::function<http::response(const observe::status&)> make);
  void answer(const ticket& to, const http::response& with);
  std::function<void(const caf::error&)> answer_unavailable(const ticket& to);
  time_point now() const { return self->clock().now(); }

  // -- data ----------------------------------------------------------------------------------

  admin_pointer self;
  gateway_actor gateway;
  config::endpoint where;   ///< as configured; gate.listen has the real port
  config::secret generated; ///< the token that holds where the configuration gives none
  observe::logger_ptr log;
  observe::api_gate gate;
  detail::session_table sessions;
  std::optional<std::pair<caf::io::accept_handle, std::string>> listener;
  std::uint64_t last_number = 0;
  bool draining = false;
  bool ticking = false;
};

/// Starts the actor that serves people and their tools on config.admin.listen.
/// @param token holds while the configuration gives none
admin_actor::behavior_type admin(admin_pointer self, gateway_actor gateway, config::snapshot config,
                                 config::secret token, observe::logger_ptr log);

} // namespace keywheel
