#include "config/load.hpp"
#include "tests/catch.hpp"
#include "tests/config/world.hpp"

using namespace keywheel::config;

namespace {

/// A text and every problem that it has.
struct row {
  std::string text;
  std::vector<std::string> problems;
};

void check(const std::vector<row>& rows) {
  for (const auto& [text, problems] : rows) {
    CAPTURE(text);
    const auto result = world{}.parse(text);
    CHECK_FALSE(result);
    CHECK(lines_of(result) == problems);
  }
}

/// The same with a good provider "p" (key "default"), in lines 1 to 4, before the text.
void check_below_provider(const std::vector<row>& rows) {
  std::vector<row> longer;
  for (const auto& [text, problems] : rows)
    longer.push_back({"[providers.p]\ndialect = \"openai\"\nbase_url = \"http://h\"\n"
                      "api_key = \"x\"\n"
                          + text,
                      problems});
  check(longer);
}

const std::string a_time =
    R"(must be a time with its unit in quotes, such as "250ms", "60s" or "1m30s", of at most 365d)";
const std::string a_size =
    R"(must be a size with its unit in quotes, such as "64MiB", "10MB" or "512KiB")";
const std::string an_address = R"(must be a numeric address (or localhost) and a port in quotes, )"
                               R"(such as "127.0.0.1:4100" or "[::1]:4100")";

} // namespace

TEST_CASE("what does not belong into the file is said with what was meant") {
  check({{"[sever]\n", {R"(1:2: unknown table "sever" (did you mean "server"?))"}},
         {"listen = \"127.0.0.1:1\"\n", {R"(1:1: unknown field "listen")"}},
         {"[[client]]\n", {R"(1:3: unknown table "client" (did you mean "clients"?))"}},
         {"[server]\n  lisen = 1\n",
          {R"(2:3: [server]: unknown field "lisen" (did you mean "listen"?))"}},
         {"[admin]\npassword = 1\n", {R"(2:1: [admin]: unknown field "password")"}},
         {"[cooldown]\nhints = true\n", {R"(2:1: [cooldown]: unknown field "hints")"}},
         {"[waiting_line]\nmax = 1\n", {R"(2:1: [waiting_line]: unknown field "max")"}},
         {"[server.tls]\n", {R"(1:9: [server]: unknown table "tls")"}}});
  check_below_provider(
      {{"timeout = \"1s\"\n", {R"(5:1: [providers.p]: unknown field "timeout")"}},
       {"[providers.p.cooldown]\nmaxx = \"1s\"\n",
        {R"(6:1: [providers.p.cooldown]: unknown field "maxx" (did you mean "max"?))"}},
       {"[[providers.p.keys]]\nname = \"team-a\"\napi_key = \"y\"\n  enabeld = false\n",
        {R"(8:3: [[providers.p.keys]] "team-a": unknown field "enabeld" (did you mean "enabled"?))"}},
       {"[models.m]\nprovider = \"p\"\nmodels = [\"m\"]\n",
        {R"(7:1: [models.m]: unknown field "models")"}},
       {"[models.gpt-4.1]\nprovider = \"p\"\n",
        {R"(5:1: [models.gpt-4]: needs a field "provider")",
         R"(5:15: [models.gpt-4]: unknown table "1" (a name with dots needs quotes: [models."gpt-4.1"]))"}},
       {"[[clients]]\nname = \"c\"\ntoken = \"t\"\nmodel = []\n",
        {R"(8:1: [[clients]] "c": unknown field "model" (did you mean "models"?))"}}});
}

TEST_CASE("tables and arrays of tables are not taken for each other") {
  check({{"server = 1\n", {"1:10: server must be a table [server], not an integer"}},
         {"[[admin]]\n", {"1:1: admin must be a table [admin], not an array"}},
         {"cooldown = \"60s\"\n", {"1:12: cooldown must be a table [cooldown], not a string"}},
         {"waiting_line = true\n",
          {"1:16: waiting_line must be a table [waiting_line], not a boolean"}},
         {"[[providers]]\n",
          {"1:1: providers must be a table of tables, such as [providers.NAME], not an array"}},
         {"[providers]\nopenai = 1.5\n",
          {"2:1: providers.openai must be a table, not a number with a fraction"}},
         {"[[models.m]]\n", {"1:10: models.m must be a table, not an array"}},
         {"models = 1979-05-27\n",
          {"1:10: models must be a table of tables, such as [models.NAME], not a date or time"}},
         {"[clients]\nname = \"c\"\n",
          {"1:1: clients must be an array of tables: write [[clients]] for each, not a table"}},
         {"clients = [1]\n", {"1:12: clients must hold tables only, not an integer"}}});
  check_below_provider(
      {{"cooldown = \"1s\"\n",
        {"5:12: [providers.p]: cooldown must be a table [providers.p.cooldown], not a string"}},
       {"[providers.p.keys]\nname = \"a\"\n",
        {"5:1: [providers.p]: keys must be an array of tables: write [[providers.p.keys]] for "
         "each, "
         "not a table"}}});
}

