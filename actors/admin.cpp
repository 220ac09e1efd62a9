#include "actors/admin.hpp"

#include "actors/admin_session.hpp"
#include "actors/detail/sockets.hpp"
#include "actors/errors.hpp"
#include "actors/metrics_writer.hpp"
#include "observe/api_changes.hpp"
#include "observe/api_edit.hpp"
#include "observe/api_json.hpp"
#include "observe/api_log.hpp"
#include "observe/metrics_page.hpp"
#include "observe/web_file.hpp"

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

admin_state::session::session(admin_state& owner, caf::io::connection_handle connection)
    : detail::session(connection, observe::api_limits(), owner.now()),
      owner_(owner),
      reader_(owner.gate) {
  // nop
}

void admin_state::session::on_lost() {
  if (watching)
    owner_.unwatch(handle);
}

void admin_state::session::on_head(http::request_head&& head, std::optional<std::size_t> declared) {
  if (const auto refusal = reader_.head(head, declared))
    http.answer(*refusal, owner_.now());
}

void admin_state::session::on_body(std::string_view piece) {
  reader_.body(piece);
}

void admin_state::session::on_request() {
  if (auto question = reader_.request()) {
    number = ++owner_.last_number;
    owner_.serve(*this, std::move(*question));
  }
}

void admin_state::session::on_bad_request(unsigned status, std::string_view message) {
  http.answer(observe::error_response(observe::framing_error(status, message)), owner_.now());
}

admin_state::admin_state(admin_pointer self_ptr)
    : self(self_ptr),
      sessions(*self_ptr, max_connections, [this](caf::io::connection_handle handle) {
        return std::make_unique<session>(*this, handle);
      }) {
  // nop
}

admin_state::~admin_state() {
  end_writer();
}

