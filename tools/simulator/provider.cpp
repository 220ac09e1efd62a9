#include "tools/simulator/provider.hpp"

#include <algorithm>
#include <stdexcept>

namespace keywheel::simulator {
namespace {

constexpr std::size_t max_made_keys = 10'000;

constexpr std::size_t max_files = 1000;
constexpr std::size_t max_responses = 10'000;

void check(const key_limits& limits) {
  for (auto limit : {limits.rpm, limits.tpm, limits.max_concurrent, limits.rpd, limits.tpd})
    if (limit < 0 || limit > max_limit)
      throw std::invalid_argument("a limit must be from 0 to " + std::to_string(max_limit));
}

void check(const limit_windows& windows) {
  for (auto length : {windows.minute, windows.day})
    if (length < std::chrono::milliseconds{1} || length > std::chrono::hours{400 * 24})
      throw std::invalid_argument("a window must be from 1 ms to 400 days");
}

key_options completed(key_options what) {
  if (what.secret.empty())
    what.secret = "sk-" + what.name;
  if (what.organization.empty())
    what.organization = "org-" + what.name;
  return what;
}

} // namespace

void reply::clear() {
  status = 200;
  lines.clear();
  content_type = "application/json";
  body.clear();
  request_id.clear();
  close_all = false;
  stream.reset();
  delay = {};
}

// -- keys, faults, counters -------------------------------------------------------------------

provider::provider(options what, time_point now)
    : options_(std::move(what)),
      random_(options_.seed),
      recorder_(options_.record, options_.record_body),
      incident_(options_.incident),
      everybody_(options_.provider_rpm, now, {options_.windows.kind, options_.windows.minute}),
      things_(max_files),
      responses_(max_responses) {
  check(options_.windows);
  check(options_.default_limits);
  check(key_limits{options_.provider_rpm});
  for (auto& entry : options_.organizations) {
    check(entry.limits);
    if (find_organization(entry.name) != nullptr)
      throw std::invalid_argument("two organisations have the same name: " + entry.name);
    organizations_.emplace_back(entry, options_.windows, now);
  }
  for (auto& key : options_.keys) {
    check(key.limits.value_or(key_limits{}));
    for (auto& entry : key.models)
      check(entry.limits);
  }
  for (auto& key : options_.keys)
    if (by_name_.contains(key.name) || !put_key(key, now))
      throw std::invalid_argument("two keys have the same name or secret: " + key.name);
  for (auto& entry : options_.faults)
    if (!add_fault(entry))
      throw std::invalid_argument("a fault names an unknown key: " + entry.key);
  for (auto& step : options_.incident)
    if (!knows(step.what))
      throw std::invalid_argument("an incident names an unknown key or organisation: "
                                  + step.what.key + step.what.organization);
  if (!options_.incident_waits)
    start_incident(now);
}

bool provider::put_key(key_options what, time_point now) {
  if (auto known = find_key(what.name)) {
    if (!what.secret.empty() && what.secret != known->secret())
      return false;
    known->set_limits(what.limits.value_or(known->limits()), now);
    for (auto& entry : what.models)
      known->set_model_limits(entry.model, entry.limits, now);
    return true;
  }
  what = completed(std::move(what));
  auto owner = find_organization(what.organization);
  if (!what.limits)
    what.limits = owner != nullptr ? key_limits{} : options_.default_limits;
  if (by_secret_.contains(what.secret))
    return false;
  auto& key = keys_.emplace_back(std::move(what), now, options_.windows, owner);
  by_secret_.emplace(key.secret(), &key);
  by_name_.emplace(key.name(), &key);
  return true;
}

api_key* provider::find_key(std::string_view name) {
  auto found = by_name_.find(name);
  return found == by_name_.end() ? nullptr : found->second;
}

organization* provider::find_organization(std::string_view name) {
  for (auto& entry : organizations_)
    if (entry.name == name)
      return &entry;
  return nullptr;
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
  key_options made;
  made.name = name;
  made.secret = credential;
  put_key(std::move(made), now);
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
  auto to = route_of(request.path(), request.head.anthropic_version);
  result.where = to.where;
  result.speaks = to.speaks;
  // The path of Anthropic's list of models is OpenAI's as well.
  if ((to.where == endpoint::models || to.where == endpoint::model)
      && request.head.anthropic_version && to.speaks == dialect::openai)
    result.speaks = dialect::anthropic;
  if (result.where == endpoint::control)
    return result;
  result.number = ++count_;
  result.key = authenticate(request.credential(result.speaks), now);
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
  x.key->begin(x.model);
  x.in_flight = true;
}

void provider::finish(exchange& x, outcome how, int status) {
  if (x.where == endpoint::control)
    return;
  if (x.in_flight)
    x.key->end(x.model);
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
