// A whole gateway on a real I/O loop, without ports, in front of a simulated provider.

#include "actors/gateway.hpp"
#include "tests/catch.hpp"
#include "tools/simulator/simulator.hpp"

#include <caf/all.hpp>
#include <caf/io/middleman.hpp>

#include <functional>
#include <future>

using namespace keywheel;

namespace {

constexpr std::chrono::seconds patience{30};

simulator::options three_keys() {
  simulator::options result;
  for (const auto* name : {"a", "b", "c"}) {
    simulator::key_options key;
    key.name = name;
    result.keys.push_back(key);
  }
  return result;
}

struct house {
  house() : provider(three_keys()), system(load_middleman(config)) {
    provider.start();
    gateway = spawn(system, configuration({"a", "b", "c"}), {.http_front = false, .admin = false})
                  .value();
  }

  ~house() {
    caf::anon_send_exit(gateway, caf::exit_reason::user_shutdown);
    gateway = nullptr;
    system.await_all_actors_done();
    provider.stop();
  }

  static caf::actor_system_config& load_middleman(caf::actor_system_config& config) {
    config.load<caf::io::middleman>();
    return config;
  }

  config::snapshot configuration(const std::vector<std::string>& names) {
    auto result = std::make_shared<config::config>();
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

  api_response ask(const std::string& model) {
    api_request what;
    what.target = "/v1/chat/completions";
    what.headers = {{"content-type", "application/json"}};
    what.body = R"({"model":")" + model + R"(","messages":[{"role":"user","content":"hi"}]})";
    caf::scoped_actor self{system};
    api_response result;
    self->request(gateway, patience, ask_atom_v, what)
        .receive([&](api_response& said) { result = std::move(said); },
                 [](const caf::error&) { FAIL("no answer"); });
    return result;
  }

  std::string key_asked(const std::string& model = "gpt-4o") {
    for (const auto& [name, value] : ask(model).headers)
      if (name == "x-keywheel-key")
        return value;
    return {};
  }

  observe::status status() {
    caf::scoped_actor self{system};
    observe::status result;
    self->request(gateway, patience, status_atom_v)
        .receive([&](observe::status& said) { result = std::move(said); },
                 [](const caf::error&) { FAIL("no status"); });
    return result;
  }

  std::uint64_t apply(config::snapshot next) {
    caf::scoped_actor self{system};
    std::uint64_t result = 0;
    self->request(gateway, patience, apply_atom_v, std::move(next))
        .receive([&](reload_report& said) { result = said.generation; },
                 [](const caf::error&) { FAIL("not applied"); });
    return result;
  }

  /// Runs `what` with the gateway's state where it belongs: on the I/O thread.
  void inside(std::function<void(gateway_state&)> what) {
    std::promise<void> done;
    auto* self = static_cast<gateway_pointer>(caf::actor_cast<caf::abstract_actor*>(gateway));
    system.middleman().backend().post([&] {
      what(self->state);
      done.set_value();
    });
    done.get_future().wait();
  }

  /// Kills one of the gateway's actors and waits until another stands in its place.
  template <class Handle>
  void kill(std::function<Handle&(gateway_state&)> which) {
    Handle victim;
    inside([&](gateway_state& state) { victim = which(state); });
    caf::anon_send_exit(victim, caf::exit_reason::kill);
    for (bool replaced = false; !replaced;)
      inside([&](gateway_state& state) { replaced = which(state) != victim; });
  }

  simulator::server provider;
  caf::actor_system_config config;
  caf::actor_system system;
  gateway_actor gateway;
};

} // namespace

TEST_CASE("a gateway hands requests round its keys") {
  house h;
  CHECK(h.key_asked() == "sim/a");
  CHECK(h.key_asked() == "sim/b");
  CHECK(h.key_asked() == "sim/c");
  CHECK(h.key_asked() == "sim/a");
  CHECK(h.ask("nobody").status == 404);
}

TEST_CASE("a name under a pattern gets a dispatcher of its own at first use") {
  house h;
  CHECK(h.ask("gpt-4o-mini").status == 200);
  CHECK(h.key_asked("gpt-4o-mini") == "sim/b");
  const auto models = h.status().models;
  REQUIRE(models.size() == 3);
  CHECK(models[0].name == "gpt-4o");
  CHECK(models[1].pattern);
  CHECK(models[2].name == "gpt-4o-mini");
  CHECK(models[2].keys.size() == 3);
}

TEST_CASE("an actor that dies is replaced and the others keep their state") {
  house h;
  h.key_asked();
  h.kill<key_actor>([](gateway_state& s) -> key_actor& { return s.keys.at("sim/b").actor; });
  const auto keys = h.status().keys;
  REQUIRE(keys.size() == 3);
  CHECK(keys[0].requests == 1);
  CHECK(h.ask("gpt-4o").status == 200);

  h.kill<dispatcher_actor>(
      [](gateway_state& s) -> dispatcher_actor& { return s.dispatchers.at("gpt-4o"); });
  CHECK(h.ask("gpt-4o").status == 200);

  h.kill<upstream_actor>([](gateway_state& s) -> upstream_actor& { return s.upstream; });
  CHECK(h.ask("gpt-4o").status == 200);

  h.kill<message_front_actor>(
      [](gateway_state& s) -> message_front_actor& { return s.message_front; });
  CHECK(h.ask("gpt-4o").status == 200);
  CHECK(h.status().keys[0].requests >= 2);
}

TEST_CASE("a configuration is put in force as one generation") {
  house h;
  h.key_asked();
  CHECK(h.apply(h.configuration({"c", "a"})) == 2);
  const auto after = h.status();
  CHECK(after.config.generation == 2);
  for (const auto& key : after.keys)
    if (key.id == "sim/a")
      CHECK(key.requests == 1); // not the place in the file but the name and the secret make a key
  for (int i = 0; i < 4; ++i)
    CHECK(h.key_asked() != "sim/b");
}

TEST_CASE("a gateway that is told to drain answers, and ends") {
  house h;
  caf::scoped_actor self{h.system};
  self->monitor(h.gateway);
  bool drained = false;
  self->request(h.gateway, patience, drain_atom_v)
      .receive([&] { drained = true; }, [](const caf::error&) {});
  CHECK(drained);
  self->receive([&](const caf::down_msg& down) { CHECK(down.source == h.gateway.address()); });
}

TEST_CASE("without a middleman there is no gateway, and the error says why") {
  caf::actor_system_config config;
  caf::actor_system system{config};
  const auto result = spawn(system, std::make_shared<config::config>(), {.admin = false});
  CHECK_FALSE(result);
}
