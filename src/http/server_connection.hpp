#pragma once

#include "http/message.hpp"
#include "time.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace keywheel::http {

/// What a server accepts from one client connection.
struct server_limits {
  std::size_t max_header = 65'536;                    ///< bytes, request line included; beyond: 431
  std::size_t max_body = std::size_t{64} << 20;       ///< bytes of a request body; beyond: 413
  duration header_timeout = std::chrono::seconds{30}; ///< for a whole header section; beyond: 408
  duration body_timeout = std::chrono::seconds{60};   ///< between two pieces of a body; beyond: 408
  duration idle_timeout = std::chrono::seconds{300};  ///< between two requests; beyond: closed
  duration linger = std::chrono::seconds{2};          ///< reading on after the last answer is taken
};

/// What the owner of a connection does with its requests. All calls come from inside
/// server_connection::feed, finish and expire, one request at a time. From inside them the owner
/// may answer, but neither feed nor destroy the connection.
class request_handler {
public:
  virtual ~request_handler() = default;

  /// A header section is complete. `declared` is its Content-Length, if it has one. The owner may
  /// answer at once (server_connection::answer); the request's body is then not read any more
  /// and the connection closes after the answer, unless the body is empty.
  virtual void on_head(request_head&& head, std::optional<std::size_t> declared) = 0;

  /// A piece of the body, chunk framing removed.
  virtual void on_body(std::string_view piece) = 0;

  /// The request is whole. The next one is not parsed before this one is answered.
  virtual void on_request() = 0;

  /// The bytes cannot be a request, or go beyond a limit: 400, 408, 413, 414, 417, 431, 501, 505.
  /// The owner answers (in its own shape of errors); the connection closes after that.
  virtual void on_bad_request(unsigned status, std::string_view message) = 0;
};

/// One HTTP/1.1 connection seen from the server (RFC 9112): frames requests, keeps pipelined ones
/// waiting for their turn, frames answers, and knows when to close. Bytes in, bytes out; no
/// socket, no thread, no clock.
class server_connection {
public:
  /// `wall` is asked for the Date of answers and for nothing else.
  server_connection(const server_limits& limits, request_handler& owner, time_point now,
                    wall_time (*wall)() = &std::chrono::system_clock::now);
  ~server_connection();
  server_connection(const server_connection&) = delete;
  server_connection& operator=(const server_connection&) = delete;

  // -- input ---------------------------------------------------------------------------------

  /// Takes what the socket gave. Bytes of a following request are kept, up to a bound, while an
  /// answer is outstanding: see wants_input().
  void feed(std::string_view bytes, time_point now);

  /// False while so much pipelined input is kept that the socket should not be read.
  bool wants_input() const noexcept;

  /// Lets time pass: makes a request that trickles in fail with 408 and ends lingering.
  void expire(time_point now);

  /// When expire() has something to do next; nothing while an answer is outstanding.
  std::optional<time_point> next_timeout() const noexcept;

  // -- output --------------------------------------------------------------------------------

  /// Begins the answer to the current request. Adds Date, Connection and the framing:
  /// Content-Length if `length` is known, else chunked (or, for HTTP/1.0, until close). For HEAD
  /// and for 204 and 304 no body follows whatever write() is given. Does nothing where no answer is
  /// awaited.
  /// @pre a request is outstanding
  void begin(const response_head& head, std::optional<std::size_t> length, time_point now);

  /// Adds a piece of the body of the answer.
  void write(std::string_view piece);

  /// Ends the answer; the next pipelined request, if any, is handed to the owner from in here.
  /// An answer that is `broken` (ends early) closes the connection without a proper end, so that
  /// the client can tell.
  void finish(time_point now, bool broken = false);

  /// begin, write and finish of a whole answer; Content-Length is set from the body.
  void answer(const response& whole, time_point now);

  /// Bytes to be sent; the owner takes them (and leaves the string empty).
  std::string& output() noexcept;

  // -- state ---------------------------------------------------------------------------------

  enum class state {
    open,    ///< reading or waiting for a request, or an answer is outstanding
    closing, ///< the last answer is in output(); send it, shut down writing, feed() discards
    closed,  ///< nothing more to expect: close the socket now
  };
  state current() const noexcept;

  /// True between on_head and the end of the answer.
  bool busy() const noexcept;

  /// From now on every answer closes the connection; an idle connection closes at once.
  /// For draining.
  void stop_keeping_alive();

private:
  class impl;
  std::unique_ptr<impl> impl_;
};

} // namespace keywheel::http
