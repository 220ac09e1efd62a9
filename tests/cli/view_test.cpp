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
                        0);
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
                          0);
  REQUIRE(text);
  CHECK(*text
        == "MODEL   PROVIDER  BALANCING  STRATEGY     WAITING  KEYS\n"
           "gpt-4o  openai    on         round_robin        4  2 available, 1 cooling\n");
}

TEST_CASE("an answer that is not the API's is not shown as one") {
  for (const char* body : {"", "hello", "[]", "{}", R"({"keys":{}})", R"({"keys":[1]})",
                           R"({"models":[null]})", R"({"generation":"3"})"}) {
    CAPTURE(body);
    CHECK_FALSE(keys_view(body, 0));
    CHECK_FALSE(models_view(body, 0));
    CHECK_FALSE(generation_of(body));
    CHECK_FALSE(reload_view(body));
  }
}

TEST_CASE("empty lists are said in words") {
  CHECK(keys_view(R"({"keys":[]})", 0) == "no keys are configured\n");
  CHECK(models_view(R"({"models":[]})", 0) == "no models are configured\n");
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
