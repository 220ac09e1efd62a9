#include "config/secret.hpp"
#include "state/state_text.hpp"
#include "tests/catch.hpp"
#include "tests/state/sample.hpp"

#include <algorithm>

using namespace keywheel;
using namespace keywheel::state;
using namespace keywheel::state::testing;
using namespace std::chrono_literals;

namespace {

/// The sample's text with one piece of it replaced.
std::string with(const std::string& from, const std::string& to) {
  auto result = sample_text();
  const auto at = result.find(from);
  REQUIRE(at != std::string::npos);
  return result.replace(at, from.size(), to);
}

std::string problem(const std::string& text) {
  const auto result = parse(text);
  CHECK(result.state.has_value() == result.problem.empty());
  return result.problem;
}

} // namespace

TEST_CASE("a state is written in a form that people can compare") {
  CHECK(render(sample_state()) == sample_text());
  CHECK(render({}) == "{\"version\":1,\n\"keys\":[],\n\"groups\":[],\n\"models\":[]}\n");
}

TEST_CASE("what is written is read again, in order") {
  const auto read = parse(sample_text());
  CHECK(read.problem.empty());
  REQUIRE(read.state);
  auto expected = sample_state();
  std::swap(expected.keys[0], expected.keys[1]);
  std::swap(expected.keys[1].cooldowns[0], expected.keys[1].cooldowns[1]);
  CHECK(*read.state == expected);
  CHECK(parse(render({})).state == saved_state{});
}

TEST_CASE("the order in which a state was put together does not show") {
  auto other = sample_state();
  std::reverse(other.keys.begin(), other.keys.end());
  for (auto& key : other.keys) {
    std::reverse(key.cooldowns.begin(), key.cooldowns.end());
    std::reverse(key.day.requests.begin(), key.day.requests.end());
  }
  CHECK(render(other) == sample_text());
}

TEST_CASE("times are rounded up, and numbers brought within bounds") {
  saved_state what;
  what.models = {{"p", "a", {"", "", "", "", noon() + 1ns, 0}},
                 {"p", "b", {"", "", "", "", wall_time::max(), 0}},
                 {"p", "c", {"", "", "", "", wall_time::min(), 0}}};
  what.keys = {{"p/k", "0000000000000000", "", {}, {{{noon() + 1500us, -1}}, {}}}};
  what.keys[0].day.tokens = {{noon(), most_amount + 1}};
  const auto read = parse(render(what));
  REQUIRE(read.state);
  CHECK(read.state->models[0].cooldown.until == noon() + 1ms);
  CHECK(read.state->models[1].cooldown.until
        == std::chrono::sys_days{std::chrono::year{2200} / 1 / 1});
  CHECK(read.state->models[2].cooldown.until == wall_time{});
  CHECK(read.state->keys[0].day.requests == std::vector<saved_slot>{{noon() + 2ms, 0}});
  CHECK(read.state->keys[0].day.tokens == std::vector<saved_slot>{{noon(), most_amount}});
}

TEST_CASE("names of whatever bytes are written as UTF-8") {
  saved_state what;
  what.models = {{"p", "a\xff\n\"", {"", std::string{"\0", 1}, "", "", noon(), 0}}};
  const auto read = parse(render(what));
  REQUIRE(read.state);
  CHECK(read.state->models[0].model == "a\xEF\xBF\xBD\n\"");
  CHECK(read.state->models[0].cooldown.model == std::string(1, '\0'));
}

