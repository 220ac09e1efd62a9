#include "cli/view.hpp"
#include "tests/catch.hpp"

using namespace keywheel::cli;

TEST_CASE("keys are shown with the cooldown that ends last") {
  auto text = keys_view(R"({"keys":[
    {"id":"openai/a","provider":"openai","name":"a","masked":"sk-…a1b2","enabled":true,
     "state":"available","in_flight":1,"requests":20,"errors":2,"input_tokens":100,
     "output_tokens":5,"cooldowns":[]},
    {"id":"openai/b","masked":"sk-…b1b2","state":"cooling","in_flight":0,"requests":3,"errors":1,
     "input_tokens":0,"output_tokens":0,"cooldowns":[
       {"scope":"key_model","model":"gpt-4o","reason":"rate_limit","source":"retry-after",
        "until":"2026-01-01T00:00:00Z","remaining_ms":1000},
       {"scope":"key","reason":"rate_limit","source":"config","remaining_ms":65001}]}]})",
                        {});
  REQUIRE(text);
  CHECK(*text
        == "KEY       STATE      BACK IN  WHY                   IN FLIGHT  REQUESTS  ERRORS  "
           "TOKENS IN  TOKENS OUT  CREDENTIAL\n"
           "openai/a  available                                         1        20       2  "
           "      100           5  sk-…a1b2\n"
           "openai/b  cooling     1m 06s  rate_limit by config          0         3       1  "
           "        0           0  sk-…b1b2\n");
}

TEST_CASE("models are shown with the states of their keys") {
  auto text = models_view(R"({"models":[{"name":"gpt-4o","provider":"openai",
    "strategy":"round_robin","load_balancing":true,"waiting":4,"keys":[
      {"id":"openai/a","state":"available"},{"id":"openai/b","state":"cooling"},
      {"id":"openai/c","state":"available"}]}]})",
                          {});
  REQUIRE(text);
  CHECK(*text
        == "MODEL   PROVIDER  BALANCING  STRATEGY     WAITING  KEYS\n"
           "gpt-4o  openai    on         round_robin        4  2 available, 1 cooling\n");
}

TEST_CASE("an answer that is not the API's is not shown as one") {
  for (const char* body : {"", "hello", "[]", "{}", R"({"keys":{}})", R"({"keys":[1]})",
                           R"({"models":[null]})", R"({"generation":"3"})"}) {
    CAPTURE(body);
    CHECK_FALSE(keys_view(body, {}));
    CHECK_FALSE(models_view(body, {}));
    CHECK_FALSE(generation_of(body));
    CHECK_FALSE(reload_view(body));
  }
}

TEST_CASE("empty lists are said in words") {
  CHECK(keys_view(R"({"keys":[]})", {}) == "no keys are configured\n");
  CHECK(models_view(R"({"models":[]})", {}) == "no models are configured\n");
}

TEST_CASE("a reload tells its generation and what waits for a restart") {
  CHECK(reload_view(R"({"generation":3,"needs_restart":["server.listen"]})")
        == "reloaded: generation 3\nserver.listen takes effect at the next start\n");
}

TEST_CASE("an error is its message, with its line") {
  CHECK(
      error_view(422, R"({"error":{"code":"bad_config","message":"unknown field \"x\"","line":7}})")
      == "line 7: unknown field \"x\"");
  CHECK(error_view(404, R"({"error":{"code":"not_found","message":"no such key"}})")
        == "no such key");
  CHECK(error_view(404, "<html>") == "HTTP status 404");
}

TEST_CASE("remaining time is rounded up") {
  CHECK(remaining(-5) == "now");
  CHECK(remaining(850) == "850ms");
  CHECK(remaining(1000) == "1s");
  CHECK(remaining(1001) == "2s");
  CHECK(remaining(59'001) == "1m 00s");
  CHECK(remaining(125'000) == "2m 05s");
  CHECK(remaining(3'780'000) == "1h 03m");
}

TEST_CASE("as much has passed of a cooldown as its answer is old") {
  const std::string json = R"({"keys":[{"id":"p/a","state":"cooling","cooldowns":[
    {"scope":"key","reason":"rate_limit","source":"config","remaining_ms":65001}]}]})";
  CHECK(keys_view(json, {}, 1001)->find(" 1m 04s ") != std::string::npos);
  CHECK(keys_view(json, {}, 70000)->find(" now ") != std::string::npos);
}

TEST_CASE("a state has its colour where there are colours") {
  const std::string json = R"({"keys":[{"id":"p/a","state":"rejected","cooldowns":[]}]})";
  CHECK(keys_view(json, {0, true})->find("\x1b[31mrejected\x1b[0m") != std::string::npos);
  CHECK(keys_view(json, {0, false})->find('\x1b') == std::string::npos);
}

TEST_CASE("an event is one line") {
  const auto seen = [](const char* name, const char* json) { return event_view(name, json); };
  CHECK(seen("key", R"({"time":"2026-01-01T12:00:01.250Z","id":"p/a","from":"available",
                        "to":"cooling"})")
        == "12:00:01 key p/a: available -> cooling");
  CHECK(seen("cooldown", R"({"time":"2026-01-01T12:00:01Z","what":"begins","id":"p/a",
                             "scope":"key_model","model":"m","reason":"rate_limit",
                             "source":"retry-after","until":"2026-01-01T12:01:01Z"})")
        == "12:00:01 cooldown p/a: key_model begins: rate_limit by retry-after for m until "
           "12:01:01");
  CHECK(seen("cooldown", R"({"time":"2026-01-01T12:00:01Z","what":"ended","provider":"p",
                             "scope":"provider_model","model":"m","reason":"overloaded"})")
        == "12:00:01 cooldown p: provider_model ended: overloaded for m");
  CHECK(seen("config", R"({"time":"2026-01-01T12:00:01Z","generation":4})")
        == "12:00:01 config generation 4 is in force");
  CHECK(seen("config", R"({"time":"2026-01-01T12:00:01Z","generation":4,
                           "error":{"line":7,"column":1,"message":"no such\nfield"}})")
        == "12:00:01 config generation 4 stays in force: line 7: no such field");
  CHECK(seen("audit", R"({"time":"2026-01-01T12:00:01Z","who":"admin 127.0.0.1","what":"disable",
                          "target":"key p/a"})")
        == "12:00:01 audit admin 127.0.0.1: disable key p/a");
  CHECK(seen("snapshot", R"({"keys":[]})").empty());
  CHECK(seen("key", "no JSON").empty());
}

TEST_CASE("a dry run is a line per change") {
  CHECK(dry_run_view(R"({"changes":[{"field":"weight","from":1,"to":2},
                                    {"field":"models","from":null,"to":["a"]}]})")
        == "weight: 1 -> 2\nmodels: nothing -> [\"a\"]\n");
  CHECK(dry_run_view(R"({"changes":[]})") == "nothing would change\n");
  CHECK_FALSE(dry_run_view("{}"));
}
