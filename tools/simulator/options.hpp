#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// What a simulated provider is to be like: keys, limits, faults and incidents.
namespace keywheel::simulator {

/// Largest number accepted as a limit per minute.
inline constexpr std::int64_t max_limit = 100'000'000;

/// What a key, an organisation or a key's use of one model may take. 0 stands for no limit.
struct key_limits {
  std::int64_t rpm = 0;            ///< Requests per minute.
  std::int64_t tpm = 0;            ///< Tokens per minute: prompt and answer as each dialect counts.
  std::int64_t max_concurrent = 0; ///< Admitted requests whose answers are not yet fully sent.
  std::int64_t rpd = 0;            ///< Requests per day.
  std::int64_t tpd = 0;            ///< Tokens per day.
};

/// How a limit comes back.
enum class window_kind : std::uint8_t {
  bucket, ///< Full at first, holds one window's worth and refills evenly.
  fixed,  ///< All of it at the end of each window; the first one begins with the server.
};

/// The windows of all limits of a server.
struct limit_windows {
  window_kind kind = window_kind::bucket;
  std::chrono::nanoseconds minute{std::chrono::minutes{1}}; ///< What "per minute" means; tests
                                                            ///< make it short.
  std::chrono::nanoseconds day{std::chrono::hours{24}};     ///< What "per day" means.
};

/// What the provider thinks of a key or an organisation.
enum class standing : std::uint8_t {
  good,
  revoked,  ///< Its credential is refused as an unknown one is.
  unpaid,   ///< Its credit is used up: 429, 402 or 400 as the dialect says it.
  disabled, ///< The whole organisation is closed (PROVIDERS section 4).
};

/// Limits of one model beside those of the key.
struct model_limits {
  std::string model;
  key_limits limits;
};

/// One credential that the server knows.
struct key_options {
  std::string name;                   ///< Shown in answers, statistics and faults.
  std::string secret;                 ///< As sent on the wire. Empty: "sk-" and the name.
  std::string organization;           ///< Shown in headers and texts. Empty: "org-" and the name.
  std::optional<key_limits> limits;   ///< Absent: options::default_limits, or none of its own if
                                      ///< its organisation is in options::organizations.
  std::vector<model_limits> models{}; ///< Its further limits per model.
  std::vector<std::string> may_use{}; ///< The models that it has access to. Empty: all.
  standing state = standing::good;
};

/// An organisation whose keys share limits: all who name it, on top of limits of their own.
struct organization_options {
  std::string name;
  key_limits limits;
  standing state = standing::good;
};

/// The ways to misbehave.
enum class fault_kind : std::uint8_t {
  status,         ///< Answer with `status`, `headers` and `body` (a JSON error by default).
  latency,        ///< Answer as usual, `delay` later.
  close,          ///< Close the connection without an answer.
  reset,          ///< Reset the connection (RST) without an answer.
  close_in_body,  ///< Close after `after` body bytes; in a stream inside the event that follows
                  ///< `after` events.
  garbage,        ///< Send `body` (by default bytes that are no HTTP) and close.
  never_answer,   ///< Keep the connection and say nothing until the client leaves.
  slow,           ///< Send the answer, status line included, `bytes` every `interval`.
  stop_reading,   ///< Read the head, then neither read the body nor answer. A client that closes
                  ///< is only noticed if it resets or has nothing left to send.
  stream_error,   ///< An error object after `after` events of a stream; a plain request gets 500.
  cut_stream,     ///< End the stream's body after `after` events, with no end mark; a plain request
                  ///< is treated as by close_in_body.
  revoke,         ///< Refuse the credential, as an unknown one.
  stream_garbage, ///< `body` (by default bytes that are no event) after `after` events of a stream,
                  ///< which ends with it; a plain answer has that body.
  stream_silence, ///< Nothing more after `after` events of a stream until the client leaves; a
                  ///< plain answer stops in the middle of its body.
};

/// The name of `kind` in scripts, such as "close_in_body".
std::string_view to_string(fault_kind kind);

/// What an error inside a stream looks like (PROVIDERS section 7).
enum class error_form : std::uint8_t {
  usual,  ///< As the dialect has it: OpenAI an error object and [DONE], Responses and Anthropic an
          ///< error event, Gemini several lines of JSON without "data:".
  failed, ///< Responses: the event response.failed. Elsewhere as `usual`.
  string, ///< `{"error":"…"}`, a text where an object is expected, in a `data:` line.
  data,   ///< The error object in a `data:` line, and nothing after it.
  raw,    ///< Several lines of JSON without `data:`, whatever the dialect.
};

/// One scripted misbehaviour. A request takes the first fault of its key's queue at the moment
/// its head has arrived.
struct fault {
  fault_kind kind = fault_kind::status;
  int status = 500;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  std::chrono::nanoseconds delay{0};                                ///< Before acting, any kind.
  std::chrono::nanoseconds interval{std::chrono::milliseconds{10}}; ///< Between pieces of `slow`.
  std::optional<std::size_t> after;    ///< Events or bytes. Absent: 0 for stream_error, 1 event for
                                       ///< the other kinds, half the body for bytes.
  std::size_t bytes = 1;               ///< Size of a piece of `slow`.
  error_form form = error_form::usual; ///< `stream_error` only.
  bool early = false; ///< `status` only: answer before the request's body has been read.
  int skip = 0;       ///< Requests to let pass before the first one that is hit.
  int times = 1;      ///< Requests to hit; -1: every one until the faults are deleted.
};

/// A fault and whom it is for.
struct scripted_fault {
  std::string key = "*"; ///< A key's name; "*": whichever key comes, after its own faults.
  fault what;
};

/// What is wrong with a model for everybody.
enum class model_trouble : std::uint8_t {
  none,
  overload, ///< 503, or Anthropic's 529.
  capacity, ///< No capacity for this model: a 429 that is no limit of the key.
};

/// One thing that happens to the provider while it runs.
struct action {
  enum class kind : std::uint8_t {
    standing, ///< Sets the state of `key` or `organization`.
    limits,   ///< Sets the limits of `key` or `organization`, or those of `key` for `model`.
    trouble,  ///< Sets the trouble of `model`; empty: of every model.
    latency,  ///< Sets options::latency.
    fault,    ///< Adds `broken`.
    close,    ///< Closes every connection, whatever is under way on it.
  };
  kind what = kind::close;
  std::string key;
  std::string organization;
  std::string model;
  simulator::standing state = simulator::standing::good;
  key_limits limits; ///< All of them: what is 0 is no limit afterwards.
  model_trouble trouble = model_trouble::none;
  std::chrono::nanoseconds latency{0};
  scripted_fault broken;
};

/// An action and when it happens, counted from the start of the incident.
struct incident_step {
  std::chrono::nanoseconds at{0};
  action what;
};

/// Everything that a server needs to know.
struct options {
  std::string host = "127.0.0.1"; ///< Name or address to listen on.
  std::uint16_t port = 0;         ///< 0: any free one, see server::port.
  std::vector<key_options> keys;
  std::vector<organization_options> organizations;
  key_limits default_limits;
  limit_windows windows;
  std::int64_t provider_rpm = 0; ///< Of all requests together, as from one address; 0: no limit.
  bool accept_any_key = false;   ///< Make a key of every unknown bearer token (10,000 at most).
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
  std::vector<incident_step> incident; ///< In the order of `at`.
  bool incident_waits = false;         ///< Begins with POST /_sim/incident/start, not at once.
};

} // namespace keywheel::simulator
