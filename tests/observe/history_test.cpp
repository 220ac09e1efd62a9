#include "observe/history.hpp"
#include "tests/catch.hpp"
#include "tests/observe/sample.hpp"

#include <rapidjson/document.h>

using namespace keywheel;
using namespace keywheel::observe;
using namespace keywheel::observe::testing;
using namespace std::chrono_literals;

namespace {

using numbers = std::vector<std::uint64_t>;

/// A gateway with keys whose counters only a test moves, and its history.
struct past_fixture {
  const time_point start{1'000s};
  history past;
  status now = sample_status();
  key_status& key = now.keys[0];

  void take(duration at) { past.take(now, start + at); }

  rapidjson::Document read(duration at, std::size_t minutes) const {
    rapidjson::Document result;
    result.Parse(past.json(minutes, start + at, wall_time{} + at).c_str());
    REQUIRE_FALSE(result.HasParseError());
    return result;
  }

  /// The last minutes of a key, oldest first; empty if it has none.
  numbers minutes(duration at, std::size_t count, const char* what = "requests",
                  const char* id = "openai/default") const {
    const auto document = read(at, count);
    numbers result;
    for (const auto& each : document["keys"].GetArray())
      if (each["id"] == id)
        for (const auto& number : each[what].GetArray())
          result.push_back(number.GetUint64());
    return result;
  }
};

} // namespace

TEST_CASE_METHOD(past_fixture, "before the first status there is nothing") {
  CHECK(past.json(60, start, wall_time{} + 1s)
        == R"({"step_s":60,"until":"1970-01-01T00:00:01.000Z","keys":[]})");
}

TEST_CASE_METHOD(past_fixture, "what was counted before the first status is in no minute") {
  key.requests = 1'000;
  take(0s);
  CHECK(minutes(0s, 60) == numbers(60, 0));
  CHECK(read(0s, 60)["keys"].Size() == 2);
  CHECK(read(0s, 60)["until"] == "1970-01-01T00:01:00.000Z");
  CHECK(read(59s, 60)["until"] == "1970-01-01T00:01:00.000Z");
  CHECK(read(60s, 60)["until"] == "1970-01-01T00:02:00.000Z");
}

TEST_CASE_METHOD(past_fixture, "each minute has what was counted in it") {
  take(0s);
  key.requests += 5;
  key.errors += 1;
  key.input_tokens += 100;
  key.output_tokens += 20;
  take(60s);
  key.requests += 7;
  take(120s);
  CHECK(minutes(120s, 4) == numbers{0, 5, 7, 0});
  CHECK(minutes(120s, 4, "errors") == numbers{0, 1, 0, 0});
  CHECK(minutes(120s, 4, "tokens") == numbers{0, 120, 0, 0});
  CHECK(minutes(120s, 4, "requests", "openai/team-a") == numbers(4, 0));
}

TEST_CASE_METHOD(past_fixture, "the running minute is there in part") {
  take(0s);
  key.requests += 5;
  take(20s);
  CHECK(minutes(20s, 2) == numbers{0, 5});
  key.requests += 2;
  take(50s);
  CHECK(minutes(50s, 2) == numbers{0, 7});
  // Asked again without a new status, a minute later.
  CHECK(minutes(65s, 2) == numbers{7, 0});
}

TEST_CASE_METHOD(past_fixture, "a status that comes late still belongs to the minute before") {
  take(0s);
  key.requests += 5;
  take(60s + 400ms);
  CHECK(minutes(61s, 2) == numbers{5, 0});
  CHECK(past.next_step(start + 60s + 400ms) == start + 120s);
  CHECK(past.next_step(start + 120s) == start + 180s);
}

TEST_CASE_METHOD(past_fixture, "the oldest minute leaves when a new one begins") {
  take(0s);
  ++key.requests;
  take(60s);
  for (int i = 2; i <= 59; ++i)
    take(i * 60s);
  CHECK(minutes(59 * 60s, 60).front() == 1);
  take(60 * 60s);
  CHECK(minutes(60 * 60s, 60) == numbers(60, 0));
}

TEST_CASE_METHOD(past_fixture, "a long silence leaves empty minutes, never old ones") {
  take(0s);
  key.requests += 3;
  take(60s);
  key.requests += 4;
  take(5 * 60s);
  CHECK(minutes(5 * 60s, 6) == numbers{3, 0, 0, 4, 0, 0});
  take(500 * 60s);
  CHECK(minutes(500 * 60s, 60) == numbers(60, 0));
  // Asked after minutes without a status.
  key.requests += 4;
  take(501 * 60s);
  CHECK(minutes(502 * 60s, 3) == numbers{4, 0, 0});
  CHECK(minutes(700 * 60s, 60) == numbers(60, 0));
  key.requests += 9;
  take(900 * 60s); // in the middle of it: more than an hour ago
  CHECK(minutes(900 * 60s, 60).front() == 9);
}

TEST_CASE_METHOD(past_fixture, "a counter that begins anew is counted from there") {
  key.requests = 100;
  key.input_tokens = 1'000;
  take(0s);
  key.requests = 3;
  key.input_tokens = 30;
  take(60s);
  CHECK(minutes(60s, 2) == numbers{3, 0});
  CHECK(minutes(60s, 2, "tokens") == numbers{30, 0});
}

TEST_CASE_METHOD(past_fixture, "an attempt that was taken back is no new beginning") {
  key.requests = 2;
  take(0s);
  key.requests = 1;
  take(30s);
  CHECK(minutes(30s, 1) == numbers{0});
  key.requests = 100;
  take(60s);
  key.requests = 99;
  take(90s);
  CHECK(minutes(90s, 2) == numbers{99, 0});
}

TEST_CASE_METHOD(past_fixture, "a key that comes later brings all it has counted") {
  key.requests = 8;
  const auto both = now.keys;
  now.keys.erase(now.keys.begin());
  take(0s);
  now.keys = both;
  take(60s);
  CHECK(minutes(60s, 2) == numbers{8, 0});
}

TEST_CASE_METHOD(past_fixture, "a key that is not configured any more is forgotten") {
  take(0s);
  key.requests += 8;
  take(60s);
  auto smaller = sample_config();
  auto& keys = smaller->providers.at("openai").keys;
  keys.erase(keys.begin());
  now.snapshot = smaller;
  take(120s); // it still drains
  CHECK(minutes(120s, 3) == numbers{8, 0, 0});
  now.keys.erase(now.keys.begin());
  take(180s);
  CHECK(read(180s, 60)["keys"].Size() == 1);
  CHECK(minutes(180s, 60).empty());
}

TEST_CASE_METHOD(past_fixture, "a key that once gives no answer keeps its past") {
  take(0s);
  key.requests += 8;
  take(60s);
  const auto kept = now.keys;
  now.keys[0] = {};
  take(120s);
  now.keys = kept;
  take(180s);
  CHECK(minutes(180s, 4) == numbers{8, 0, 0, 0});
  CHECK(read(180s, 60)["keys"].Size() == 2);
}

TEST_CASE_METHOD(past_fixture, "of two keys of one id the one that serves is counted") {
  key.requests = 50;
  take(0s);
  auto old = now.keys[0];
  old.state = "draining";
  old.requests = 51;
  key.requests = 2;
  for (const auto at_front : {true, false}) {
    auto both = now;
    both.keys.insert(at_front ? both.keys.begin() : both.keys.end(), old);
    past.take(both, start + 60s);
    CHECK(minutes(60s, 2) == numbers{2, 0});
  }
}

TEST_CASE("minutes= takes 1 to 60") {
  const auto read = [](const char* query) {
    const auto found = read_minutes(query);
    const auto* error = std::get_if<api_error>(&found);
    CHECK((error == nullptr || error->status == 400));
    return error ? 0 : std::get<std::size_t>(found);
  };
  CHECK(read("") == 60);
  CHECK(read("minutes=1") == 1);
  CHECK(read("minutes=60") == 60);
  for (const auto* bad :
       {"minutes=0", "minutes=61", "minutes=-1", "minutes=1.5", "minutes=", "minutes=1x",
        "minutes=+5", "minutes=99999999999999999999", "minuets=5"}) {
    CAPTURE(bad);
    CHECK(read(bad) == 0);
  }
}
