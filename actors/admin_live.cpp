// How the admin port shows what happens: what of admin_state tells those who watch, and remembers
// the last hour.

#include "actors/admin_session.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>

namespace keywheel {

namespace {

constexpr auto ask_timeout = std::chrono::seconds{10};
constexpr auto poll_interval = std::chrono::seconds{1};

http::response_head stream_head() {
  http::response_head result;
  result.status = 200;
  result.headers.add("Content-Type", "text/event-stream");
  result.headers.add("Cache-Control", "no-store");
  result.headers.add("X-Content-Type-Options", "nosniff");
  return result;
}

} // namespace

// -- events --------------------------------------------------------------------------------------

void admin_state::watch(session& from, const observe::api_route& route) {
  const auto filter = observe::read_event_filter(route.query);
  if (const auto* error = std::get_if<observe::api_error>(&filter))
    return from.http.answer(observe::error_response(*error), now());
  from.http.begin(stream_head(), std::nullopt, now());
  if (route.head_only)
    return from.http.finish(now());
  from.watching.emplace(std::get<observe::event_filter>(filter), now());
  watchers.push_back(from.handle);
  from.http.write(observe::event_subscription::greeting());
  if (const auto snapshot = feed.snapshot())
    from.http.write(from.watching->pass({&*snapshot, 1}, now()));
  poll();
}

void admin_state::unwatch(caf::io::connection_handle who) {
  std::erase(watchers, who);
  if (watchers.empty()) {
    feed.forget();
    last_poll.reset();
  }
}

void admin_state::poll() {
  if (watchers.empty() || polling || (last_poll && now() < *last_poll + poll_interval))
    return;
  last_poll = now();
  polling = true;
  self->request(gateway, ask_timeout, status_atom_v)
      .then([this](const observe::status& status) { polled(status); },
            [this](const caf::error&) { polling = false; });
}

void admin_state::polled(const observe::status& status) {
  polling = false;
  past.take(status, now());
  if (!watchers.empty())
    publish(feed.take(status, std::chrono::system_clock::now()));
}

void admin_state::publish(const std::vector<observe::event>& events) {
  // Writing may lose a watcher.
  for (const auto& who : std::vector{watchers})
    if (auto* found = static_cast<session*>(sessions.find(who)); found && found->watching)
      write_events(who, found->watching->pass(events, now()));
}

void admin_state::keep_alive() {
  for (const auto& who : std::vector{watchers})
    if (auto* found = static_cast<session*>(sessions.find(who)); found && found->watching)
      write_events(who, found->watching->beat(now()));
}

void admin_state::write_events(caf::io::connection_handle to, const std::string& text) {
  auto* found = sessions.find(to);
  if (found == nullptr || text.empty())
    return;
  // What counts is what was left unread before: one snapshot alone may be larger.
  if (const auto unread = found->unsent + found->http.output().size();
      unread > observe::event_subscription::most_backlog) {
    log->warn("admin dropped a reader of events that had left {} bytes unread", unread);
    return sessions.drop(*found);
  }
  found->http.write(text);
  sessions.pump(*found);
}

// -- the last hour -------------------------------------------------------------------------------

void admin_state::sample() {
  self->request(gateway, ask_timeout, status_atom_v)
      .then(
          [this](const observe::status& status) {
            past.take(status, now());
            self->delayed_send(self, past.next_step(now()) - now(), status_atom_v);
          },
          [this](const caf::error&) {
            self->delayed_send(self, observe::history::step, status_atom_v);
          });
}

void admin_state::answer_history(session& from, const ticket& to, const observe::api_route& route) {
  const auto minutes = observe::read_minutes(route.query);
  if (const auto* error = std::get_if<observe::api_error>(&minutes))
    return from.http.answer(observe::error_response(*error), now());
  answer_with_status(to, [this,
                          minutes = std::get<std::size_t>(minutes)](const observe::status& status) {
    past.take(status, now());
    return observe::json_response(200, past.json(minutes, now(), std::chrono::system_clock::now()));
  });
}

} // namespace keywheel
