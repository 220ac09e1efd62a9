#include "observe/api_patch.hpp"
#include "tests/catch.hpp"

#include <string>

using namespace keywheel;
using namespace keywheel::observe;

namespace {

using texts = std::vector<std::string>;

/// "status message" of the refusal; empty if the body was accepted.
template <class Result>
std::string refusal(const Result& of) {
  const auto* error = std::get_if<api_error>(&of);
  return error ? std::to_string(error->status) + " " + error->message : "";
}

} // namespace

TEST_CASE("a key's PATCH becomes edits in its order") {
  const auto read = read_key_patch(R"({"models":["a","b*"],"enabled":false,"weight":4294967295,
    "max_in_flight":0,"quota_group":"org é","base_url":"https://x.example/v1","upstream_model":""})",
                                   "openai", "team-a");
  REQUIRE(refusal(read).empty());
  const auto& edits = std::get<std::vector<config::key_edit>>(read);
  REQUIRE(edits.size() == 7);
  for (const auto& each : edits) {
    CHECK(each.provider == "openai");
    CHECK(each.name == "team-a");
  }
  CHECK(edits[0].field == "models");
  CHECK(edits[0].to == config::value{texts{"a", "b*"}});
  CHECK(edits[1].field == "enabled");
  CHECK(edits[1].to == config::value{false});
  CHECK(edits[2].field == "weight");
  CHECK(edits[2].to == config::value{std::int64_t{4294967295}});
  CHECK(edits[3].field == "max_in_flight");
  CHECK(edits[3].to == config::value{std::int64_t{0}});
  CHECK(edits[4].field == "quota_group");
  CHECK(edits[4].to == config::value{std::string{"org é"}});
  CHECK(edits[5].field == "base_url");
  CHECK(edits[6].to == config::value{std::string{}});
}

TEST_CASE("a model's PATCH becomes edits") {
  const auto read = read_model_patch(
      R"({"load_balancing":true,"strategy":"weighted","upstream_model":"gpt-4o-mini"})", "gpt-4o");
  REQUIRE(refusal(read).empty());
  const auto& edits = std::get<std::vector<config::model_edit>>(read);
  REQUIRE(edits.size() == 3);
  CHECK(edits[0].model == "gpt-4o");
  CHECK(edits[0].field == "load_balancing");
  CHECK(edits[0].to == config::value{true});
  CHECK(edits[1].to == config::value{std::string{"weighted"}});
  CHECK(edits[2].to == config::value{std::string{"gpt-4o-mini"}});
}

TEST_CASE("a key's budgets are numbers of 64 bits") {
  const auto read = read_key_patch(
      R"({"rpm":0,"tpm":1000000000000,"rpd":9223372036854775807,"tpd":5})", "openai", "a");
  REQUIRE(refusal(read).empty());
  const auto& edits = std::get<std::vector<config::key_edit>>(read);
  REQUIRE(edits.size() == 4);
  CHECK(edits[0].field == "rpm");
  CHECK(edits[0].to == config::value{std::int64_t{0}});
  CHECK(edits[1].field == "tpm");
  CHECK(edits[1].to == config::value{std::int64_t{1'000'000'000'000}});
  CHECK(edits[2].field == "rpd");
  CHECK(edits[2].to == config::value{std::int64_t{9'223'372'036'854'775'807}});
  CHECK(edits[3].field == "tpd");
}

TEST_CASE("a model's cooldown is an object, and its edits are dotted") {
  const auto read = read_model_patch(
      R"({"sticky":true,"cooldown":{"max":"10m","use_hints":false,"rate_limit":"5s"},
          "max_attempts":5,"replay_unanswered":true})",
      "m");
  REQUIRE(refusal(read).empty());
  const auto& edits = std::get<std::vector<config::model_edit>>(read);
  CHECK(describe(edits)
        == R"(sticky=true cooldown.max="10m" cooldown.use_hints=false cooldown.rate_limit="5s" )"
           "max_attempts=5 replay_unanswered=true");
}

TEST_CASE("what is no field of a model's cooldown is refused") {
  struct row {
    const char* body;
    const char* says;
  };
  const row rows[] = {
      {R"({"cooldown":"10m"})", "422 \"cooldown\" must be an object"},
      {R"({"cooldown":null})", "422 \"cooldown\" must be an object"},
      {R"({"cooldown":{}})", "422 the body names no field to change"},
      {R"({"cooldown":{"min":"1s"}})", "422 \"cooldown.min\" is not a field that can be changed"},
      {R"({"cooldown":{"max":60}})", "422 \"cooldown.max\" must be a string"},
      {R"({"cooldown":{"use_hints":"no"}})", "422 \"cooldown.use_hints\" must be true or false"},
      {R"({"cooldown":{"max":"1s"},"cooldown":{"max":"2s"}})",
       "422 \"cooldown.max\" is given twice"},
      {R"({"cooldown.max":"1s"})", "422 \"cooldown.max\" is not a field that can be changed"},
      {R"({"cooldown":{"cooldown":{"max":"1s"}}})",
       "422 \"cooldown.cooldown\" is not a field that can be changed"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.body);
    CHECK(refusal(read_model_patch(row.body, "m")) == row.says);
  }
}

