#include "observe/event_feed.hpp"
#include "tests/catch.hpp"
#include "tests/observe/sample.hpp"

using namespace keywheel;
using namespace keywheel::observe;
using namespace keywheel::observe::testing;
using namespace std::chrono_literals;

namespace {

/// The kinds that a query asks for: "key config"; "!" if it is refused.
std::string kinds(const char* query) {
  const auto found = read_event_filter(query);
  if (const auto* error = std::get_if<api_error>(&found)) {
    CHECK(error->status == 400);
    return "!";
  }
  std::string result;
  for (std::size_t i = 0; i < event_kinds; ++i)
    if (std::get<event_filter>(found).test(i))
      result.append(result.empty() ? "" : " ").append(to_string(static_cast<event_kind>(i)));
  return result;
}

std::string kinds(const std::vector<event>& all) {
  std::string result;
  for (const auto& each : all)
    result.append(result.empty() ? "" : " ").append(to_string(each.what));
  return result;
}

const wall_time noon{};
const time_point start{};

} // namespace

TEST_CASE("only= selects kinds of events, and knows each of them") {
  CHECK(kinds("") == "snapshot key cooldown config audit");
  CHECK(kinds("only=key") == "key");
  CHECK(kinds("only=audit,config") == "config audit");
  CHECK(kinds("only=snapshot%2Ccooldown,key") == "snapshot key cooldown");
  CHECK(kinds("only=key,key") == "key");
  for (const auto* bad : {"only=", "only", "only=keys", "only=key,", "only=,key", "only=Key",
                          "only=key config", "onyl=key", "only=key&only=config"}) {
    CAPTURE(bad);
    CHECK(kinds(bad) == "!");
  }
}

TEST_CASE("the first status is a snapshot, later ones tell what has changed") {
  event_feed feed;
  CHECK_FALSE(feed.snapshot());
  auto now = sample_status();
  CHECK(kinds(feed.take(now, noon)) == "snapshot");
  CHECK(feed.snapshot() == snapshot_event(now));
  CHECK(kinds(feed.take(now, noon)) == "");
  ++now.keys[0].requests;
  const auto counted = feed.take(now, noon);
  REQUIRE(kinds(counted) == "snapshot");
  CHECK(counted[0] == snapshot_event(now));
  now.keys[0].state = "disabled";
  ++now.config.generation;
  CHECK(kinds(feed.take(now, noon)) == "config key snapshot");
  CHECK(kinds(feed.take(now, noon)) == "");
}

TEST_CASE("an extended cooldown brings a snapshot although it looks the same") {
  event_feed feed;
  auto now = sample_status();
  feed.take(now, noon);
  now.keys[1].cooldowns[0].until += 10s;
  CHECK(kinds(feed.take(now, noon)) == "cooldown snapshot");
}

TEST_CASE("what happened while nobody watched is not told") {
  event_feed feed;
  auto now = sample_status();
  feed.take(now, noon);
  feed.forget();
  CHECK_FALSE(feed.snapshot());
  now.keys[0].state = "disabled";
  CHECK(kinds(feed.take(now, noon)) == "snapshot");
}

TEST_CASE("a subscriber is written what it wants, in order") {
  const event key{event_kind::key, "{1}"};
  const event config{event_kind::config, "{2}"};
  const event audit{event_kind::audit, "{3}"};
  const std::vector all{key, config, audit};
  const auto subscribed = [](const char* query) {
    return event_subscription{std::get<event_filter>(read_event_filter(query)), start};
  };
  CHECK(event_subscription::greeting() == "retry: 2000\n\n");
  CHECK(subscribed("").pass(all, start)
        == stream_text(key) + stream_text(config) + stream_text(audit));
  CHECK(subscribed("only=audit,key").pass(all, start) == stream_text(key) + stream_text(audit));
  CHECK(subscribed("only=snapshot").pass(all, start).empty());
}

TEST_CASE("after fifteen seconds of silence comes a comment") {
  event_subscription some{event_filter{}.set(static_cast<std::size_t>(event_kind::key)), start};
  CHECK(some.beat(start + 14'999ms).empty());
  CHECK(some.beat(start + 15s) == ": still here\n\n");
  CHECK(some.beat(start + 29'999ms).empty());
  const std::vector all{event{event_kind::key, "{}"}};
  CHECK_FALSE(some.pass(all, start + 29'999ms).empty());
  CHECK(some.beat(start + 44'998ms).empty());
  // What was not wanted broke no silence.
  const std::vector other{event{event_kind::audit, "{}"}};
  CHECK(some.pass(other, start + 44'998ms).empty());
  CHECK_FALSE(some.beat(start + 44'999ms).empty());
}
