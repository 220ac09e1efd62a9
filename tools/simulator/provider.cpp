#include "tools/simulator/provider.hpp"

#include "tools/simulator/refusals.hpp"

#include <algorithm>
#include <stdexcept>

namespace keywheel::simulator {
namespace {

constexpr std::size_t max_made_keys = 10'000;

void check(const key_limits& limits) {
  for (auto limit : {limits.rpm, limits.tpm, limits.max_concurrent})
    if (limit < 0 || limit > max_limit)
      throw std::invalid_argument("a limit must be from 0 to " + std::to_string(max_limit));
}

key_options completed(key_options what, const key_limits& defaults) {
  if (what.secret.empty())
    what.secret = "sk-" + what.name;
  if (what.organization.empty())
    what.organization = "org-" + what.name;
  if (!what.limits)
    what.limits = defaults;
  return what;
}

} // namespace

endpoint endpoint_of(std::string_view path) {
  if (path == "/v1/chat/completions")
    return endpoint::chat_completions;
  if (path.starts_with("/_sim/"))
    return endpoint::control;
  if (path == "/v1/completions")
    return endpoint::completions;
  if (path == "/v1/embeddings")
    return endpoint::embeddings;
  if (path == "/v1/responses")
    return endpoint::responses;
  if (path == "/v1/moderations")
    return endpoint::moderations;
  if (path == "/v1/models")
    return endpoint::models;
  return path.starts_with("/v1/models/") ? endpoint::model : endpoint::unknown;
}

void reply::clear() {
  status = 200;
  lines.clear();
  content_type = "application/json";
  body.clear();
  stream.reset();
  delay = {};
}

// -- keys, faults, counters -------------------------------------------------------------------

provider::provider(options what, time_point now)
    : options_(std::move(what)),
      random_(options_.seed),
      recorder_(options_.record, options_.record_body) {
  check(options_.default_limits);
  for (auto& key : options_.keys)
    check(key.limits.value_or(key_limits{}));
  for (auto& key : options_.keys)
    if (by_name_.contains(key.name) || !put_key(key, now))
      throw std::invalid_argument("two keys have the same name or secret: " + key.name);
  for (auto& entry : options_.faults)
    if (!add_fault(entry))
      throw std::invalid_argument("a fault names an unknown key: " + entry.key);
}

bool provider::put_key(key_options what, time_point now) {
  if (auto known = find_key(what.name)) {
    if (!what.secret.empty() && what.secret != known->secret())
      return false;
    known->set_limits(what.limits.value_or(known->limits()), now);
    return true;
  }
  what = completed(std::move(what), options_.default_limits);
  if (by_secret_.contains(what.secret))
    return false;
  auto& key = keys_.emplace_back(std::move(what), now);
  by_secret_.emplace(key.secret(), &key);
  by_name_.emplace(key.name(), &key);
  return true;
}

api_key* provider::find_key(std::string_view name) {
  auto found = by_name_.find(name);
  return found == by_name_.end() ? nullptr : found->second;
}

api_key* provider::authenticate(std::string_view credential, time_point now) {
  if (auto found = by_secret_.find(credential); found != by_secret_.end())
    return found->second;
  if (!options_.accept_any_key || credential.empty() || keys_.size() >= max_made_keys)
    return nullptr;
  return make_key(credential, now);
}

/// A name must not give the secret away; one without the usual prefix is a number.
api_key* provider::make_key(std::string_view credential, time_point now) {
  std::string name{credential.starts_with("sk-") ? credential.substr(3) : std::string_view{}};
  if (name.empty() || by_name_.contains(name))
    name = "key-" + std::to_string(keys_.size() + 1);
  put_key({name, std::string{credential}, {}, std::nullopt}, now);
  return &keys_.back();
}

bool provider::add_fault(scripted_fault what) {
  if (what.key == "*") {
    common_faults_.add(std::move(what.what));
    return true;
  }
  auto key = find_key(what.key);
  if (key != nullptr)
    key->faults.add(std::move(what.what));
  return key != nullptr;
}

bool provider::clear_faults(std::string_view name) {
  if (auto key = find_key(name)) {
    key->faults.clear();
    return true;
  }
  if (!name.empty() && name != "*")
    return false;
  common_faults_.clear();
  if (name.empty())
    for (auto& key : keys_)
      key.faults.clear();
  return true;
}

void provider::reset_counters() {
  unauthorized_ = 0;
  for (auto& key : keys_) {
    key.counters = {};
    key.counters.max_in_flight = static_cast<std::uint64_t>(key.in_flight());
  }
}

// -- exchanges --------------------------------------------------------------------------------

exchange provider::begin(const request_view& request, time_point now) {
  exchange result;
  result.arrived = now;
  result.where = endpoint_of(request.target.substr(0, request.target.find('?')));
  if (result.where == endpoint::control)
    return result;
  result.number = ++count_;
  result.key = authenticate(request.credential, now);
  if (result.key == nullptr)
    return result;
  ++result.key->counters.requests;
  result.broken = result.key->faults.take();
  if (!result.broken)
    result.broken = common_faults_.take();
  if (result.broken)
    ++result.key->counters.faulted;
  return result;
}

void provider::record(const exchange& x, std::string_view head, std::string_view body) {
  if (x.where != endpoint::control)
    recorder_.add(x.number, x.key == nullptr ? std::string_view{} : x.key->name(), head, body);
}

void provider::hold(exchange& x) {
  if (x.key == nullptr || x.in_flight)
    return;
  x.key->begin();
  x.in_flight = true;
}

void provider::finish(exchange& x, outcome how, int status) {
  if (x.where == endpoint::control)
    return;
  if (x.in_flight)
    x.key->end();
  x.in_flight = false;
  if (how == outcome::sent)
    recorder_.answered(x.number, status);
  if (x.key == nullptr)
    return;
  if (how == outcome::client_left)
    ++x.key->counters.aborted;
  else if (how == outcome::sent && status < 300)
    ++x.key->counters.ok;
}

std::chrono::nanoseconds provider::latency() {
  auto result = options_.latency;
  if (options_.jitter.count() > 0)
    result += std::chrono::nanoseconds{static_cast<std::int64_t>(
        static_cast<double>(options_.jitter.count()) * random_.fraction())};
  return result;
}

} // namespace keywheel::simulator
