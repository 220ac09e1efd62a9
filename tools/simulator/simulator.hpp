#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

/// A simulated provider: an OpenAI-compatible HTTP/1.1 server with limits per key and faults on
/// demand. README.md beside this file has the endpoints, the fault table and curl lines.
namespace keywheel::simulator {

/// Largest number accepted as a limit per minute.
inline constexpr std::int64_t max_limit = 100'000'000;

/// What one key may use. 0 stands for no limit.
struct key_limits {
  std::int64_t rpm = 0;            ///< Requests per minute: a token bucket that is full at first.
  std::int64_t tpm = 0;            ///< Prompt and answer tokens per minute: likewise.
  std::int64_t max_concurrent = 0; ///< Admitted requests whose answers are not yet fully sent.
};

/// One credential that the server knows.
struct key_options {
  std::string name;                 ///< Shown in answers, statistics and faults.
  std::string secret;               ///< The bearer token. Empty: "sk-" and the name.
  std::string organization;         ///< Shown in headers and texts. Empty: "org-" and the name.
  std::optional<key_limits> limits; ///< Absent: options::default_limits.
};

/// The ways to misbehave.
enum class fault_kind : std::uint8_t {
  status,        ///< Answer with `status`, `headers` and `body` (a JSON error by default).
  latency,       ///< Answer as usual, `delay` later.
  close,         ///< Close the connection without an answer.
  reset,         ///< Reset the connection (RST) without an answer.
  close_in_body, ///< Close after `after` body bytes; in a stream inside the event that follows
                 ///< `after` events.
  garbage,       ///< Send `body` (by default bytes that are no HTTP) and close.
  never_answer,  ///< Keep the connection and say nothing until the client leaves.
  slow,          ///< Send the answer, status line included, `bytes` every `interval`.
  stop_reading,  ///< Read the head, then neither read the body nor answer. A client that closes
                 ///< is only noticed if it resets or has nothing left to send.
  stream_error,  ///< An error object after `after` events of a stream; a plain request gets 500.
  cut_stream,    ///< End the stream's body after `after` events, with no [DONE]; a plain request
                 ///< is treated as by close_in_body.
  revoke,        ///< 401, as for an unknown key.
};

/// The name of `kind` in scripts, such as "close_in_body".
std::string_view to_string(fault_kind kind);

/// One scripted misbehaviour. A request takes the first fault of its key's queue at the moment
/// its head has arrived.
struct fault {
  fault_kind kind = fault_kind::status;
  int status = 500;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  std::chrono::nanoseconds delay{0};                                ///< Before acting, any kind.
  std::chrono::nanoseconds interval{std::chrono::milliseconds{10}}; ///< Between pieces of `slow`.
  std::optional<std::size_t> after; ///< Events or bytes. Absent: 0 for stream_error, 1 event for
                                    ///< the other kinds, half the body for bytes.
  std::size_t bytes = 1;            ///< Size of a piece of `slow`.
  bool early = false; ///< `status` only: answer before the request's body has been read.
  int skip = 0;       ///< Requests to let pass before the first one that is hit.
  int times = 1;      ///< Requests to hit; -1: every one until the faults are deleted.
};

/// A fault and whom it is for.
struct scripted_fault {
  std::string key = "*"; ///< A key's name; "*": whichever key comes, after its own faults.
  fault what;
};

/// Everything that a server needs to know.
struct options {
  std::string host = "127.0.0.1"; ///< Name or address to listen on.
  std::uint16_t port = 0;         ///< 0: any free one, see server::port.
  std::vector<key_options> keys;
  key_limits default_limits;
  bool accept_any_key = false; ///< Make a key of every unknown bearer token (10,000 at most).
  std::vector<std::string> models = {"gpt-4o", "gpt-4o-mini", "text-embedding-3-small"};
  bool accept_any_model = true;               ///< False: a model that is not in `models` is a 404.
  std::chrono::nanoseconds latency{0};        ///< Before each successful answer.
  std::chrono::nanoseconds jitter{0};         ///< Up to this much more, evenly distributed.
  std::chrono::nanoseconds event_interval{0}; ///< Between two events of a stream.
  std::uint64_t seed = 1;                     ///< Of the jitter and the ids.
  std::size_t tokens = 0;                     ///< Least tokens of an answer; 0: the greeting alone.
  std::size_t record = 256;                   ///< Requests kept for GET /_sim/requests.
  std::size_t record_body = 65'536;           ///< Bytes kept of each recorded body.
  std::size_t max_body = std::size_t{128} << 20; ///< A larger request body is a 413.
  std::vector<scripted_fault> faults;
};

/// `count` keys named sim-key-a, sim-key-b, … with secrets sk-sim-key-a, sk-sim-key-b, ….
std::vector<key_options> default_keys(std::size_t count);

/// Parses "20ms", "1.5s", "2m", "250us" or "1h". Absent if it is anything else or negative.
std::optional<std::chrono::nanoseconds> parse_duration(std::string_view text);

/// Sets host and port from "host:port" or "[v6]:port". Returns false and changes nothing if
/// `address` is neither.
bool set_listen(options& target, std::string_view address);

/// Why a script file was not taken: "file:line:column: what is wrong", without line and column
/// where the mistake is not one of syntax.
struct load_error {
  std::string message;
};

/// Reads a script file (TOML, see README.md). Unknown fields are errors.
std::variant<options, load_error> load_options(const std::string& path);

/// The same from text. `name` stands for the file in messages.
std::variant<options, load_error> parse_options(std::string_view toml, const std::string& name);

/// The server. Whoever calls run or start gives it the one thread that it works on; construction,
/// destruction and start belong to one owner, stop may be called from any thread.
class server {
public:
  /// Binds and listens. Throws std::system_error naming host:port if that fails and
  /// std::invalid_argument for options that contradict each other.
  explicit server(options what);

  /// Stops, and joins the own thread if there is one.
  ~server();

  server(const server&) = delete;
  server& operator=(const server&) = delete;

  /// The port that the server listens on.
  std::uint16_t port() const;

  /// "http://host:port/v1", what clients take as base URL.
  std::string base_url() const;

  /// Serves in the calling thread until stop is called.
  void run();

  /// Serves in a thread of its own.
  void start();

  /// Ends run, at once and for good: open connections are closed. Async-signal-safe. Does not
  /// wait; the destructor does.
  void stop();

private:
  class impl;
  std::unique_ptr<impl> impl_;
};

} // namespace keywheel::simulator
