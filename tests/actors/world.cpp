#include "tests/actors/world.hpp"

#include "actors/dispatcher.hpp"
#include "actors/key.hpp"
#include "actors/quota_group.hpp"

#include <caf/all.hpp>
#include <caf/io/middleman.hpp>
#include <caf/io/network/test_multiplexer.hpp>

namespace keywheel::test {

namespace {

constexpr std::chrono::seconds request_timeout{600};

} // namespace

deterministic_config::deterministic_config() {
  load<caf::io::middleman, caf::io::network::test_multiplexer>();
  set("scheduler.policy", caf::atom("testing"));
  set("middleman.manual-multiplexing", true);
  set("middleman.heartbeat-interval", caf::timespan{0});
  set("middleman.workers", std::size_t{0});
}

world::world()
    : system_(config_),
      scheduler_(dynamic_cast<caf::scheduler::test_coordinator&>(system_.scheduler())) {
  upstream_ =
      system_.spawn([](upstream_actor::pointer, world* of) { return of->play_upstream(); }, this);
  front_ = system_.spawn([](front_actor::pointer, world* of) { return of->play_front(); }, this);
  gateway_ = caf::actor_cast<gateway_actor>(
      system_.spawn([](caf::event_based_actor*, world* of) { return of->play_gateway(); }, this));
}

world::~world() {
  on_attempt = nullptr; // what it notes down may be gone before this
  attempts_.clear();
  answers_.clear();
  settle();
  // A message that waits for its time holds the actor that it is from and for: let it come while
  // that lives.
  while (scheduler_.trigger_timeouts() > 0)
    settle();
  for (const auto& [model, dispatcher] : dispatchers_)
    caf::anon_send_exit(dispatcher, caf::exit_reason::kill);
  for (const auto& [uid, key] : keys_)
    caf::anon_send_exit(key.actor, caf::exit_reason::kill);
  for (const auto& [name, group] : groups_)
    caf::anon_send_exit(group, caf::exit_reason::kill);
  caf::anon_send_exit(gateway_, caf::exit_reason::kill);
  caf::anon_send_exit(upstream_, caf::exit_reason::kill);
  caf::anon_send_exit(front_, caf::exit_reason::kill);
  settle();
}

// -- the house -------------------------------------------------------------------------------

key_uid world::add_key(const std::string& name, std::uint32_t max_in_flight) {
  config::budgets_config budgets;
  budgets.max_in_flight = max_in_flight;
  return add_key(name, budgets, {});
}

key_uid world::add_key(const std::string& name, const config::budgets_config& budgets,
                       const std::string& group) {
  const auto uid = ++last_key_;
  auto& entry = keys_[uid];
  entry.config.provider = "p";
  entry.config.name = name;
  entry.config.api_key = config::secret{"sk-" + name};
  entry.config.budgets = budgets;
  entry.config.quota_group = group;
  entry.actor =
      system_.middleman().spawn_broker(key, setup_of(uid), upstream_, gateway_, observe::silent());
  settle();
  return uid;
}

key_setup world::setup_of(key_uid key) const {
  const auto& entry = keys_.at(key);
  key_setup result;
  result.uid = key;
  result.key = entry.config;
  result.group_name = entry.config.quota_group;
  result.leaving = entry.leaving;
  if (!result.group_name.empty())
    result.group = groups_.at(result.group_name);
  return result;
}

void world::enable(key_uid key, bool enabled) {
  keys_.at(key).config.enabled = enabled;
  caf::anon_send(keys_.at(key).actor, setup_atom_v, setup_of(key));
}

void world::move(key_uid key, const std::string& group) {
  keys_.at(key).config.quota_group = group;
  caf::anon_send(keys_.at(key).actor, setup_atom_v, setup_of(key));
}

void world::let_go(key_uid key) {
  auto& entry = keys_.at(key);
  entry.leaving = true;
  entry.config.enabled = false;
  caf::anon_send(entry.actor, setup_atom_v, setup_of(key));
  // As the gateway does: not before it has nothing in flight is it told to quit.
  system_.spawn(
      [](caf::event_based_actor* self, key_actor who) {
        self->request(who, caf::infinite, retire_atom_v).then([self, who] {
          self->send(who, done_atom_v);
        });
      },
      entry.actor);
}

void world::add_group(const std::string& name, const config::budgets_config& budgets) {
  groups_[name] = system_.middleman().spawn_broker(quota_group, name, budgets, upstream_, gateway_,
                                                   observe::silent());
  settle();
}

void world::retire_group(const std::string& name) {
  caf::anon_send(groups_.at(name), retire_atom_v);
}

bool world::lives(const std::string& group) {
  caf::scoped_actor self{system_};
  self->monitor(groups_.at(group));
  settle();
  bool result = true;
  self->receive([&](const caf::down_msg&) { result = false; },
                caf::after(std::chrono::seconds{0}) >> [] {});
  return result;
}

config::model_config& world::rules(const std::string& model) {
  auto& result = rules_[model];
  result.name = model;
  result.provider = "p";
  return result;
}

void world::reset(key_uid key) {
  caf::anon_send(keys_.at(key).actor, reset_atom_v);
}

void world::set_model(const std::string& model, const std::vector<key_uid>& keys,
                      std::chrono::milliseconds max_wait) {
  dispatcher_setup setup;
  setup.model = rules(model);
  setup.line.max_wait = max_wait;
  setup.request_timeout = request_timeout;
  for (auto uid : keys)
    setup.keys.push_back({uid, keys_.at(uid).config.id(), keys_.at(uid).actor,
                          keys_.at(uid).config.enabled, keys_.at(uid).config.weight});
  if (const auto known = dispatchers_.find(model); known != dispatchers_.end())
    caf::anon_send(known->second, setup_atom_v, setup);
  else
    dispatchers_.emplace(model, system_.middleman().spawn_broker(dispatcher, model, setup, gateway_,
                                                                 observe::silent()));
  settle();
}

template <class Result, class Handle>
Result world::status_of(const Handle& who) {
  caf::scoped_actor self{system_};
  auto request = self->request(who, caf::infinite, status_atom_v);
  settle();
  Result result;
  request.receive([&](Result& said) { result = std::move(said); }, [](const caf::error&) {});
  return result;
}

observe::key_status world::status(key_uid key) {
  return status_of<observe::key_status>(keys_.at(key).actor);
}

observe::model_status world::status(const std::string& model) {
  return status_of<observe::model_status>(dispatchers_.at(model));
}

std::vector<observe::cooldown_status> world::rests_of(const std::string& group) {
  return status_of<std::vector<observe::cooldown_status>>(groups_.at(group));
}

// -- calls -------------------------------------------------------------------------------------

call_id world::call(const std::string& model, const call_options& with) {
  auto result = std::make_shared<keywheel::call>();
  const auto id = ++last_call_;
  result->id = id;
  result->front = front_;
  result->dispatcher = dispatchers_.at(model);
  result->model = model;
  result->client = with.client;
  result->method = "POST";
  result->facts = with.facts;
  result->rules = std::make_shared<const config::model_config>(rules(model));
  result->body = std::make_shared<const http::body>();
  result->arrived = now();
  result->deadline = now() + with.deadline;
  calls_[id] = result;
  outcomes_[id];
  caf::anon_send(dispatchers_.at(model), call_atom_v, std::move(result));
  return id;
}

void world::leave(call_id call) {
  dispatcher_actor dispatcher;
  if (const auto held = calls_[call].lock()) {
    held->left = true;
    dispatcher = held->dispatcher;
  }
  if (dispatcher)
    caf::anon_send(dispatcher, cancel_atom_v, call);
  const auto of_it = [&](const auto& attempt) { return attempt->of->id == call; };
  std::erase_if(attempts_, of_it);
  std::erase_if(answers_, of_it);
}

// -- the provider --------------------------------------------------------------------------------

upstream_actor::behavior_type world::play_upstream() {
  return {
      [this](attempt_atom, attempt_ptr& what) {
        if (on_attempt)
          on_attempt(*what);
        attempts_.push_back(std::move(what));
      },
      [this](commit_atom, attempt_ptr& what) {
        if (what->of->left)
          return;
        if (holds_)
          answers_.push_back(std::move(what));
        else
          complete(std::move(what));
      },
      [](discard_atom, attempt_id) {},
      [](cancel_atom, call_id) {},
      [](written_atom, call_id, std::uint64_t) {},
      [](tick_atom, attempt_id) {},
  };
}

front_actor::behavior_type world::play_front() {
  return {
      [this](answer_atom, call_id call, answer_part& part) {
        auto& which = outcomes_[call];
        if (part.head)
          which.key = part.head->key;
        if (part.ends == answer_part::end::no)
          ++which.parts;
        else
          ++which.answers;
      },
      [this](refuse_atom, call_id call, const dialect::refusal& what) {
        outcomes_[call].refusals.push_back(what);
      },
  };
}

caf::behavior world::play_gateway() {
  return {
      [this](follow_atom, key_uid key, const std::string& organization) {
        organizations.emplace_back(key, organization);
      },
      [this](changed_atom) { ++changes; },
  };
}

/// As the upstream does at the end of an answer.
void world::complete(attempt_ptr what) {
  answer_part part;
  part.head = std::make_shared<answer_head>();
  part.head->key = what->with->key.name;
  part.head->attempts = what->of->attempts;
  part.ends = answer_part::end::complete;
  what->ends(attempt_result::answered, used);
  what->of->settled = true;
  caf::anon_send(what->of->front, answer_atom_v, what->of->id, std::move(part));
}

void world::finish(std::size_t which) {
  auto what = std::move(answers_.at(which));
  answers_.erase(answers_.begin() + static_cast<std::ptrdiff_t>(which));
  complete(std::move(what));
}

void world::break_off(std::size_t which, std::string error) {
  auto late = std::make_shared<attempt_signal>();
  late->of = std::move(answers_.at(which));
  answers_.erase(answers_.begin() + static_cast<std::ptrdiff_t>(which));
  late->of->ends(attempt_result::failed, used);
  late->of->of->settled = true;
  auto what = std::make_shared<dialect::signal>();
  what->head.status = 200;
  what->body = std::move(error);
  what->in_stream = true;
  late->what = std::move(what);
  answer_part part;
  part.ends = answer_part::end::broken;
  caf::anon_send(late->of->of->front, answer_atom_v, late->of->of->id, std::move(part));
  auto key = late->of->key;
  caf::anon_send(key, late_atom_v, std::move(late));
}

void world::answer(std::size_t which, unsigned status,
                   std::vector<std::pair<std::string, std::string>> headers, std::string body) {
  dialect::signal what;
  what.body = std::move(body);
  what.head.status = status;
  for (const auto& [name, value] : headers)
    what.head.headers.add(name, value);
  send_signal(which, std::move(what));
}

void world::fail(std::size_t which, dialect::failure how) {
  dialect::signal what;
  what.failed = how;
  what.detail = "as the test wants";
  send_signal(which, std::move(what));
}

void world::send_signal(std::size_t which, dialect::signal what) {
  auto message = std::make_shared<attempt_signal>();
  message->of = std::move(attempts_.at(which));
  message->what = std::make_shared<const dialect::signal>(std::move(what));
  attempts_.erase(attempts_.begin() + static_cast<std::ptrdiff_t>(which));
  auto key = message->of->key;
  caf::anon_send(key, signal_atom_v, std::move(message));
}

// -- time and turns
// --------------------------------------------------------------------------------

void world::settle() {
  auto& loop = dynamic_cast<caf::io::network::test_multiplexer&>(system_.middleman().backend());
  while (loop.try_exec_runnable() || scheduler_.try_run_once()) {
    // nop
  }
}

void world::advance(std::chrono::milliseconds by) {
  settle();
  scheduler_.advance_time(by);
  settle();
}

time_point world::now() {
  return system_.clock().now();
}

} // namespace keywheel::test
