// A whole gateway on a real I/O loop, without ports, in front of a simulated provider.

#include "tests/actors/house.hpp"
#include "tests/catch.hpp"

#include <caf/all.hpp>

using namespace keywheel;
using test::house;
using test::patience;

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