TEST_CASE("a damaged text is refused with a reason that repeats nothing of it") {
  struct row {
    std::string text;
    std::string problem;
  };
  const std::string until = "\"2024-05-01T13:00:00.000Z\"";
  const std::string bounds32 = " is no whole number from 0 to 4294967295";
  const std::string bounds = " is no whole number from 0 to 1000000000000000";
  const std::string slot = R"(["2024-05-01T11:00:00.000Z",0])";
  const std::vector<row> rows{
      {"", "is no JSON, at byte 0"},
      {"\n", "is no JSON, at byte 1"},
      {std::string(16, '\0'), "is no JSON, at byte 0"},
      {"\xEF\xBB\xBF{}", "is not of version 1"},
      {"{", "is no JSON, at byte 1"},
      {sample_text() + "x", "is no JSON, at byte " + std::to_string(sample_text().size())},
      {with("org-7", "org-\xff"), "is no JSON, at byte 216"},
      {with("org-7", "\\ud800"), "is no JSON, at byte 212"},
      {with(",0]", ",1e999]"), "is no JSON, at byte 565"},
      {"[]", "is no JSON object"},
      {"null", "is no JSON object"},
      {"{}", "is not of version 1"},
      {R"({"version":1})", "has no keys"},
      {R"({"version":1,"keys":[],"groups":[]})", "has no models"},
      {with("\"version\":1", "\"version\":2"), "is not of version 1"},
      {with("\"version\":1", "\"version\":1.0"), "is not of version 1"},
      {with("\"version\":1", "\"version\":\"1\""), "is not of version 1"},
      {with("\"version\":1", "\"version\":4294967297"), "is not of version 1"},
      {R"({"version":1,"keys":{},"groups":[],"models":[]})", "keys is no array"},
      {R"({"version":1,"keys":[1],"groups":[],"models":[]})", "keys[0] is no object"},
      {R"({"version":1,"keys":[{}],"groups":[],"models":[]})", "keys[0] has no id"},
      {with("\"id\":\"azure/x\"", "\"id\":5"), "keys[0].id is no string"},
      {with("fedcba9876543210", "FEDCBA9876543210"), "keys[0].fingerprint is none"},
      {with("fedcba9876543210", "fedcba987654321"), "keys[0].fingerprint is none"},
      {with("fedcba9876543210", "sk-proj-12345678"), "keys[0].fingerprint is none"},
      {with("\"day\":{\"requests\":[],\"tokens\":[]}", "\"day\":[]"), "keys[0].day is no object"},
      {with("\"tokens\":[]", "\"tokens\":{}"), "keys[0].day.tokens is no array"},
      {with("\"cooldowns\":[]", "\"cooldowns\":null"), "keys[0].cooldowns is no array"},
      {with("\"scope\":\"key\"", "\"scope\":null"), "keys[1].cooldowns[0].scope is no string"},
      {with("\"source\":\"status\",", ""), "keys[1].cooldowns[0] has no source"},
      {with(until, "\"2024-05-01\""), "keys[1].cooldowns[0].until is no time"},
      {with(until, "\"2024-13-01T13:00:00Z\""), "keys[1].cooldowns[0].until is no time"},
      {with(until, "\"9999-05-01T13:00:00Z\""), "keys[1].cooldowns[0].until is no time"},
      {with(until, "1714568400"), "keys[1].cooldowns[0].until is no time"},
      {with("4294967295", "4294967296"), "keys[1].cooldowns[0].strikes" + bounds32},
      {with("4294967295", "-1"), "keys[1].cooldowns[0].strikes" + bounds32},
      {with("4294967295", "1.5"), "keys[1].cooldowns[0].strikes" + bounds32},
      {with("4294967295", "99999999999999999999999"), "keys[1].cooldowns[0].strikes" + bounds32},
      {with(slot, "5"), "keys[1].day.requests[1] is no pair of a time and an amount"},
      {with(slot, "[]"), "keys[1].day.requests[1] is no pair of a time and an amount"},
      {with(slot, R"(["2024-05-01T11:00:00.000Z",0,0])"),
       "keys[1].day.requests[1] is no pair of a time and an amount"},
      {with(slot, "[0,0]"), "keys[1].day.requests[1] is no time"},
      {with(slot, R"(["2024-05-01T11:00:00.000Z",-5])"), "keys[1].day.requests[1]" + bounds},
      {with("1000000000000000", "1000000000000001"), "keys[1].day.tokens[0]" + bounds},
      {with("\"name\":", "\"nome\":"), "groups[0] has no name"},
      {with("\"cooldown\":{", "\"cooldown\":[],\"x\":{"), "models[0].cooldown is no object"},
      {with("fedcba9876543210", "0123456789abcdef"), ""},
      {with("azure/x\",\"fingerprint\":\"fedcba9876543210",
            "openai/team-a\",\"fingerprint\":\"0123456789abcdef"),
       "keys has one twice"},
      {R"({"version":1,"keys":[],"groups":[],"models":[)"
       R"({"provider":"p","model":"m","cooldown":{"scope":"","model":"","reason":"","source":"",)"
       R"("until":"2024-05-01T13:00:00Z","strikes":0}},)"
       R"({"provider":"p","model":"m","cooldown":{"scope":"","model":"","reason":"","source":"",)"
       R"("until":"2024-05-01T13:00:00Z","strikes":0}}]})",
       "models has one twice"}};
  for (const auto& [text, reason] : rows) {
    CAPTURE(text);
    CHECK(problem(text) == reason);
  }
}

TEST_CASE("a text that ends anywhere too soon is refused") {
  const auto text = sample_text();
  const auto whole = text.size() - 1; // the line break at its end says nothing
  for (std::size_t size = 0; size < whole; ++size) {
    CAPTURE(size);
    CHECK_FALSE(problem(text.substr(0, size)).empty());
  }
  CHECK(problem(text.substr(0, whole)).empty());
}

TEST_CASE("members that are not known are passed over") {
  CHECK(parse(with("\"version\":1", "\"saved_by\":{\"x\":[1]},\"version\":1")).state
        == parse(sample_text()).state);
  CHECK(parse(with("\"organization\":\"\"", "\"organization\":\"\",\"mood\":\"good\"")).state
        == parse(sample_text()).state);
}

TEST_CASE("no nesting is too deep for the stack") {
  for (const std::string open : {"[", "{\"a\":"}) {
    std::string text = "{\"version\":1,\"keys\":";
    for (int i = 0; i < 1'000'000; ++i)
      text += open;
    CHECK(problem(text) == "is no JSON, at byte " + std::to_string(text.size()));
  }
  const auto deep = std::string(1'000'000, '[') + std::string(1'000'000, ']');
  CHECK(problem("{\"version\":1,\"keys\":[" + deep + "],\"groups\":[],\"models\":[]}")
        == "keys[0] is no object");
}

TEST_CASE("a state has fingerprints and no secret") {
  for (const std::string clear :
       {"sk-proj-aB3xK9mQ2vL8nR5tY7wZ1cD4fG6hJ0pS", "sk-ant-api03-0123456789abcdefghijklmnop-QQ",
        "AIzaSyD-9tSrke72PouQMnMX-a7eZSW0jkFMBWY", "0123456789abcdef0123456789abcdef"}) {
    const config::secret secret{clear};
    saved_state what = sample_state();
    what.keys[0].fingerprint = secret.fingerprint();
    const auto text = render(what);
    CAPTURE(clear);
    CHECK(text.find(secret.fingerprint()) != std::string::npos);
    CHECK(text.find(clear) == std::string::npos);
    CHECK(text.find(clear.substr(0, 8)) == std::string::npos);
    CHECK(text.find(clear.substr(clear.size() - 4)) == std::string::npos);
    CHECK(text.find(secret.masked()) == std::string::npos);
  }
}
