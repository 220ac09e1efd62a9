#pragma once

#include "http/server_connection.hpp"
#include "time.hpp"

#include <caf/io/abstract_broker.hpp>
#include <caf/io/scribe.hpp>
#include <caf/io/system_messages.hpp>

#include <functional>
#include <memory>
#include <unordered_map>

namespace keywheel::detail {

/// One client connection of a broker that speaks HTTP: the socket's side of a server_connection.
/// A broker derives its own kind and handles requests in it.
class session : public http::request_handler {
public:
  session(caf::io::connection_handle connection, const http::server_limits& limits, time_point now)
      : http(limits, *this, now), handle(connection) {
    // nop
  }

  /// The peer is gone, or the connection was dropped: no answer can be given any more.
  virtual void on_lost() = 0;

  /// The socket has taken bytes that had to wait.
  virtual void on_progress() {}

  http::server_connection http;
  const caf::io::connection_handle handle;
  time_point progressed; ///< when the client was last seen to read, or to have nothing to read
  std::size_t unsent_then = 0; ///< at that time
  std::size_t unsent = 0;      ///< bytes of answers that the client has not read
  std::size_t read_size = 0;   ///< what one read takes at most
  bool shut = false;   ///< our side of the socket is closed; reading on until the peer closes
  bool halted = false; ///< the socket is not being read
};

/// The connections of one broker. Lives in the broker's state, on the I/O thread.
class session_table {
public:
  using factory = std::function<std::unique_ptr<session>(caf::io::connection_handle)>;

  /// @param most connections beyond this number are closed at once
  session_table(caf::io::abstract_broker& self, std::size_t most, factory make);

  // -- what the broker's handlers pass on ------------------------------------------------------

  void accept(caf::io::connection_handle handle);
  void receive(const caf::io::new_data_msg& data, time_point now);
  void progress(const caf::io::data_transferred_msg& what);
  void lose(caf::io::connection_handle handle);
  void expire(time_point now);

  // -- what the broker asks for ----------------------------------------------------------------

  /// Sends what a session has to say, and closes its socket when it is done.
  void pump(session& which);

  /// Closes a session's connection at once, whatever is unsent. The session is gone after that.
  void drop(session& which);

  session* find(caf::io::connection_handle handle);
  std::size_t size() const noexcept { return sessions_.size(); }

  /// True if no request is being read or answered and every answer has left for its client.
  bool quiet() const;

  /// Lets no connection stay open for another request.
  void stop_keeping_alive();

private:
  static bool is_stuck(session& which, time_point now);
  void set_read_size(session& which, std::size_t size);
  void forget(caf::io::connection_handle handle);

  caf::io::abstract_broker& self_;
  std::size_t most_;
  factory make_;
  std::unordered_map<caf::io::connection_handle, std::unique_ptr<session>> sessions_;
};

} // namespace keywheel::detail
