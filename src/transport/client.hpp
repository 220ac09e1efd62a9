#pragma once

#include "dialect/signal.hpp"
#include "http/message.hpp"
#include "time.hpp"
#include "transport/settings.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace keywheel::transport {

using transfer_id = std::uint64_t;

/// Pieces of memory that follow each other: a request body with the model name spliced in place.
/// Whoever starts a transfer keeps the memory alive until its end.
using segments = std::vector<std::string_view>;

/// One request to a provider.
struct request {
  std::string method = "POST";
  std::string url;
  http::fields headers; ///< complete but for Host, Content-Length and Connection
  segments body;
  settings_ptr via;                                      ///< how its provider is reached
  std::chrono::milliseconds connect_timeout{10'000};     ///< name, connection, TLS; 0: 300 s
  std::chrono::milliseconds first_byte_timeout{300'000}; ///< sent to end of header section; 0: none
  std::chrono::milliseconds idle_timeout{300'000};       ///< silence inside an answer; 0: none
  time_point deadline = time_point::max();

  /// A kept-alive connection may be closed just when a request is sent on it, without a byte of an
  /// answer. That request goes out again on a fresh connection if this is set, if its method is
  /// GET, HEAD or OPTIONS, or if the provider certainly did not receive all of it; else it ends in
  /// no_answer, since the provider may have acted on it. A stream that the provider refused (RFC
  /// 9113 §8.7) goes out once more in any case, and then ends in not_sent.
  bool replayable = false;
};

/// How a transfer ended.
struct outcome {
  bool complete = false; ///< header section and body arrived as announced
  dialect::failure failed = dialect::failure::none; ///< where it is not complete: how (a break
                                                    ///< inside the body is no_answer)
  std::string detail;                               ///< in words, without headers or secrets
};

/// Who is told about transfers. All calls come from inside client::run (never from start, resume or
/// cancel), on the thread that calls it. Inside them, start, resume and cancel may be called; they
/// must not throw, nor destroy the client.
class listener {
public:
  virtual ~listener() = default;

  /// The header section of the final answer (1xx and, for proxies, CONNECT answers are skipped).
  virtual void on_head(transfer_id id, http::response_head&& head) = 0;

  /// A piece of the body. Returns false to be offered the same bytes again after resume(), perhaps
  /// together with those that follow: nothing more of this transfer is read before that.
  virtual bool on_data(transfer_id id, std::string_view piece) = 0;

  /// The last call for this id.
  virtual void on_done(transfer_id id, const outcome& how) = 0;
};

/// The one owner of curl's multi handles. All their sockets and timers stand behind one descriptor
/// that becomes readable when run() has something to do; so it fits into any event loop (DESIGN §4:
/// nested epoll, timerfd, curl_multi_socket_action). Easy handles are pooled. Not thread-safe:
/// one thread owns a client.
class client {
public:
  struct options {
    std::size_t max_idle_connections = 256; ///< kept for reuse, all providers together
    std::string user_agent;                 ///< sent where the request has none; empty: none
  };

  /// Throws std::system_error if the kernel gives no epoll or timer descriptor.
  client(listener& owner, options with);
  ~client();
  client(const client&) = delete;
  client& operator=(const client&) = delete;

  /// Readable when run() should be called. Stays the same for the client's life.
  int descriptor() const noexcept;

  /// Starts a transfer. Its end is always told by on_done, except after cancel().
  void start(transfer_id id, request what, time_point now);

  /// Goes on after on_data returned false. No effect on an unknown or running transfer.
  void resume(transfer_id id);

  /// Ends a transfer at once and closes its connection if the answer was not complete; the listener
  /// hears no more of it. No effect on an unknown one.
  void cancel(transfer_id id);

  /// Does what is due. Never blocks.
  void run(time_point now);

  /// Transfers under way.
  std::size_t active() const noexcept;

private:
  class impl;
  std::unique_ptr<impl> impl_;
};

} // namespace keywheel::transport