admin_actor::behavior_type admin_state::make_behavior(gateway_actor to_ask, audit_log_actor to_tell,
                                                      const routing& first, config::secret token,
                                                      observe::logger_ptr logger) {
  gateway = std::move(to_ask);
  audit_log = std::move(to_tell);
  where = first.config->admin.listen;
  counts = first.counts;
  generated = std::move(token);
  log = std::move(logger);
  setup(*first.config);
  return {
      [this](listen_atom) { return listen(); },
      [this](setup_atom, const routing_ptr& next) { setup(*next->config); },
      [this](setup_atom, audit_log_actor& next) { audit_log = std::move(next); },
      [this](drain_atom) { drain(); },
      [this](tick_atom) { tick(); },
      [this](status_atom) { sample(); },
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
    sample();
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
  poll();
  keep_alive();
}

// -- questions ---------------------------------------------------------------------------------

void admin_state::serve(session& from, observe::api_question question) {
  using operation = observe::api_operation;
  const ticket to{from.handle, from.number,
                  observe::who_asks(self->remote_addr(from.handle), question.user)};
  const auto& route = question.route;
  if (route.is_edit())
    return edit(from, to, std::move(question));
  switch (route.what) {
  case operation::healthz:
    return from.http.answer(observe::text_response(200, "ok"), now());
  case operation::readyz:
    return from.http.answer(readiness(), now());
  case operation::get_file:
    return from.http.answer(observe::answer_file(route.file, question.if_none_match), now());
  case operation::get_metrics:
    return show_metrics(to);
  case operation::get_log:
    return from.http.answer(show_log(), now());
  case operation::change_log:
    return from.http.answer(change_log(question.body), now());
  case operation::watch_events:
    return watch(from, route);
  case operation::get_history:
    return answer_history(from, to, route);
  case operation::get_openapi:
    return from.http.answer(
        observe::json_response(200, std::string{observe::api_documents().front().bytes}), now());
  case operation::reload:
    return if_in_force(to, question.if_generation, [this, to] { reload(to); });
  case operation::reset_key:
    return if_in_force(to, question.if_generation, [this, to, route] { reset(to, route); });
  case operation::get_audit:
    return list_audit(to, route.limit);
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

void admin_state::edit(session& from, const ticket& to, observe::api_question question) {
  auto read = observe::read_edit(question);
  if (const auto* error = std::get_if<observe::api_error>(&read))
    return from.http.answer(observe::error_response(*error), now());
  auto& changes = std::get<std::vector<config::change>>(read);
  change(to, question.route,
         {{std::move(changes), question.route.dry_run}, question.if_generation});
}

void admin_state::change(const ticket& to, const observe::api_route& route, config_edit edit) {
  const auto ask = [this, to, route, edit = std::move(edit)] {
    self->request(gateway, change_timeout, edit_atom_v, edit)
        .then([this, to, route, edit](edit_report& report) { edited(to, route, edit, report); },
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
            log->info("{} has reset key {}", observe::one_line(to.who),
                      observe::one_line(route.key_id()));
            answer_with_status(to, [this, to, route](const observe::status& status) {
              record(to, route.what, route.key_id(), {}, status.config.generation);
              return observe::answer_change(route, status.config.generation, status);
            });
          },
          answer_unavailable(to));
}

void admin_state::reload(const ticket& to) {
  self->request(gateway, change_timeout, reload_atom_v)
      .then([this, to](reload_report& report) { reloaded(to, report); }, answer_unavailable(to));
}

void admin_state::show_metrics(const ticket& to) {
  // No link: two linked actors that end at once keep each other's last message, and so each other.
  if (!writer)
    writer = self->spawn(metrics_writer);
  self->request(gateway, ask_timeout, status_atom_v)
      .then(
          [this, to](observe::status& status) {
            self->request(writer, ask_timeout, status_atom_v, counts, std::move(status))
                .then(
                    [this, to](std::string& page) {
                      answer(to, observe::metrics_response(std::move(page)));
                    },
                    [this, unavailable = answer_unavailable(to)](const caf::error& why) {
                      end_writer(); // the next scrape has another one
                      unavailable(why);
                    });
          },
          answer_unavailable(to));
}

void admin_state::end_writer() {
  if (writer)
    caf::anon_send_exit(std::exchange(writer, nullptr), caf::exit_reason::user_shutdown);
}

void admin_state::list_audit(const ticket& to, unsigned limit) {
  self->request(audit_log, ask_timeout, audit_atom_v, std::size_t{limit})
      .then(
          [this, to](const std::vector<std::string>& lines) {
            answer(to, observe::json_response(200, observe::audit_list_json(lines)));
          },
          answer_unavailable(to));
}

http::response admin_state::show_log() const {
  return observe::json_response(200, observe::log_json(log->level()));
}

http::response admin_state::change_log(const std::string& patch) {
  const auto level = observe::read_log_patch(patch);
  if (const auto* error = std::get_if<observe::api_error>(&level))
    return observe::error_response(*error);
  log->set_level(std::get<spdlog::level::level_enum>(level));
  log->info("admin set the log level to {}", observe::level_word(log->level()));
  return show_log();
}

// -- what the gateway says -----------------------------------------------------------------------

void admin_state::edited(const ticket& to, const observe::api_route& route, const config_edit& edit,
                         edit_report& report) {
  const auto& changes = edit.what.changes;
  const auto target = observe::target_of(changes);
  if (report.generation_differs)
    return answer(to, observe::error_response(observe::generation_mismatch(report.generation)));
  if (!report.error.empty() || !report.problems.empty()) {
    const auto why =
        observe::edit_error(report.why, std::move(report.error), std::move(report.problems));
    log->info("{} could not {} {}: {}: {}", observe::one_line(to.who), to_string(route.what),
              observe::one_line(target), observe::describe(changes),
              observe::one_line(why.message));
    return answer(to, observe::error_response(why));
  }
  if (edit.what.dry_run)
    return answer_with_status(to, [edit](const observe::status& status) {
      return observe::json_response(200, observe::dry_run_json(status, edit.what.changes));
    });
  log->info("{} has done {} {}: {} (generation {})", observe::one_line(to.who),
            to_string(route.what), observe::one_line(target), observe::describe(changes),
            report.generation);
  record(to, route.what, target, observe::names_of(changes), report.generation);
  answer_with_status(to, [route, generation = report.generation](const observe::status& status) {
    return observe::answer_change(route, generation, status);
  });
}

void admin_state::reloaded(const ticket& to, reload_report& report) {
  if (!report.problems.empty()) {
    const auto why = observe::reload_error(std::move(report.problems));
    log->info("{} could not reload the configuration: {}", observe::one_line(to.who),
              observe::one_line(why.message));
    return answer(to, observe::error_response(why));
  }
  log->info("{} has reloaded the configuration (generation {})", observe::one_line(to.who),
            report.generation);
  record(to, observe::api_operation::reload, {}, {}, report.generation);
  answer(to, observe::json_response(200,
                                    observe::reload_json(report.generation, report.needs_restart)));
}

// -- helpers -------------------------------------------------------------------------------------

void admin_state::if_in_force(const ticket& to, std::uint64_t generation,
                              std::function<void()> then) {
  if (generation == 0)
    return then();
  self->request(gateway, ask_timeout, status_atom_v)
      .then(
          [this, to, generation, then = std::move(then)](const observe::status& status) {
            const auto in_force = status.config.generation;
            if (in_force != generation)
              answer(to, observe::error_response(observe::generation_mismatch(in_force)));
            else
              then();
          },
          answer_unavailable(to));
}

void admin_state::record(const ticket& of, observe::api_operation what, std::string target,
                         std::vector<std::string> fields, std::uint64_t generation) {
  observe::audit_entry entry;
  entry.time = std::chrono::system_clock::now();
  entry.who = of.who;
  entry.what = to_string(what);
  entry.target = std::move(target);
  entry.fields = std::move(fields);
  entry.generation = generation;
  publish({{observe::event_kind::audit, observe::audit_json(entry)}});
  self->send(audit_log, audit_atom_v, std::move(entry));
}

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

admin_actor::behavior_type admin(admin_pointer self, gateway_actor gateway,
                                 audit_log_actor audit_log, routing_ptr routing,
                                 config::secret token, observe::logger_ptr log) {
  return self->state.make_behavior(std::move(gateway), std::move(audit_log), *routing,
                                   std::move(token), std::move(log));
}

} // namespace keywheel
