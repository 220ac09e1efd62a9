#pragma once

#include "tools/simulator/body_scan.hpp"
#include "tools/simulator/exchange.hpp"
#include "tools/simulator/recorder.hpp"
#include "tools/simulator/text.hpp"

#include <deque>
#include <unordered_map>

namespace keywheel::simulator {

/// What a connection knows about the traffic as a whole.
struct traffic_counters {
  std::uint64_t accepted = 0;
  std::uint64_t open = 0;
  std::uint64_t bytes_received = 0;
  std::uint64_t bytes_sent = 0;
};

/// The provider behind the HTTP server: keys, limits, faults and answers. No I/O, no clock; used
/// by the server's thread only.
class provider {
public:
  /// Throws std::invalid_argument for two keys of one name or one secret, a fault for an unknown
  /// key, and limits out of range.
  provider(options what, time_point now);

  /// How an exchange ended.
  enum class outcome : std::uint8_t { sent, broken_off, client_left };

  /// A head has arrived: finds the endpoint, the key and the fault.
  exchange begin(const request_view& request, time_point now);

  /// Notes the request for GET /_sim/requests.
  void record(const exchange& x, std::string_view head, std::string_view body);

  /// Answers a complete request. `body[size]` must be writable; the body is unescaped in place.
  void answer(exchange& x, const request_view& request, char* body, std::size_t size,
              time_point now, std::int64_t wall_clock, reply& result);

  /// Makes an exchange count as in flight although there is no answer (yet).
  void hold(exchange& x);

  /// The last byte was sent, or there will be none.
  void finish(exchange& x, outcome how, int status);

  /// Adds a key, or changes the limits of the one with its name. Returns false if the secret
  /// belongs to another key.
  bool put_key(key_options what, time_point now);

  /// Adds a fault. Returns false if its key is not known.
  bool add_fault(scripted_fault what);

  /// Deletes all faults, or those of one key. Returns false if the key is not known.
  bool clear_faults(std::string_view key);

  void reset_counters();

  api_key* find_key(std::string_view name);

  std::deque<api_key>& keys() { return keys_; }

  const fault_queue& common_faults() const { return common_faults_; }

  recorder& requests() { return recorder_; }

  const options& settings() const { return options_; }

  random_source& random() { return random_; }

  std::uint64_t count() const { return count_; }

  std::uint64_t unauthorized() const { return unauthorized_; }

  traffic_counters traffic;

private:
  api_key* authenticate(std::string_view credential, time_point now);
  api_key* make_key(std::string_view credential, time_point now);
  bool answer_fault(exchange& x, const request_view& request, reply& result);
  bool answer_error(const exchange& x, const request_view& request, reply& result);
  bool knows_model(std::string_view model) const;
  void answer_models(const exchange& x, const request_view& request, reply& result);
  void answer_generation(exchange& x, const scanned_body& body, time_point now,
                         std::int64_t wall_clock, reply& result);
  bool admit(exchange& x, std::string_view model, std::int64_t tokens, time_point now,
             reply& result);
  void compose(const exchange& x, const scanned_body& body, std::int64_t wall_clock);
  bool render(const exchange& x, const scanned_body& body, reply& result);
  std::chrono::nanoseconds latency();

  options options_;
  random_source random_;
  std::deque<api_key> keys_; // never shrinks: exchanges point into it
  std::unordered_map<std::string_view, api_key*> by_secret_;
  std::unordered_map<std::string_view, api_key*> by_name_;
  fault_queue common_faults_;
  recorder recorder_;
  body_scanner scanner_;
  generation generation_; // reused
  std::uint64_t count_ = 0;
  std::uint64_t unauthorized_ = 0;
};

} // namespace keywheel::simulator
