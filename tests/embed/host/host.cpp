// A host application: it has an actor system of its own, starts a gateway on it without any port,
// asks it as a message and has an answer streamed to an actor of its own.

#include "provider.hpp"

#include <caf/all.hpp>
#include <caf/io/all.hpp>

#include <iostream>
#include <keywheel/keywheel.hpp>

using namespace keywheel;

int main(int argc, char** argv) {
  provider simulated{argc > 1 ? argv[1] : "keywheel"};

  config::key_config key;
  key.provider = "sim";
  key.name = "a";
  key.api_key = config::secret{"sk-sim-key-a"};
  key.base_url = simulated.url();
  config::provider_config upstream;
  upstream.name = "sim";
  upstream.base_url = simulated.url();
  upstream.keys = {key};
  config::model_config model;
  model.name = "gpt-4o";
  model.provider = "sim";
  auto config = std::make_shared<config::config>();
  config->providers["sim"] = upstream;
  config->models = {model};

  caf::actor_system_config system_config;
  system_config.load<caf::io::middleman>();
  caf::actor_system system{system_config};
  auto gateway = spawn(system, config, {.http_front = false, .admin = false, .keep_state = false});
  if (!gateway)
    return std::cerr << "no gateway\n", 1;

  caf::scoped_actor self{system};
  self->monitor(*gateway);
  api_request ask;
  ask.target = "/v1/chat/completions";
  ask.headers = {{"content-type", "application/json"}};
  ask.body = R"({"model":"gpt-4o","messages":[{"role":"user","content":"hi"}]})";
  unsigned status = 0;
  self->request(*gateway, std::chrono::seconds{30}, ask_atom_v, ask)
      .receive([&](api_response& whole) { status = whole.status; }, [](caf::error&) {});

  ask.body.insert(1, R"("stream":true,)");
  std::string streamed;
  self->send(*gateway, stream_atom_v, std::uint64_t{7}, ask, caf::actor{self});
  bool more = true;
  self->receive_while(more)(
      [](answer_atom, std::uint64_t, const api_head&) {},
      [&](chunk_atom, std::uint64_t, const std::string& chunk) { streamed += chunk; },
      [&](done_atom, std::uint64_t, bool) { more = false; });

  self->send(*gateway, drain_atom_v);
  bool ended = false;
  self->receive([&](const caf::down_msg&) { ended = true; });
  const auto whole_stream = streamed.find("data: [DONE]") != std::string::npos;
  std::cout << "status " << status << ", stream " << (whole_stream ? "whole" : "cut") << '\n';
  return status == 200 && whole_stream && ended ? 0 : 1;
}
