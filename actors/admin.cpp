#include "actors/admin.hpp"

#include "actors/detail/sockets.hpp"
#include "actors/errors.hpp"
#include "observe/api_changes.hpp"
#include "observe/api_json.hpp"
#include "observe/api_patch.hpp"

#include <spdlog/spdlog.h>

#include <charconv>
#include <chrono>
#include <memory>

namespace keywheel {

namespace {

constexpr std::size_t max_connections = 256;
constexpr auto tick_interval = std::chrono::seconds{1};
constexpr auto ask_timeout = std::chrono::seconds{10};
/// The file is read and checked, secrets and all.
constexpr auto change_timeout = std::chrono::seconds{30};

/// The port in "127.0.0.1:4101".
std::uint16_t port_of(const std::string& address) {
  std::uint16_t result = 0;
  const auto colon = address.rfind(':');
  std::from_chars(address.data() + colon + 1, address.data() + address.size(), result);
  return result;
}

} // namespace

class admin_state::session : public detail::session {
public:
  session(admin_state& owner, caf::io::connection_handle connection)
      : detail::session(connection, observe::api_limits(), owner.now()),
        owner_(owner),
        reader_(owner.gate) {
    // nop
  }

  /// Number of the request that is waiting for its answer; 0: none.
  std::uint64_t number = 0;

  void on_lost() override {
    // nop
  }

  void on_head(http::request_head&& head, std::optional<std::size_t> declared) override {
    if (const auto refusal = reader_.head(head, declared))
      http.answer(*refusal, owner_.now());
  }

  void on_body(std::string_view piece) override { reader_.body(piece); }

  void on_request() override {
    if (auto question = reader_.request()) {
      number = ++owner_.last_number;
      owner_.serve(*this, std::move(*question));
    }
  }

