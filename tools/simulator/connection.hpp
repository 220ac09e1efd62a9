#pragma once

#include "tools/simulator/exchange.hpp"
#include "tools/simulator/provider.hpp"
#include "tools/simulator/request_parser.hpp"

namespace keywheel::simulator {

class connection;
class reactor;

/// One client connection: takes requests one by one, has the provider answer them and sends the
/// answers, or misbehaves as a fault says. Driven by the reactor; uses its thread only.
class connection {
public:
  /// Takes over the non-blocking socket `fd`.
  connection(reactor& owner, provider& source, int fd);

  ~connection();

  connection(const connection&) = delete;
  connection& operator=(const connection&) = delete;

  /// The socket's edge-triggered events.
  void on_event(std::uint32_t events);

  /// The deadline that was asked for with reactor::arm has come.
  void on_timer();

  /// Closes the connection in the middle of whatever it does, as a provider that breaks down.
  void cut();

  bool closed() const { return fd_ < 0; }

  int fd() const { return fd_; }

  /// The reactor's mark of the timer that is valid; 0 if none is.
  std::uint64_t timer = 0;

  /// The reactor's place for this connection.
  std::size_t slot = 0;

private:
  enum class phase : std::uint8_t {
    receiving, ///< Waiting for a request or the rest of one.
    waiting,   ///< The answer is ready and due later.
    streaming, ///< Events are still to be produced.
    sending,   ///< The whole answer is in out_, the socket is full.
    trickling, ///< The whole answer is in out_ and goes in pieces.
    stuck,     ///< Nothing happens until the client leaves.
    lingering, ///< All is said; the client is to close first.
    closed,
  };

  // -- receiving (connection.cpp) --
  void pump();
  bool receive();
  void on_head();
  void on_complete();
  void answer();
  void refuse(int status);
  void discard();
  request_view view();
  bool body_outstanding() const;
  const fault* broken() const { return exchange_.broken.get(); }

  // -- sending (answering.cpp) --
  void act();
  void perform();
  void get_stuck();
  void send_whole();
  void cut_body();
  void produce();
  bool produce_event();
  void end_stream();
  void trickle();
  void send_rest();
  bool flush(std::size_t end);
  void finish();
  void linger();

  // -- ending --
  void client_left();
  void break_off();
  void drop();

  reactor& reactor_;
  provider& provider_;
  int fd_;
  phase phase_ = phase::receiving;
  bool readable_ = false;    // the socket may have input
  bool peer_closed_ = false; // the client has closed its side
  bool keep_alive_ = true;
  bool head_only_ = false; // the request is a HEAD
  bool chunked_ = true;    // streams are; a client of HTTP/1.0 sees their end by the close
  bool early_ = false;     // the answer went out before the body was read
  bool answered_ = false;  // and the rest of that body is to be thrown away
  bool cut_ = false;       // close instead of finishing the answer
  bool silent_ = false;    // say nothing more instead of finishing the answer
  bool blocked_ = false;   // a stream waits for room in the socket
  input_buffer in_;
  request_parser parser_;
  exchange exchange_;
  reply reply_;
  std::string out_;
  std::size_t sent_ = 0; // of out_
  std::string event_;
  time_point due_;
};

} // namespace keywheel::simulator
