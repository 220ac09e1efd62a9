#include "observe/events.hpp"
#include "tests/catch.hpp"
#include "tests/observe/sample.hpp"

using namespace keywheel;
using namespace keywheel::observe;
using namespace keywheel::observe::testing;
using namespace std::chrono_literals;

namespace {

const wall_time noon = std::chrono::sys_days{std::chrono::year{2024} / 5 / 1} + 12h;

/// What happened, as lines "kind data" without the time, which is checked.
std::vector<std::string> happened(const status& before, const status& after) {
  const std::string time = R"({"time":"2024-05-01T12:00:01.000Z",)";
  std::vector<std::string> result;
  for (const auto& each : compare(before, after, noon + 1s)) {
    CHECK(each.data.starts_with(time));
    CHECK(canonical(each.data) == each.data);
    result.push_back(std::string{to_string(each.what)} + " {" + each.data.substr(time.size()));
  }
  return result;
}

using lines = std::vector<std::string>;

const std::string rest_of_team =
    R"("id":"openai/team-a","scope":"key_model","model":"gpt-4o","reason":"rate_limit",)"
    R"("source":"retry-after","until":"2024-05-01T12:00:41.200Z"})";

/// The same status one second later, when nothing has happened but that time has passed.
status a_second_later(status of) {
  const auto pass = [](std::vector<cooldown_status>& all) {
    for (auto& each : all) {
      if (each.remaining_ms == 0)
        each.until += 1s; // past its deadline: "now"
      else
        each.until += 3ms; // two clocks
      each.remaining_ms -= std::min<std::int64_t>(each.remaining_ms, 1'000);
    }
  };
  for (auto& each : of.keys)
    pass(each.cooldowns);
  for (auto& each : of.models)
    pass(each.cooldowns);
  return of;
}

} // namespace

TEST_CASE("time that passes is no event") {
  const auto before = sample_status();
  const auto after = a_second_later(before);
  CHECK(happened(before, before).empty());
  CHECK(happened(before, after).empty());
  CHECK(look(before) == look(after));
  CHECK(snapshot_event(before).data != snapshot_event(after).data);
}

TEST_CASE("a key's change of state is an event") {
  const auto before = sample_status();
  auto after = before;
  after.keys[0].state = "rejected";
  CHECK(happened(before, after)
        == lines{R"(key {"id":"openai/default","from":"available","to":"rejected"})"});
  CHECK(happened(after, before)
        == lines{R"(key {"id":"openai/default","from":"rejected","to":"available"})"});
}

TEST_CASE("a key that comes, goes or does not answer has changed no state") {
  const auto before = sample_status();
  auto after = before;
  after.keys.erase(after.keys.begin());
  CHECK(happened(before, after).empty());
  CHECK(happened(after, before).empty());
  after = before;
  after.keys[0] = {};
  CHECK(happened(before, after).empty());
}

TEST_CASE("of two keys of one id the one that serves is meant") {
  auto before = sample_status();
  auto old = before.keys[0];
  old.state = "draining";
  before.keys.push_back(old);
  auto after = before;
  after.keys.pop_back();
  CHECK(happened(before, after).empty());
  CHECK(happened(after, before).empty());
  after.keys[0].state = "draining";
  CHECK(happened(before, after)
        == lines{R"(key {"id":"openai/default","from":"available","to":"draining"})"});
}

TEST_CASE("cooldowns begin and end") {
  const auto with = sample_status();
  auto without = with;
  without.keys[1].cooldowns.erase(without.keys[1].cooldowns.begin());
  CHECK(happened(without, with) == lines{R"(cooldown {"what":"begins",)" + rest_of_team});
  CHECK(happened(with, without) == lines{R"(cooldown {"what":"ended",)" + rest_of_team});
}

TEST_CASE("a cooldown of a provider names the provider and the model") {
  const auto with = sample_status();
  auto without = with;
  without.models[0].cooldowns.clear();
  CHECK(happened(without, with)
        == lines{R"(cooldown {"what":"begins","provider":"openai","scope":"provider_model",)"
                 R"("model":"gpt-4o","reason":"overload","source":"default",)"
                 R"("until":"2024-05-01T12:00:00.000Z"})"});
}

TEST_CASE("a cooldown of the whole key names no model") {
  const auto with = sample_status();
  auto without = with;
  without.keys[1].cooldowns.pop_back();
  CHECK(
      happened(without, with)
      == lines{R"(cooldown {"what":"begins","id":"openai/team-a","scope":"key",)"
               R"("reason":"rate_limit","source":"default","until":"2024-05-01T13:00:00.000Z"})"});
}

TEST_CASE("a key that goes takes its cooldowns along") {
  const auto before = sample_status();
  auto after = before;
  after.keys.pop_back();
  CHECK(happened(before, after).size() == 2);
}

TEST_CASE("a cooldown is extended when its deadline moves by more than two clocks differ") {
  const auto before = sample_status();
  const auto moved = [&](std::chrono::milliseconds by) {
    auto after = before;
    after.keys[1].cooldowns[0].until += by;
    return happened(before, after);
  };
  CHECK(moved(100ms).empty());
  CHECK(moved(-30s).empty());
  const auto found = moved(101ms);
  REQUIRE(found.size() == 1);
  CHECK(found[0].starts_with(R"(cooldown {"what":"extended","id":"openai/team-a")"));
  CHECK(found[0].find(R"("until":"2024-05-01T12:00:41.301Z")") != std::string::npos);
}

TEST_CASE("a probe that failed extends the cooldown that was over") {
  auto before = sample_status();
  before.keys[1].cooldowns[0].remaining_ms = 0;
  before.keys[1].cooldowns[0].until = noon;
  auto after = before;
  after.keys[1].cooldowns[0].until = noon + 50ms;
  after.keys[1].cooldowns[0].remaining_ms = 50;
  CHECK(happened(before, after).size() == 1);
  CHECK(happened(after, before).empty());
}

TEST_CASE("two cooldowns of one place count as the longer one") {
  const auto before = sample_status();
  auto after = before;
  after.keys[1].cooldowns.push_back(after.keys[1].cooldowns[0]);
  after.keys[1].cooldowns.back().until -= 10s;
  CHECK(happened(before, after).empty());
  after.keys[1].cooldowns.back().until += 20s;
  CHECK(happened(before, after).size() == 1);
}

TEST_CASE("configurations are told once: in force, or refused") {
  const auto before = sample_status();
  auto after = before;
  after.config.generation = 4;
  CHECK(happened(before, after) == lines{R"(config {"generation":4})"});
  after = before;
  after.config.last_error = config::problem{"/etc/keywheel.toml", 12, 3, "unknown field \"x\""};
  CHECK(
      happened(before, after)
      == lines{
          R"(config {"generation":3,"error":{"line":12,"column":3,"message":"unknown field \"x\""}})"});
  CHECK(happened(after, after).empty());
  auto other = after;
  other.config.last_error->line = 13;
  CHECK(happened(after, other).size() == 1);
  CHECK(happened(after, before).empty());
}