TEST_CASE("the server's fields are checked") {
  check(
      {{"[server]\nlisten = 4100\n", {"2:10: [server]: listen " + an_address}},
       {"[server]\nlisten = \"example.org:80\"\n", {"2:10: [server]: listen " + an_address}},
       {"[server]\nlisten = \"127.0.0.1:65536\"\n", {"2:10: [server]: listen " + an_address}},
       {"[server]\nrequest_timeout = 600\n", {"2:19: [server]: request_timeout " + a_time}},
       {"[server]\nrequest_timeout = \"600\"\n", {"2:19: [server]: request_timeout " + a_time}},
       {"[server]\nrequest_timeout = \"0s\"\n",
        {"2:19: [server]: request_timeout must be at least 1ms"}},
       {"[server]\ndrain_timeout = \"-1s\"\n", {"2:17: [server]: drain_timeout " + a_time}},
       {"[server]\nmax_body = 64\n", {"2:12: [server]: max_body " + a_size}},
       {"[server]\nmax_body = \"64M\"\n", {"2:12: [server]: max_body " + a_size}},
       {"[server]\nmax_body = \"0MiB\"\n", {"2:12: [server]: max_body must be at least 1B"}},
       {"[server]\nstate_dir = \"\"\n", {"2:13: [server]: state_dir must not be empty"}},
       {"[server]\nstate_dir = [\"/s\"]\n",
        {"2:13: [server]: state_dir must be a string, not an array"}},
       {"[server]\nstream_keepalive = 15\n", {"2:20: [server]: stream_keepalive " + a_time}},
       {"[server]\nshards = 2\n", {"2:10: [server]: shards other than 1 are not supported yet"}},
       {"[server]\nshards = 0\n", {"2:10: [server]: shards must be from 1 to 1024"}},
       {"[server]\nshards = \"1\"\n", {"2:10: [server]: shards must be an integer, not a string"}},
       {"[server]\nshards = 1.0\n",
        {"2:10: [server]: shards must be an integer, not a number with a fraction"}}});
}

TEST_CASE("the other general tables are checked") {
  check(
      {{"[admin]\nlisten = \"4101\"\n", {"2:10: [admin]: listen " + an_address}},
       {"[admin]\nlisten = \"127.0.0.1:4100\"\n",
        {"2:10: [admin]: listen is the same address as the server's (server.listen)"}},
       {"[admin]\ntoken = 12345\n", {"2:9: [admin]: token must be a string, not an integer"}},
       {"[cooldown]\nrate_limit = \"1 minute\"\n", {"2:14: [cooldown]: rate_limit " + a_time}},
       {"[cooldown]\nrate_limit = \"0s\"\n", {"2:14: [cooldown]: rate_limit must be at least 1ms"}},
       {"[cooldown]\nrate_limit = \"2h\"\n",
        {"2:14: [cooldown]: rate_limit is longer than max, which is inherited"}},
       {"[cooldown]\nmax = \"10s\"\nrate_limit = \"20s\"\n",
        {"3:14: [cooldown]: rate_limit is longer than max"}},
       {"[cooldown]\nuse_hints = \"yes\"\n",
        {"2:13: [cooldown]: use_hints must be true or false, not a string"}},
       {"[cooldown]\nmax = \"366d\"\n", {"2:7: [cooldown]: max " + a_time}},
       {"[waiting_line]\nmax_wait = 30\n", {"2:12: [waiting_line]: max_wait " + a_time}},
       {"[waiting_line]\nmax_calls = -1\n",
        {"2:13: [waiting_line]: max_calls must be from 0 to 1000000"}},
       {"[waiting_line]\nmax_calls = true\n",
        {"2:13: [waiting_line]: max_calls must be an integer, not a boolean"}}});
}

