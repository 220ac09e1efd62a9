#include "actors/detail/sessions.hpp"

#include "actors/detail/sockets.hpp"

#include <algorithm>
#include <vector>

namespace keywheel::detail {

namespace {

/// What one read takes at most: a connection holds a buffer of this size, and CAF clears it before
/// each read. Little for heads and short bodies; long bodies make it grow.
constexpr std::size_t least_read = 2 * 1024;
constexpr std::size_t most_read = 64 * 1024;

/// No further request is read while the client has not read so much of its answers.
constexpr std::size_t most_unsent = 256 * 1024;

constexpr std::chrono::seconds stuck_after{30};

} // namespace

session_table::session_table(caf::io::abstract_broker& self, std::size_t most, factory make)
    : self_(self), most_(most), make_(std::move(make)) {
  // nop
}

void session_table::accept(caf::io::connection_handle handle) {
  if (sessions_.size() >= most_)
    return detail::drop(self_, handle);
  auto& which = sessions_[handle] = make_(handle);
  set_read_size(*which, least_read);
}

void session_table::receive(const caf::io::new_data_msg& data, time_point now) {
  auto* which = find(data.handle);
  if (which == nullptr)
    return;
  // A full buffer promises more; one that is far from full, the end of a long body.
  if (data.buf.size() >= which->read_size)
    set_read_size(*which, std::min(which->read_size * 8, most_read));
  else if (data.buf.size() < which->read_size / 8)
    set_read_size(*which, least_read);
  which->http.feed({data.buf.data(), data.buf.size()}, now);
  pump(*which);
}

void session_table::set_read_size(session& which, std::size_t size) {
  if (size == which.read_size)
    return;
  which.read_size = size;
  self_.configure_read(which.handle, caf::io::receive_policy::at_most(static_cast<unsigned>(size)));
}

void session_table::progress(const caf::io::data_transferred_msg& what) {
  auto* which = find(what.handle);
  if (which == nullptr)
    return;
  which->unsent = static_cast<std::size_t>(what.remaining);
  which->on_progress();
  pump(*which);
}

void session_table::lose(caf::io::connection_handle handle) {
  const auto found = sessions_.find(handle);
  if (found == sessions_.end())
    return;
  auto gone = std::move(found->second);
  sessions_.erase(found);
  gone->on_lost();
}

void session_table::expire(time_point now) {
  std::vector<session*> due;
  std::vector<caf::io::connection_handle> stuck;
  for (auto& [handle, which] : sessions_)
    if (is_stuck(*which, now))
      stuck.push_back(handle);
    else if (const auto timeout = which->http.next_timeout(); timeout && *timeout <= now)
      due.push_back(which.get());
  for (auto handle : stuck)
    forget(handle);
  for (auto* which : due) {
    which->http.expire(now);
    pump(*which);
  }
}

/// Nothing more will be written for it, and its client does not read what there is.
bool session_table::is_stuck(session& which, time_point now) {
  if (which.unsent == 0 || which.unsent != which.unsent_then) {
    which.unsent_then = which.unsent;
    which.progressed = now;
  }
  return which.http.current() != http::server_connection::state::open
         && which.progressed + stuck_after < now;
}

void session_table::pump(session& which) {
  using state = http::server_connection::state;
  if (auto& output = which.http.output(); !output.empty()) {
    auto& buffer = self_.wr_buf(which.handle);
    buffer.insert(buffer.end(), output.begin(), output.end());
    output.clear();
    self_.flush(which.handle);
    which.unsent = unsent(self_, which.handle);
  }
  const auto now = which.http.current();
  if (now != state::open && which.unsent == 0) {
    if (now == state::closed)
      return forget(which.handle);
    if (!std::exchange(which.shut, true))
      shut_down_writing(which.handle);
  }
  // A halted socket does not tell when its peer leaves, so this is for floods only: of requests, or
  // of answers that nobody reads (where the failing write tells).
  if (const auto halt = !which.http.wants_input() || which.unsent > most_unsent;
      halt != which.halted) {
    which.halted = halt;
    if (halt)
      self_.halt(which.handle);
    else
      self_.trigger(which.handle);
  }
}

session* session_table::find(caf::io::connection_handle handle) {
  const auto found = sessions_.find(handle);
  return found == sessions_.end() ? nullptr : found->second.get();
}

void session_table::drop(session& which) {
  forget(which.handle);
}

bool session_table::quiet() const {
  return std::none_of(sessions_.begin(), sessions_.end(), [](const auto& entry) {
    return entry.second->http.busy() || entry.second->unsent > 0;
  });
}

void session_table::stop_keeping_alive() {
  std::vector<session*> all;
  for (auto& [handle, which] : sessions_)
    all.push_back(which.get());
  for (auto* which : all) {
    which->http.stop_keeping_alive();
    pump(*which);
  }
}

void session_table::forget(caf::io::connection_handle handle) {
  detail::drop(self_, handle);
  lose(handle);
}

} // namespace keywheel::detail