TEST_CASE("whatever a person sees makes a different look") {
  const auto before = sample_status();
  const auto differs = [&](auto change) {
    auto after = before;
    change(after);
    return look(before) != look(after);
  };
  CHECK(differs([](status& of) { ++of.keys[0].requests; }));
  CHECK(differs([](status& of) { ++of.keys[1].in_flight; }));
  CHECK(differs([](status& of) { ++of.models[0].waiting; }));
  CHECK(differs([](status& of) { of.keys[1].cooldowns[0].remaining_ms = 0; }));
  CHECK(differs([](status& of) { of.keys[1].cooldowns[0].probing = true; }));
  CHECK(differs([](status& of) { of.keys.pop_back(); }));
  CHECK(differs([](status& of) { ++of.config.generation; }));
}

TEST_CASE("an event in a stream is one line of data") {
  CHECK(stream_text({event_kind::audit, R"({"who":"admin"})"})
        == "event: audit\ndata: {\"who\":\"admin\"}\n\n");
  auto now = sample_status();
  now.keys[0].state = "a\nb";
  const auto text = stream_text(snapshot_event(now));
  CHECK(text.starts_with("event: snapshot\ndata: {"));
  CHECK(text.find('\n', 16) == text.size() - 2);
}

TEST_CASE("events hold no secret") {
  const auto data = snapshot_event(sample_status()).data;
  for (const auto secret : {key_secret, default_secret, token_secret, client_secret})
    CHECK(data.find(secret) == std::string::npos);
}