TEST_CASE("a provider's fields are checked") {
  check({{"[providers.p]\n",
          {R"(1:1: [providers.p]: needs a field "dialect")",
           R"(1:1: [providers.p]: needs a field "base_url")",
           "1:1: [providers.p]: needs at least one key: an api_key here or a table "
           "[[providers.p.keys]]"}},
         {"[providers.\"a/b\"]\ndialect = \"openai\"\nbase_url = \"http://h\"\napi_key = \"x\"\n",
          {R"(1:1: [providers."a/b"]: a provider's name must have 1 to 64 visible ASCII )"
           R"(characters, none of them / \ ? # % " ')"}},
         {"[providers.p]\ndialect = \"opena\"\nbase_url = \"\"\napi_key = \"x\"\n",
          {R"(2:11: [providers.p]: dialect "opena" is unknown (did you mean "openai"?); there are )"
           "openai, anthropic, gemini and azure",
           "3:12: [providers.p]: base_url must begin with http:// or https://"}},
         {"[providers.p]\ndialect = 1\nbase_url = \"https://u:p@h/\"\napi_key = 1\n",
          {"2:11: [providers.p]: dialect must be a string, not an integer",
           "3:12: [providers.p]: base_url must not contain a user or password; give the credential "
           "as api_key",
           "4:11: [providers.p]: api_key must be a string, not an integer"}}});
  check_below_provider({{"connect_timeout = \"0s\"\nfirst_byte_timeout = 1\nidle_timeout = \"x\"\n",
                         {"5:19: [providers.p]: connect_timeout must be at least 1ms",
                          "6:22: [providers.p]: first_byte_timeout " + a_time,
                          "7:16: [providers.p]: idle_timeout " + a_time}},
                        {"[providers.p.cooldown]\nuse_hints = 1\n",
                         {"6:13: [providers.p.cooldown]: use_hints must be true or false, not an "
                          "integer"}}});
}

TEST_CASE("a key's fields are checked") {
  check_below_provider(
      {{"[[providers.p.keys]]\n",
        {R"(5:1: [[providers.p.keys]] number 1: needs a field "name")",
         R"(5:1: [[providers.p.keys]] number 1: needs a field "api_key")"}},
       {"[[providers.p.keys]]\nname = \"a\"\n",
        {R"(5:1: [[providers.p.keys]] "a": needs a field "api_key")"}},
       {"[[providers.p.keys]]\nname = \"\"\napi_key = \"y\"\n",
        {"6:8: [[providers.p.keys]] number 1: name must not be empty"}},
       {"[[providers.p.keys]]\nname = \"a b\"\napi_key = \"y\"\n",
        {R"(6:8: [[providers.p.keys]] "a b": name must have 1 to 64 visible ASCII characters, )"
         R"(none of them / \ ? # % " ')"}},
       {"[[providers.p.keys]]\nname = 1\napi_key = \"y\"\n",
        {"6:8: [[providers.p.keys]] number 1: name must be a string, not an integer"}},
       {"[[providers.p.keys]]\nname = \"a\"\napi_key = \"y\"\n"
        "enabled = 1\nweight = 0\nquota_group = 5\nmodels = \"m\"\nbase_url = \"h\"\n"
        "upstream_model = \"\"\nmax_in_flight = -1\nrpm = 1.5\ntpm = -1\n"
        "rpd = 1000000000001\ntpd = \"1M\"\n",
        {R"(8:11: [[providers.p.keys]] "a": enabled must be true or false, not an integer)",
         R"(9:10: [[providers.p.keys]] "a": weight must be from 1 to 1000)",
         R"(10:15: [[providers.p.keys]] "a": quota_group must be a string, not an integer)",
         R"(11:10: [[providers.p.keys]] "a": models must be an array of strings, such as )"
         R"(["gpt-4o", "gpt-5*"], not a string)",
         R"(12:12: [[providers.p.keys]] "a": base_url must begin with http:// or https://)",
         R"(13:18: [[providers.p.keys]] "a": upstream_model must not be empty)",
         R"(14:17: [[providers.p.keys]] "a": max_in_flight must be from 0 to 1000000)",
         R"(15:7: [[providers.p.keys]] "a": rpm must be an integer, not a number with a fraction)",
         R"(16:7: [[providers.p.keys]] "a": tpm must be from 0 to 1000000000000)",
         R"(17:7: [[providers.p.keys]] "a": rpd must be from 0 to 1000000000000)",
         R"(18:7: [[providers.p.keys]] "a": tpd must be an integer, not a string)"}}});
}

TEST_CASE("keys are told apart") {
  check_below_provider(
      {{"[[providers.p.keys]]\nname = \"a\"\napi_key = \"y\"\n"
        "[[providers.p.keys]]\nname = \"a\"\napi_key = \"z\"\n",
        {R"(9:8: [[providers.p.keys]] "a": name is already the name of another key of this provider)"}},
       {"[[providers.p.keys]]\nname = \"default\"\napi_key = \"y\"\n",
        {R"(7:11: [[providers.p.keys]] "default": api_key is given twice: here and in [providers.p])"}},
       {"[[providers.p.keys]]\nname = \"a\"\napi_key = \"x\"\n",
        {R"(4:11: [providers.p]: api_key is the same credential as that of "a", for the same models )"
         "at the same place"}},
       {"[[providers.p.keys]]\nname = \"a\"\napi_key = \"y\"\n"
        "[[providers.p.keys]]\nname = \"b\"\napi_key = \"y\"\n",
        {R"(10:11: [[providers.p.keys]] "b": api_key is the same credential as that of "a", for the )"
         "same models at the same place"}},
       {"[[providers.p.keys]]\nname = \"a\"\napi_key = \"x\"\n[[providers.p.keys]]\nname = "
        "\"default\"\n",
        {R"(9:8: [[providers.p.keys]] "default": name is the same credential as that of "a", for the )"
         "same models at the same place"}}});
  check({{"[providers.p]\ndialect = \"openai\"\nbase_url = \"http://h\"\n"
          "[[providers.p.keys]]\nname = \"default\"\n",
          {R"(4:1: [[providers.p.keys]] "default": needs an api_key, here or in [providers.p])"}}});
}

TEST_CASE("models are checked") {
  check_below_provider(
      {{"[models.m]\n", {R"(5:1: [models.m]: needs a field "provider")"}},
       {"[models.m]\nprovider = \"q\"\n", {R"(6:12: [models.m]: provider "q" does not exist)"}},
       {"[providers.openai]\ndialect = \"openai\"\nbase_url = \"http://h\"\napi_key = \"x\"\n"
        "[models.m]\nprovider = \"opnai\"\n",
        {R"(10:12: [models.m]: provider "opnai" does not exist (did you mean "openai"?))"}},
       {"[models.m]\nprovider = 1\n",
        {"6:12: [models.m]: provider must be a string, not an integer"}},
       {"[models.m]\nprovider = \"p\"\nupstream_model = 5\n",
        {"7:18: [models.m]: upstream_model must be a string, not an integer"}},
       {"[models.m]\nprovider = \"p\"\nstrategy = \"round-robin\"\n",
        {R"(7:12: [models.m]: strategy "round-robin" is unknown (did you mean "round_robin"?); there )"
         "are round_robin, weighted, least_in_flight and fill_first"}},
       {"[models.m]\nprovider = \"p\"\nsticky = 1\nmax_attempts = 0\nreplay_unanswered = \"no\"\n",
        {"7:10: [models.m]: sticky must be true or false, not an integer",
         "8:16: [models.m]: max_attempts must be from 1 to 100",
         "9:21: [models.m]: replay_unanswered must be true or false, not a string"}},
       {"[models.m]\nprovider = \"p\"\nmax_attempts = 101\nretries = 3\n",
        {"7:16: [models.m]: max_attempts must be from 1 to 100",
         R"(8:1: [models.m]: unknown field "retries")"}},
       {"[models.m]\nprovider = \"p\"\nload_balancing = \"on\"\n",
        {"7:18: [models.m]: load_balancing must be true or false, not a string"}},
       {"[models.m]\nprovider = \"p\"\nload_balancing = true\n",
        {R"(7:18: [models.m]: load_balancing needs two or more keys, but provider "p" has one for )"
         "this model"}},
       {"[models.m]\nprovider = \"p\"\ncooldown.max = 5\n",
        {"7:16: [models.m.cooldown]: max " + a_time}},
       {"[models.\"a b\"]\nprovider = \"p\"\n",
        {R"(5:1: [models."a b"]: a model's name must have 1 to 256 characters, no blanks or control )"
         "characters"}}});
}

TEST_CASE("a model needs a key that admits it") {
  const std::string provider = "[providers.p]\ndialect = \"openai\"\nbase_url = \"http://h\"\n"
                               "[[providers.p.keys]]\nname = \"a\"\napi_key = \"x\"\n"
                               "models = [\"gpt-*\", \"n\"]\n"
                               "[[providers.p.keys]]\nname = \"b\"\napi_key = \"y\"\n"
                               "models = [\"n\"]\n"
                               "[models.n]\nprovider = \"p\"\nload_balancing = true\n"
                               "[models.\"gpt-4*\"]\nprovider = \"p\"\n";
  check(
      {{provider + "[models.m]\nprovider = \"p\"\n",
        {R"(18:12: [models.m]: provider "p" has no key for this model: no key's models admit it)"}},
       {provider + "load_balancing = true\n",
        {R"(17:18: [models."gpt-4*"]: load_balancing needs two or more keys, but provider "p" has )"
         "one for this model"}}});
  good(provider);
}

TEST_CASE("models that keys and clients name must be there") {
  check_below_provider(
      {{"[[providers.p.keys]]\nname = \"a\"\napi_key = \"y\"\nmodels = [\"gpt-4o\",\n  "
        "\"gtp-4o\"]\n"
        "[models.gpt-4o]\nprovider = \"p\"\n",
        {R"(9:3: [[providers.p.keys]] "a": models names "gtp-4o", which is no model of provider "p" )"
         R"((did you mean "gpt-4o"?))"}},
       {"[[providers.p.keys]]\nname = \"a\"\napi_key = \"y\"\nmodels = [\"m\"]\n"
        "[providers.q]\ndialect = \"openai\"\nbase_url = \"http://h\"\napi_key = \"x\"\n"
        "[models.m]\nprovider = \"q\"\n",
        {R"(8:11: [[providers.p.keys]] "a": models names "m", which is no model of provider "p")"}},
       {"[[providers.p.keys]]\nname = \"a\"\napi_key = \"y\"\nmodels = []\n",
        {R"(8:10: [[providers.p.keys]] "a": models must not be empty; leave it out to admit all models)"}},
       {"[models.m]\nprovider = \"p\"\n[[clients]]\nname = \"c\"\ntoken = \"t\"\n"
        "models = [\"m\", \"m\", \"\", 1, \"o3-*\"]\n",
        {R"(10:16: [[clients]] "c": models names "m" twice)",
         R"(10:21: [[clients]] "c": models must not hold an empty string)",
         R"(10:25: [[clients]] "c": models must hold strings only, not an integer)",
         R"(10:28: [[clients]] "c": models names "o3-*", which is no model)"}}});
}

TEST_CASE("clients are told apart") {
  check({{"[[clients]]\n",
          {R"(1:1: [[clients]] number 1: needs a field "name")",
           R"(1:1: [[clients]] number 1: needs a field "token")"}},
         {"[[clients]]\nname = \"c\"\ntoken = \"t\"\n[[clients]]\nname = \"c\"\ntoken = \"u\"\n",
          {R"(5:8: [[clients]] "c": name is already the name of another client)"}},
         {"[[clients]]\nname = \"c\"\ntoken = \"t\"\n[[clients]]\nname = \"d\"\ntoken = \"t\"\n",
          {R"(6:9: [[clients]] "d": token is the same as that of "c")"}}});
}

TEST_CASE("all problems are reported, in the order of the file") {
  check({{"[[clients]]\nname = \"c\"\n\n[models.m]\nprovider = \"p\"\nstrategy = 1\n\n"
          "[providers.p]\nbase_url = \"http://h\"\napi_key = \"env:NOPE\"\nx = "
          "1\n\n[server]\nlisten = 1\n",
          {R"(1:1: [[clients]] "c": needs a field "token")",
           "6:12: [models.m]: strategy must be a string, not an integer",
           R"(8:1: [providers.p]: needs a field "dialect")",
           "10:11: [providers.p]: api_key cannot be read: environment variable NOPE is not set",
           R"(11:1: [providers.p]: unknown field "x")", "14:10: [server]: listen " + an_address}}});
}

TEST_CASE("a syntax error is the only problem") {
  check({{"[server]\nlisten = 1\nlisten = 2\n[nonsense]\n",
          {"3:1: Error while parsing key-value pair: cannot redefine existing integer 'listen'"}},
         {"[models.m]\nx = 1\n[models.m]\n",
          {"3:1: Error while parsing table header: cannot redefine existing table 'models.m'"}}});
}
