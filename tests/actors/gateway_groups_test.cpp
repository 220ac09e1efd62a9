// Quota groups of a real gateway: by name, by organisation, and when one dies.

#include "tests/actors/house.hpp"
#include "tests/catch.hpp"

#include <caf/all.hpp>

#include <set>

using namespace keywheel;
using test::house;

namespace {

/// Keys a and b are of one organisation, c is of its own.
simulator::options two_organizations() {
  auto result = test::three_keys();
  result.keys[0].organization = "org-shared";
  result.keys[1].organization = "org-shared";
  return result;
}

simulator::fault limited(const std::string& seconds) {
  simulator::fault result;
  result.status = 429;
  result.headers = {{"retry-after", seconds}};
  result.body = R"({"error":{"message":"…","code":"rate_limit_exceeded"}})";
  return result;
}

/// Keys a and b share the named group g.
std::shared_ptr<config::config> grouped(const house& h) {
  auto result = h.configuration();
  auto& sim = result->providers["sim"];
  sim.keys[0].quota_group = "g";
  sim.keys[1].quota_group = "g";
  return result;
}

} // namespace

TEST_CASE("keys whose answers name one organisation share a group from then on") {
  house h{two_organizations()};
  CHECK(h.key("sim/a").quota_group.empty());
  for (int i = 0; i < 3; ++i)
    CHECK(h.ask("gpt-4o").status == 200);
  h.settle();
  const auto group = h.key("sim/a").quota_group;
  CHECK_FALSE(group.empty());
  CHECK(h.key("sim/b").quota_group == group);
  CHECK(h.key("sim/c").quota_group != group);
  std::size_t actors = 0;
  h.inside([&](gateway_state& s) { actors = s.group_actors.size(); });
  CHECK(actors == 1);
  CHECK(h.ask("gpt-4o").status == 200);
}

TEST_CASE("keys of one organisation rest together when one of them is refused") {
  auto provider = two_organizations();
  simulator::fault fault = limited("60");
  fault.skip = 1; // its first answer names the organisation
  provider.faults.push_back({"a", fault});
  house h{provider};
  for (int i = 0; i < 3; ++i)
    CHECK(h.ask("gpt-4o").status == 200);
  h.settle();
  // a is refused, b is at the same limit, so c serves, now and later.
  for (int i = 0; i < 4; ++i)
    CHECK(h.key_asked() == "sim/c");
  CHECK(h.key("sim/a").state == "cooling");
  CHECK(h.key("sim/b").state == "cooling");
  CHECK(h.key("sim/b").requests == 1);
}

TEST_CASE("a group's rests are shown with each of its keys") {
  auto provider = test::three_keys();
  provider.faults.push_back({"a", limited("60")});
  house h{provider};
  h.apply(grouped(h));
  CHECK(h.key_asked() == "sim/c");
  for (const auto* id : {"sim/a", "sim/b"}) {
    const auto status = h.key(id);
    CHECK(status.quota_group == "g");
    REQUIRE(status.cooldowns.size() == 1);
    CHECK(status.cooldowns[0].scope == "quota_group");
    CHECK(status.cooldowns[0].model == "gpt-4o");
    CHECK(status.cooldowns[0].source == "retry-after");
  }
  CHECK(h.key("sim/c").cooldowns.empty());
}

TEST_CASE("a group that dies is replaced, and its keys go on through the new one") {
  auto provider = test::three_keys();
  simulator::fault later = limited("60");
  later.skip = 1;
  provider.faults.push_back({"a", later});
  house h{provider};
  h.apply(grouped(h));
  CHECK(h.ask("gpt-4o").status == 200);
  h.kill<quota_group_actor>([](gateway_state& s) -> quota_group_actor& {
    return s.group_actors.at({"sim", "g"});
  });
  h.settle();
  std::set<std::string> served;
  for (int i = 0; i < 3; ++i)
    served.insert(h.key_asked());
  CHECK(served.count("sim/b") + served.count("sim/c") == served.size()); // a was refused meanwhile
  CHECK(h.key("sim/a").state == "cooling");
  CHECK(h.key("sim/b").state == "cooling"); // so the new group has heard of it
  for (int i = 0; i < 2; ++i)
    CHECK(h.key_asked() == "sim/c");
}

TEST_CASE("a group that is gone from the configuration ends, and its keys serve alone") {
  house h;
  h.apply(grouped(h));
  std::size_t actors = 0;
  quota_group_actor group;
  h.inside([&](gateway_state& s) {
    actors = s.group_actors.size();
    group = s.group_actors.at({"sim", "g"});
  });
  CHECK(actors == 1);
  h.apply(h.configuration());
  caf::scoped_actor self{h.system};
  self->monitor(group);
  bool ended = false;
  self->receive([&](const caf::down_msg&) { ended = true; }, caf::after(test::patience) >> [] {});
  CHECK(ended);
  for (const auto& key : h.status().keys)
    CHECK(key.quota_group.empty());
  for (int i = 0; i < 3; ++i)
    CHECK(h.ask("gpt-4o").status == 200);
}

TEST_CASE("a group's budget from the configuration holds over all its keys") {
  house h;
  auto with = grouped(h);
  auto& sim = with->providers["sim"];
  sim.keys[2].quota_group = "g";
  sim.quota_groups["g"].rpm = 2;
  with->waiting_line.max_wait = std::chrono::milliseconds{0};
  h.apply(with);
  CHECK(h.ask("gpt-4o").status == 200);
  CHECK(h.ask("gpt-4o").status == 200);
  CHECK(h.ask("gpt-4o").status == 429);
  std::uint64_t requests = 0;
  for (const auto& key : h.status().keys)
    requests += key.requests;
  CHECK(requests == 2);
}
