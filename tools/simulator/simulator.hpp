#pragma once

#include "tools/simulator/options.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

/// A simulated provider: an HTTP/1.1 server that speaks OpenAI, Azure OpenAI, Anthropic and Gemini,
/// with limits per key and organisation, and faults on demand. README.md beside this file has the
/// endpoints, the fault table and curl lines.
namespace keywheel::simulator {

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

/// Reads an incident file (TOML: `[[incident]]` entries and `incident_waits`) into `target`, whose
/// keys and organisations it may name; incidents that were there are replaced. Returns what is
/// wrong, and then `target` is as it was.
std::optional<load_error> load_incident(options& target, const std::string& path);

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

  /// "http://host:port/v1", what OpenAI's clients take as base URL.
  std::string base_url() const;

  /// "http://host:port", to which each dialect adds its own path.
  std::string origin() const;

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
