#pragma once

#include "tools/simulator/simulator.hpp"

#include <rapidjson/document.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// A client that shows every byte, for tests of the simulator.
namespace simulator_test {

struct response {
  int status = 0;
  std::string head;      ///< As received, with the empty line.
  std::string body;      ///< Without chunk framing.
  bool complete = false; ///< The end of the body was there.

  /// The value of a header field (its name in lower case), "(none)" if there is none.
  std::string header(std::string_view name) const;

  rapidjson::Document json() const;
};

/// The text of a JSON string.
std::string_view text(const rapidjson::Value& value);

/// One connection. A call that gets nothing for 20 s fails the test.
class client {
public:
  explicit client(std::uint16_t port);
  ~client();

  client(const client&) = delete;
  client& operator=(const client&) = delete;

  void send(std::string_view bytes);

  /// Sends what the socket takes; stops when it takes nothing for a while. Returns how much.
  std::size_t send_until_blocked(std::string_view bytes);

  /// Reads one answer (never the body of one to HEAD if `head_only`).
  response receive(bool head_only = false);

  /// Reads `count` bytes, or fewer if the server closes.
  std::string receive_bytes(std::size_t count);

  /// Reads until the server closes.
  std::string receive_all();

  /// What the next read says: "data", "closed" or "reset".
  std::string next_event();

  /// Makes the destructor reset the connection: a plain close comes after all unsent bytes.
  void reset_on_close();

  /// Closes the sending side.
  void finish_sending();

  response call(std::string_view method, std::string_view target, std::string_view key,
                std::string_view body = {});

private:
  bool fill();
  bool wait_for(std::string_view text);

  int fd_;
  std::string buffer_;
  std::size_t used_ = 0; // of the buffer
};

/// A request with Host, Authorization (unless `key` is empty) and Content-Length.
std::string request(std::string_view method, std::string_view target, std::string_view key,
                    std::string_view body = {}, std::string_view more_headers = {});

/// A chat completion request's body.
std::string chat(std::string_view text = "hi", std::string_view more_fields = {});

/// A server with keys sim-key-a and sim-key-b on a free port, already running.
struct running {
  explicit running(keywheel::simulator::options what = {});

  /// One call on a connection of its own.
  response call(std::string_view method, std::string_view target, std::string_view key,
                std::string_view body = {});

  response post_chat(std::string_view key, std::string_view body);

  /// One call with a line such as "x-api-key: k" (or more, with CRLF between) instead of a bearer
  /// token.
  response call_with(std::string_view lines, std::string_view method, std::string_view target,
                     std::string_view body = {});

  /// Adds a fault for sim-key-a; `json` is the fault's object.
  void fault(std::string_view json);

  /// A counter of GET /_sim/stats.
  std::uint64_t stat(std::string_view key, std::string_view name);

  /// Asks for a counter until it is `value`. Fails the test after 20 s.
  void wait_for_stat(std::string_view key, std::string_view name, std::uint64_t value);

  keywheel::simulator::server server;
};

inline constexpr std::string_view key_a = "sk-sim-key-a";
inline constexpr std::string_view key_b = "sk-sim-key-b";

/// Replaces ids and times by ID and 0, so that answers can be compared as a whole.
std::string scrubbed(const std::string& text);

} // namespace simulator_test
