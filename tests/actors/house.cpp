#include "tests/actors/house.hpp"

#include "tests/catch.hpp"

#include <caf/all.hpp>
#include <caf/io/middleman.hpp>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

#include <cstdlib>
#include <filesystem>
#include <stdexcept>

namespace keywheel::test {

namespace {

caf::actor_system_config& load_middleman(caf::actor_system_config& config) {
  config.load<caf::io::middleman>();
  return config;
}

} // namespace

simulator::options three_keys() {
  simulator::options result;
  for (const auto* name : {"a", "b", "c"}) {
    simulator::key_options key;
    key.name = name;
    result.keys.push_back(key);
  }
  return result;
}

house::house(simulator::options provider_options, std::string state_folder)
    : provider(std::move(provider_options)),
      state_dir(std::move(state_folder)),
      system(load_middleman(config)),
      log_(std::make_shared<std::ostringstream>()) {
  provider.start();
  start(configuration());
}

house::~house() {
  if (gateway)
    caf::anon_send_exit(gateway, caf::exit_reason::user_shutdown);
  gateway = nullptr;
  system.await_all_actors_done();
  provider.stop();
}

std::shared_ptr<config::config> house::configuration(const std::vector<std::string>& names) const {
  auto result = std::make_shared<config::config>();
  result->server.state_dir = state_dir;
  config::provider_config sim;
  sim.name = "sim";
  sim.base_url = provider.base_url();
  for (const auto& name : names) {
    config::key_config key;
    key.provider = "sim";
    key.name = name;
    key.api_key = config::secret{"sk-" + name};
    key.base_url = sim.base_url;
    sim.keys.push_back(key);
  }
  result->providers["sim"] = sim;
  config::model_config named;
  named.name = "gpt-4o";
  named.provider = "sim";
  config::model_config pattern;
  pattern.name = "gpt-*";
  pattern.provider = "sim";
  result->models = {named, pattern};
  return result;
}

void house::start(config::snapshot with) {
  auto sink = std::make_shared<spdlog::sinks::ostream_sink_mt>(*log_);
  // The stream lives as long as the logger, which the gateway's actors share.
  std::shared_ptr<spdlog::logger> logger{new spdlog::logger{"test", sink},
                                         [lines = log_](spdlog::logger* which) { delete which; }};
  options use;
  use.http_front = false;
  use.admin = false;
  use.keep_state = !state_dir.empty();
  use.logger = std::move(logger);
  gateway = spawn(system, std::move(with), std::move(use)).value();
}

void house::drain() {
  caf::scoped_actor self{system};
  bool drained = false;
  self->request(gateway, patience, drain_atom_v)
      .receive([&] { drained = true; }, [](const caf::error&) {});
  CHECK(drained);
  self->wait_for(gateway);
  gateway = nullptr;
}

api_response house::ask(const std::string& model, bool stream) {
  api_request what;
  what.target = "/v1/chat/completions";
  what.headers = {{"content-type", "application/json"}};
  what.body = R"({"model":")" + model + R"(","stream":)" + (stream ? "true" : "false")
              + R"(,"messages":[{"role":"user","content":"hi"}]})";
  return ask(std::move(what));
}

api_response house::ask(api_request what) {
  caf::scoped_actor self{system};
  api_response result;
  self->request(gateway, patience, ask_atom_v, what)
      .receive([&](api_response& said) { result = std::move(said); },
               [](const caf::error&) { FAIL("no answer"); });
  return result;
}

std::string house::key_of(const api_response& answer) {
  for (const auto& [name, value] : answer.headers)
    if (name == "x-keywheel-key")
      return value;
  return {};
}

observe::status house::status() {
  caf::scoped_actor self{system};
  observe::status result;
  self->request(gateway, patience, status_atom_v)
      .receive([&](observe::status& said) { result = std::move(said); },
               [](const caf::error&) { FAIL("no status"); });
  return result;
}

observe::key_status house::key(const std::string& id) {
  for (auto& key : status().keys)
    if (key.id == id)
      return key;
  FAIL("no key " << id);
  return {};
}

std::uint64_t house::apply(config::snapshot next) {
  caf::scoped_actor self{system};
  std::uint64_t result = 0;
  self->request(gateway, patience, apply_atom_v, std::move(next))
      .receive([&](reload_report& said) { result = said.generation; },
               [](const caf::error&) { FAIL("not applied"); });
  return result;
}

void house::inside(const std::function<void(gateway_state&)>& what) {
  std::promise<void> done;
  auto* self = static_cast<gateway_pointer>(caf::actor_cast<caf::abstract_actor*>(gateway));
  system.middleman().backend().post([&] {
    what(self->state);
    done.set_value();
  });
  done.get_future().wait();
}

void house::settle() {
  // Each round trip comes after what was sent before it: enough of them for the longest way.
  for (int i = 0; i < 4; ++i)
    status();
}

} // namespace keywheel::test
