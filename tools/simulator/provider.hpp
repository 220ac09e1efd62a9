#pragma once

#include "tools/simulator/body_scan.hpp"
#include "tools/simulator/exchange.hpp"
#include "tools/simulator/incident.hpp"
#include "tools/simulator/multipart.hpp"
#include "tools/simulator/object_store.hpp"
#include "tools/simulator/problem.hpp"
#include "tools/simulator/recorder.hpp"
#include "tools/simulator/text.hpp"

#include <deque>
#include <map>
#include <unordered_map>

namespace keywheel::simulator {

struct job;

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
  /// Throws std::invalid_argument for two keys or organisations of one name, two keys of one
  /// secret, a fault or an action for an unknown one, and limits or windows out of range.
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

  // -- actions and incidents (actions.cpp) --

  /// Does `what`. Returns false, and does nothing, if it names an unknown key or organisation.
  /// Closing connections is the caller's part.
  bool act(const action& what, time_point now);

  /// Begins the incident, or begins it anew.
  void start_incident(time_point now) { incident_.start(now); }

  const incident& script() const { return incident_; }

  /// Does all steps of the incident that are due. Returns whether one of them was to close all
  /// connections.
  bool advance(time_point now);

  void reset_counters();

  api_key* find_key(std::string_view name);

  std::deque<api_key>& keys() { return keys_; }

  const fault_queue& common_faults() const { return common_faults_; }

  recorder& requests() { return recorder_; }

  organization* find_organization(std::string_view name);

  const options& settings() const { return options_; }

  random_source& random() { return random_; }

  std::uint64_t count() const { return count_; }

  std::uint64_t unauthorized() const { return unauthorized_; }

  traffic_counters traffic;

private:
  api_key* authenticate(std::string_view credential, time_point now);
  api_key* make_key(std::string_view credential, time_point now);
  bool knows(const action& what);

  /// What belongs to one call of `answer`.
  struct call {
    exchange& x;
    const request_view& request;
    circumstances around;
    time_point now;
    std::int64_t wall_clock;
    reply& result;
  };

  // answers.cpp
  bool answer_fault(const call& c);
  bool answer_error(const call& c);
  void answer_models(const call& c);
  void answer_generation(call& c, const scanned_body& body);
  std::int64_t reserved_tokens(const call& c, const scanned_body& body) const;
  bool give(const call& c, const job& asked);
  bool knows_model(std::string_view model) const;
  std::chrono::nanoseconds latency();

  // reading.cpp
  void compose(const call& c, const scanned_body& body);
  const scanned_body* read(const call& c, char* body, std::size_t size);
  const scanned_body* read_form(const call& c, std::string_view body);

  // admission.cpp
  bool refuse(const call& c, const problem& what);
  bool refuse_all(const call& c);
  bool refuse_standing(const call& c);
  bool refuse_model(const call& c);
  bool admit(const call& c, std::int64_t tokens);

  // objects.cpp
  void answer_collection(const call& c, char* body, std::size_t size);
  void answer_kept(const call& c);
  void answer_part(const call& c, std::string_view id, const stored_object& of);
  bool knows_previous(const call& c, std::string_view id);
  bool knows_all(const call& c, const std::vector<std::string_view>& ids);
  bool refuse_object(const call& c, std::string_view id);
  void remember_response(const call& c);

  // creations.cpp
  void create(const call& c, char* body, std::size_t size);
  void create_file(const call& c, std::string_view body);
  void create_batch(const call& c, const scanned_body& body);
  void create_other(const call& c, const scanned_body& body);
  void end_batch(const call& c, std::string_view id, bool cancelled);
  void answer_upload(const call& c, std::string_view body);
  void create_google_file(const call& c, std::string content);
  std::string fresh_id(std::string_view prefix);

  options options_;
  random_source random_;
  std::deque<api_key> keys_;               // never shrinks: exchanges point into it
  std::deque<organization> organizations_; // likewise: keys do
  std::unordered_map<std::string_view, api_key*> by_secret_;
  std::unordered_map<std::string_view, api_key*> by_name_;
  fault_queue common_faults_;
  recorder recorder_;
  body_scanner scanner_;
  generation generation_; // reused
  scanned_body form_;
  incident incident_;
  std::map<std::string, model_trouble, std::less<>> troubles_; // "" is every model
  token_bucket everybody_;
  object_store things_; // all that is kept but responses
  object_store responses_;
  std::uint64_t count_ = 0;
  std::uint64_t unauthorized_ = 0;
};

} // namespace keywheel::simulator
