#pragma once

#include "transport/answer_head.hpp"
#include "transport/client.hpp"
#include "transport/header_list.hpp"

#include <curl/curl.h>

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

namespace keywheel::transport {

class engine;
class lane;

/// One request on its way: a pooled easy handle and what belongs to it. Options that never change
/// are set once, when the handle is made (engine); prepare() sets the rest.
class transfer {
public:
  /// `of` outlives the transfer. Throws std::bad_alloc if curl gives no handle.
  explicit transfer(engine& of);
  ~transfer();
  transfer(const transfer&) = delete;
  transfer& operator=(const transfer&) = delete;

  /// Makes the handle as good as new, for requests by way of `via`.
  void renew(settings_ptr via);

  /// What the handle is set up for.
  const settings_ptr& via() const noexcept { return via_; }

  /// Takes a request over, and forgets the one before.
  void begin(transfer_id for_id, request&& what, time_point now);

  /// Tells curl about the request. Returns false if its method or headers would say something else
  /// on the wire than here (see header_list::build); then it must not be sent.
  bool prepare(std::string_view user_agent_line);

  /// Overwrites what may be secret and lets go of the request. The handle is kept.
  void end();

  /// When it is due to be given up, as things stand. time_point::max() for never.
  time_point limit() const noexcept;

  /// Whether the request may go out once more after a kept-alive connection was closed on it, or
  /// its stream was refused.
  bool may_repeat() const noexcept;

  /// What curl says of the last error, in its own words. May be empty.
  char* words() noexcept { return words_.data(); }

  /// For CURLOPT_READFUNCTION and CURLOPT_SEEKFUNCTION: the body from segments, without copying it.
  std::size_t read(char* to, std::size_t room) noexcept;
  bool seek(std::size_t offset) noexcept;

  /// Where the transfer stands. It is reset by begin().
  struct state {
    lane* home = nullptr;        ///< while in curl's hands
    int socket = -1;             ///< the one it used last
    unsigned times_sent = 0;     ///< how often curl began to send it
    time_point last_move{};      ///< of bytes to or from the provider, as far as we see it
    bool refused = false;        ///< not to be sent at all
    bool cancelled = false;      ///< nothing is told any more
    bool head_held = false;      ///< the head came outside of run() and is to be told
    bool held = false;           ///< a piece of body came outside of run(): curl keeps it, paused
    bool paused = false;         ///< the listener said so
    bool offering = false;       ///< the listener is in on_data
    bool resume_asked = false;   ///< resume() has been called, and is still to be done
    bool on_stream = false;      ///< on an HTTP/2 connection, which it may share with others
    bool closed_unread = false;  ///< the provider closed before it had received all of it
    bool stream_refused = false; ///< by a provider that did not act on it (RFC 9113 §8.7)
  };

  engine& owner;
  CURL* const easy;
  transfer_id id = 0;
  request what;
  answer_head answer;
  state now;

private:
  void set_version();
  void set_method(bool has_body);
  void set_body();

  header_list headers_;
  std::string joined_;
  std::size_t body_size_ = 0;
  std::size_t segment_ = 0;
  std::size_t offset_ = 0;
  long connect_timeout_ms_ = -1;
  bool custom_method_ = false;
  bool http2_ = false;
  settings_ptr via_;
  std::array<char, CURL_ERROR_SIZE> words_{};
};

} // namespace keywheel::transport