TEST_CASE("a PATCH that is not understood whole is refused") {
  struct row {
    const char* body;
    const char* says; ///< how the refusal begins
  };
  const row rows[] = {
      {"", "400 the body is not JSON"},
      {"{", "400 the body is not JSON"},
      {"{}x", "400 the body is not JSON"},
      {R"({"enabled":true,})", "400 the body is not JSON"},
      {R"({'enabled':true})", "400 the body is not JSON"},
      {"{\"quota_group\":\"\xff\"}", "400 the body is not JSON"},
      {R"({"quota_group":"\ud800"})", "400 the body is not JSON"},
      {"[]", "400 the body must be a JSON object"},
      {"null", "400 the body must be a JSON object"},
      {"\"enabled\"", "400 the body must be a JSON object"},
      {"{}", "422 the body names no field"},
      {R"({"enable":true})", "422 \"enable\" is not a field"},
      {R"({"enabled":true,"api_key":"sk-1"})", "422 \"api_key\" is not a field"},
      {R"({"Enabled":true})", "422 \"Enabled\" is not a field"},
      {R"({"enabled\u0000":true})", "422 \"enabled"},
      {R"({"load_balancing":true})", "422 \"load_balancing\" is not a field"},
      {R"({"enabled":true,"enabled":false})", "422 \"enabled\" is given twice"},
      {R"({"enabled":"true"})", "422 \"enabled\" must be true or false"},
      {R"({"enabled":1})", "422 \"enabled\" must be true or false"},
      {R"({"enabled":null})", "422 \"enabled\" must be true or false"},
      {R"({"weight":"1"})", "422 \"weight\" must be a whole number"},
      {R"({"weight":-1})", "422 \"weight\" must be a whole number"},
      {R"({"weight":1.5})", "422 \"weight\" must be a whole number"},
      {R"({"weight":9223372036854775808})", "422 \"weight\" must be a whole number"},
      {R"({"weight":1e3})", "422 \"weight\" must be a whole number"},
      {R"({"cooldown":{"max":"1s"}})", "422 \"cooldown\" is not a field"},
      {R"({"weight":true})", "422 \"weight\" must be a whole number"},
      {R"({"quota_group":["x"]})", "422 \"quota_group\" must be a string"},
      {R"({"base_url":{}})", "422 \"base_url\" must be a string"},
      {R"({"models":"gpt-4o"})", "422 \"models\" must be an array of strings"},
      {R"({"models":["gpt-4o",1]})", "422 \"models\" must be an array of strings"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.body);
    const auto said = refusal(read_key_patch(row.body, "p", "n"));
    CHECK(said.substr(0, std::string{row.says}.size()) == row.says);
  }
  CHECK(refusal(read_model_patch(R"({"provider":"x"})", "m"))
        == "422 \"provider\" is not a field that can be changed");
  CHECK(refusal(read_model_patch(R"({"load_balancing":"on"})", "m"))
        == "422 \"load_balancing\" must be true or false");
}

TEST_CASE("a PATCH that nests too deeply is refused before it is parsed") {
  for (const char open : {'[', '{'}) {
    const std::string body(1024 * 1024, open);
    CHECK(refusal(read_key_patch(body, "p", "n")) == "400 the JSON is nested too deeply");
  }
  std::string members;
  for (int i = 0; i < 100'000; ++i)
    members += "{\"a\":";
  CHECK(refusal(read_key_patch(members, "p", "n")) == "400 the JSON is nested too deeply");
  // Brackets in a text are no nesting, and an escaped quote does not end it.
  const auto text = R"({"quota_group":"\")" + std::string(100, '[') + R"("})";
  CHECK(refusal(read_key_patch(text, "p", "n")).empty());
}

TEST_CASE("a change is described in one line") {
  const auto read = read_key_patch(
      "{\"enabled\":false,\"weight\":2,\"quota_group\":\"a\\nb\",\"models\":[\"x\",\"y\"]}", "p",
      "n");
  REQUIRE(refusal(read).empty());
  CHECK(describe(std::get<std::vector<config::key_edit>>(read))
        == R"(enabled=false weight=2 quota_group="a\nb" models=["x","y"])");
}
