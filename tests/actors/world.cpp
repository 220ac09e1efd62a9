#include "tests/actors/world.hpp"

#include "actors/dispatcher.hpp"
#include "actors/key.hpp"

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
}

world::~world() {
  attempts_.clear();
  settle();
  // A message that waits for its time holds the actor that it is from and for: let it come while
  // that lives.
  while (scheduler_.trigger_timeouts() > 0)
    settle();
  for (const auto& [model, dispatcher] : dispatchers_)
    caf::anon_send_exit(dispatcher, caf::exit_reason::kill);
  for (const auto& [uid, key] : keys_)
    caf::anon_send_exit(key.actor, caf::exit_reason::kill);
  caf::anon_send_exit(upstream_, caf::exit_reason::kill);
  caf::anon_send_exit(front_, caf::exit_reason::kill);
  settle();
}

// -- the house -------------------------------------------------------------------------------

key_uid world::add_key(const std::string& name, std::uint32_t max_in_flight) {
  const auto uid = ++last_key_;
  auto& entry = keys_[uid];
  entry.config.provider = "p";
  entry.config.name = name;
  entry.config.api_key = config::secret{"sk-" + name};
  entry.config.max_in_flight = max_in_flight;
  entry.actor =
      system_.middleman().spawn_broker(key, uid, setup_of(uid), upstream_, observe::silent());
  settle();
  return uid;
}

key_setup world::setup_of(key_uid key) const {
  key_setup result;
  result.key = keys_.at(key).config;
  return result;
}

void world::enable(key_uid key, bool enabled) {
  keys_.at(key).config.enabled = enabled;
  caf::anon_send(keys_.at(key).actor, setup_atom_v, setup_of(key));
}

void world::reset(key_uid key) {
  caf::anon_send(keys_.at(key).actor, reset_atom_v);
}

void world::set_model(const std::string& model, const std::vector<key_uid>& keys,
                      std::chrono::milliseconds max_wait) {
  dispatcher_setup setup;
  setup.model.name = model;
  setup.model.provider = "p";
  setup.line.max_wait = max_wait;
  setup.request_timeout = request_timeout;
  for (auto uid : keys)
    setup.keys.push_back(
        {uid, "p/" + keys_.at(uid).config.name, keys_.at(uid).actor, keys_.at(uid).config.enabled});
  if (const auto known = dispatchers_.find(model); known != dispatchers_.end())
    caf::anon_send(known->second, setup_atom_v, setup);
  else
    dispatchers_.emplace(
        model, system_.middleman().spawn_broker(dispatcher, model, setup, observe::silent()));
  settle();
}

observe::key_status world::status(key_uid key) {
  caf::scoped_actor self{system_};
  auto request = self->request(keys_.at(key).actor, caf::infinite, status_atom_v);
  settle();
  observe::key_status result;
  request.receive([&](observe::key_status& said) { result = std::move(said); },
                  [](const caf::error&) {});
  return result;
}

observe::model_status world::status(const std::string& model) {
  caf::scoped_actor self{system_};
  auto request = self->request(dispatchers_.at(model), caf::infinite, status_atom_v);
  settle();
  observe::model_status result;
  request.receive([&](observe::model_status& said) { result = std::move(said); },
                  [](const caf::error&) {});
  return result;
}

// -- calls -------------------------------------------------------------------------------------

call_id world::call(const std::string& model, std::chrono::milliseconds deadline) {
  auto result = std::make_shared<keywheel::call>();
  const auto id = ++last_call_;
  result->id = id;
  result->front = front_;
  result->dispatcher = dispatchers_.at(model);
  result->model = model;
  result->method = "POST";
  result->body = std::make_shared<const std::string>();
  result->arrived = now();
  result->deadline = now() + deadline;
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
  std::erase_if(attempts_, [&](const auto& attempt) { return attempt->of->id == call; });
}

// -- the provider --------------------------------------------------------------------------------

upstream_actor::behavior_type world::play_upstream() {
  return {
      [this](attempt_atom, attempt_ptr& what) {
        if (on_attempt)
          on_attempt(*what);
        attempts_.push_back(std::move(what));
      },
      [](commit_atom, attempt_ptr& what) {
        answer_part part;
        auto head = std::make_shared<answer_head>();
        head->key = what->with->key.name;
        head->attempts = what->of->attempts;
        part.head = std::move(head);
        part.ends = answer_part::end::complete;
        what->lease.result = attempt_result::answered;
        what->of->settled = true;
        caf::anon_send(what->of->front, answer_atom_v, what->of->id, std::move(part));
      },
      [](discard_atom, attempt_id) {},
      [](cancel_atom, call_id) {},
      [](written_atom, call_id, std::uint64_t) {},
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

void world::answer(std::size_t which, unsigned status,
                   std::vector<std::pair<std::string, std::string>> headers) {
  dialect::signal what;
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