  void on_bad_request(unsigned status, std::string_view message) override {
    http.answer(observe::error_response(observe::framing_error(status, message)), owner_.now());
  }

private:
  admin_state& owner_;
  observe::api_reader reader_;
};

admin_state::admin_state(admin_pointer self_ptr)
    : self(self_ptr),
      sessions(*self_ptr, max_connections, [this](caf::io::connection_handle handle) {
        return std::make_unique<session>(*this, handle);
      }) {
  // nop
}

admin_actor::behavior_type admin_state::make_behavior(gateway_actor to_ask, config::snapshot config,
                                                      config::secret token,
                                                      observe::logger_ptr logger) {
  gateway = std::move(to_ask);
  where = config->admin.listen;
  generated = std::move(token);
  log = std::move(logger);
  setup(*config);
  return {
      [this](listen_atom) { return listen(); },
      [this](setup_atom, const routing_ptr& next) { setup(*next->config); },
      [this](drain_atom) { drain(); },
      [this](tick_atom) { tick(); },
      // -- sockets -----------------------------------------------------------------------------
      [this](const caf::io::new_connection_msg& msg) {
        sessions.accept(msg.handle);
        if (!std::exchange(ticking, true))
          self->delayed_send(self, tick_interval, tick_atom_v);
      },
      [this](const caf::io::new_data_msg& msg) { sessions.receive(msg, now()); },
      [this](const caf::io::data_transferred_msg& msg) { sessions.progress(msg); },
      [this](const caf::io::connection_closed_msg& msg) { sessions.lose(msg.handle); },
      [this](const caf::io::acceptor_closed_msg&) {
        self->quit(make_error(ec::cannot_listen, "the admin port was closed by the system"));
      },
  };
}

// -- operations --------------------------------------------------------------------------------

caf::result<std::string> admin_state::listen() {
  if (!listener) {
    auto opened = detail::listen(*self, where);
    if (!opened)
      return opened.error();
    listener = std::move(*opened);
    gate.listen = {where.host, port_of(listener->second)};
  }
  return listener->second;
}

void admin_state::setup(const config::config& with) {
  gate.token = with.admin.token.empty() ? generated : with.admin.token;
}

void admin_state::drain() {
  draining = true;
  if (listener)
    self->close(listener->first);
}

void admin_state::tick() {
  ticking = sessions.size() > 0;
  if (ticking)
    self->delayed_send(self, tick_interval, tick_atom_v);
  sessions.expire(now());
}

// -- questions ---------------------------------------------------------------------------------

void admin_state::serve(session& from, observe::api_question question) {
  using operation = observe::api_operation;
  const ticket to{from.handle, from.number};
  const auto& route = question.route;
  const auto refuse = [&](const observe::api_error& why) {
    from.http.answer(observe::error_response(why), now());
  };
  switch (route.what) {
  case operation::healthz:
    return from.http.answer(observe::text_response(200, "ok"), now());
  case operation::readyz:
    return from.http.answer(readiness(), now());
  case operation::reload:
    return reload(to);
  case operation::reset_key:
    return reset(to, route);
  case operation::change_key: {
    auto read = observe::read_key_patch(question.body, route.provider, route.name);
    if (const auto* error = std::get_if<observe::api_error>(&read))
      return refuse(*error);
    auto& edits = std::get<std::vector<config::key_edit>>(read);
    auto what = "key " + observe::one_line(route.key_id()) + ": " + observe::describe(edits);
    return change(to, route, {std::move(edits), {}, route.dry_run}, std::move(what));
  }
  case operation::change_model: {
    auto read = observe::read_model_patch(question.body, route.model);
    if (const auto* error = std::get_if<observe::api_error>(&read))
      return refuse(*error);
    auto& edits = std::get<std::vector<config::model_edit>>(read);
    auto what = "model " + observe::one_line(route.model) + ": " + observe::describe(edits);
    return change(to, route, {{}, std::move(edits), route.dry_run}, std::move(what));
  }
  default:
    return answer_with_status(to, [route](const observe::status& status) {
      return observe::answer_question(route, status);
    });
  }
}

http::response admin_state::readiness() const {
  if (draining)
    return observe::text_response(503, "draining");
  return observe::text_response(200, "ready");
}

void admin_state::change(const ticket& to, const observe::api_route& route, config_edit edit,
                         std::string what) {
  const auto ask = [this, to, route, edit = std::move(edit), what = std::move(what)] {
    self->request(gateway, change_timeout, edit_atom_v, edit)
        .then([this, to, route, edit,
               what](edit_report& report) { edited(to, route, edit, what, report); },
              answer_unavailable(to));
  };
  self->request(gateway, ask_timeout, status_atom_v)
      .then(
          [this, to, route, ask](const observe::status& status) {
            if (const auto obstacle = observe::find_obstacle(route, status))
              answer(to, observe::error_response(*obstacle));
            else
              ask();
          },
          answer_unavailable(to));
}

void admin_state::reset(const ticket& to, const observe::api_route& route) {
  self->request(gateway, ask_timeout, reset_atom_v, route.key_id())
      .then(
          [this, to, route](bool known) {
            if (!known)
              return answer(to, observe::error_response(observe::no_such_thing(route)));
            log->info("admin reset key {}", observe::one_line(route.key_id()));
            answer_with_status(to, [route](const observe::status& status) {
              return observe::answer_change(route, status.config.generation, status);
            });
          },
          answer_unavailable(to));
}

void admin_state::reload(const ticket& to) {
  self->request(gateway, change_timeout, reload_atom_v)
      .then([this, to](reload_report& report) { reloaded(to, report); }, answer_unavailable(to));
}

// -- what the gateway says -----------------------------------------------------------------------

void admin_state::edited(const ticket& to, const observe::api_route& route, const config_edit& edit,
                         const std::string& what, edit_report& report) {
  if (!report.error.empty() || !report.problems.empty()) {
    const auto why = observe::edit_error(std::move(report.error), std::move(report.problems));
    log->info("admin could not change {}: {}", what, observe::one_line(why.message));
    return answer(to, observe::error_response(why));
  }
  if (edit.dry_run)
    return answer_with_status(to, [edit](const observe::status& status) {
      return observe::json_response(200, edit.keys.empty()
                                             ? observe::dry_run_json(status, edit.models)
                                             : observe::dry_run_json(status, edit.keys));
    });
  log->info("admin changed {} (generation {})", what, report.generation);
  answer_with_status(to, [route, generation = report.generation](const observe::status& status) {
    return observe::answer_change(route, generation, status);
  });
}

void admin_state::reloaded(const ticket& to, reload_report& report) {
  if (!report.problems.empty()) {
    const auto why = observe::reload_error(std::move(report.problems));
    log->info("admin could not reload the configuration: {}", observe::one_line(why.message));
    return answer(to, observe::error_response(why));
  }
  log->info("admin reloaded the configuration (generation {})", report.generation);
  answer(to, observe::json_response(200,
                                    observe::reload_json(report.generation, report.needs_restart)));
}

// -- helpers -------------------------------------------------------------------------------------

void admin_state::answer_with_status(const ticket& to,
                                     std::function<http::response(const observe::status&)> make) {
  self->request(gateway, ask_timeout, status_atom_v)
      .then([this, to,
             make = std::move(make)](const observe::status& status) { answer(to, make(status)); },
            answer_unavailable(to));
}

void admin_state::answer(const ticket& to, const http::response& with) {
  auto* found = static_cast<session*>(sessions.find(to.connection));
  if (found == nullptr || found->number != to.number)
    return;
  found->http.answer(with, now());
  sessions.pump(*found);
}

std::function<void(const caf::error&)> admin_state::answer_unavailable(const ticket& to) {
  return [this, to](const caf::error& why) {
    answer(to, observe::error_response(observe::unavailable(describe(why))));
  };
}

admin_actor::behavior_type admin(admin_pointer self, gateway_actor gateway, config::snapshot config,
                                 config::secret token, observe::logger_ptr log) {
  return self->state.make_behavior(std::move(gateway), std::move(config), std::move(token),
                                   std::move(log));
}

} // namespace keywheel
