// What a gateway remembers over a restart.

#include "state/state_file.hpp"
#include "state/state_text.hpp"
#include "tests/actors/house.hpp"
#include "tests/catch.hpp"
#include "tests/scratch.hpp"

#include <caf/all.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

using namespace keywheel;
using test::house;

namespace {

std::string text_of(const std::string& path) {
  std::ifstream in{path};
  std::ostringstream result;
  result << in.rdbuf();
  return result.str();
}

/// a is at its rate limit for a while, b is revoked.
simulator::options troubled() {
  auto result = test::three_keys();
  simulator::fault limited;
  limited.status = 429;
  limited.headers = {{"retry-after", "600"}};
  result.faults.push_back({"a", limited});
  result.keys[1].state = simulator::standing::revoked;
  return result;
}

} // namespace

TEST_CASE("cooldowns and rejections outlive a restart, and a secret is in no state file") {
  scratch folder;
  house h{troubled(), folder.root().string()};
  CHECK(h.key_asked() == "sim/c");
  CHECK(h.key("sim/a").state == "cooling");
  CHECK(h.key("sim/b").state == "rejected");
  const auto before = h.key("sim/a").cooldowns.at(0);
  h.drain();

  const auto text = text_of(state::state_path(folder.root().string()));
  CHECK(text.find("rate_limit") != std::string::npos);
  for (const auto* secret : {"sk-a", "sk-b", "sk-c"})
    CHECK(text.find(secret) == std::string::npos);

  h.start(h.configuration());
  const auto a = h.key("sim/a");
  CHECK(a.state == "cooling");
  REQUIRE(a.cooldowns.size() == 1);
  CHECK(a.cooldowns[0].model == "gpt-4o");
  CHECK(a.cooldowns[0].source == "retry-after");
  CHECK(a.cooldowns[0].remaining_ms <= before.remaining_ms);
  CHECK(a.cooldowns[0].remaining_ms >= before.remaining_ms - 30'000);
  CHECK(h.key("sim/b").state == "rejected");
  for (int i = 0; i < 3; ++i)
    CHECK(h.key_asked() == "sim/c");
  CHECK(h.key("sim/a").requests == 0);
}

TEST_CASE("a key whose secret has changed is another key: nothing is remembered of it") {
  scratch folder;
  house h{troubled(), folder.root().string()};
  CHECK(h.key_asked() == "sim/c");
  h.drain();
  auto with = h.configuration();
  for (auto& key : with->providers["sim"].keys)
    if (key.name != "b")
      key.api_key = config::secret{"sk-new-" + key.name};
  h.start(with);
  CHECK(h.key("sim/a").cooldowns.empty());
  CHECK(h.key("sim/a").state == "available");
  CHECK(h.key("sim/b").state == "rejected");
}

TEST_CASE("a day's budget is not given anew by a restart") {
  scratch folder;
  house h{test::three_keys(), folder.root().string()};
  auto with = h.configuration({"a"});
  with->providers["sim"].keys[0].budgets.rpd = 2;
  h.drain();
  h.start(with);
  CHECK(h.ask("gpt-4o").status == 200);
  h.drain();
  h.start(with);
  CHECK(h.ask("gpt-4o").status == 200);
  CHECK(h.ask("gpt-4o").status == 429);
  CHECK(h.key("sim/a").cooldowns.at(0).source == "rpd");
}

TEST_CASE("a group's rest and day budget outlive a restart") {
  scratch folder;
  house h{troubled(), folder.root().string()};
  auto with = h.configuration({"a", "c"});
  for (auto& key : with->providers["sim"].keys)
    key.quota_group = "g";
  h.drain();
  h.start(with);
  CHECK(h.ask("gpt-4o").status == 429); // a, and with it its group
  h.drain();
  h.start(with);
  h.settle(); // the group tells its keys
  CHECK(h.key("sim/c").state == "cooling");
  CHECK(h.ask("gpt-4o").status == 429);
  CHECK(h.key("sim/c").requests == 0);
}

TEST_CASE("the provider's rest for a model outlives a restart") {
  auto provider = test::three_keys();
  simulator::fault overload;
  overload.status = 503;
  overload.headers = {{"retry-after", "300"}};
  provider.faults.push_back({"*", overload});
  scratch folder;
  house h{provider, folder.root().string()};
  CHECK(h.ask("gpt-4o").status >= 400);
  h.drain();
  h.start(h.configuration());
  h.settle();
  const auto models = h.status().models;
  REQUIRE(models.at(0).cooldowns.size() == 1);
  CHECK(models[0].cooldowns[0].scope == "provider_model");
  CHECK(models[0].cooldowns[0].reason == "overload");
  CHECK(models[0].cooldowns[0].remaining_ms > 200'000);
  CHECK(models[0].cooldowns[0].remaining_ms <= 301'000);
}

TEST_CASE("a damaged state is set aside with a warning, and the gateway starts") {
  scratch folder;
  const auto path = state::state_path(folder.root().string());
  std::ofstream{path} << R"({"version":1,"keys":[{"id":)";
  {
    house h{troubled(), folder.root().string()};
    CHECK(h.key("sim/a").state == "available");
    CHECK(h.key_asked() == "sim/c");
    h.drain();
    h.system.await_all_actors_done();
    CHECK(h.log().find("damaged") != std::string::npos);
  }
  std::size_t set_aside = 0;
  for (const auto& entry : std::filesystem::directory_iterator{folder.root().string()})
    set_aside += entry.path().filename().string().starts_with("state.json.damaged-") ? 1U : 0U;
  CHECK(set_aside == 1);
  CHECK(state::parse(text_of(path)).state.has_value()); // a good one stands in its place
}

TEST_CASE("a gateway that is to keep no state writes nothing and reads nothing") {
  scratch folder;
  house h{troubled()};
  auto with = h.configuration();
  with->server.state_dir = folder.root().string();
  h.drain();
  h.start(with);
  CHECK(h.key_asked() == "sim/c");
  h.drain();
  CHECK(std::filesystem::is_empty(folder.root().string()));
  h.start(with);
  CHECK(h.key("sim/b").state == "available");
}

TEST_CASE("the state is written soon after a change, not only at the end") {
  scratch folder;
  house h{troubled(), folder.root().string()};
  CHECK(h.key_asked() == "sim/c");
  const auto path = state::state_path(folder.root().string());
  const auto give_up = std::chrono::steady_clock::now() + test::patience;
  while (!std::filesystem::exists(path) && std::chrono::steady_clock::now() < give_up)
    h.settle();
  CHECK(text_of(path).find("credential") != std::string::npos);
}
