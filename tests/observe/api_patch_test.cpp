#include "observe/api_changes.hpp"
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

/// The edits of one kind that a body was read as.
template <class Edit>
std::vector<Edit> edits_of(const changes_or_error& read) {
  std::vector<Edit> result;
  for (const auto& each : std::get<std::vector<config::change>>(read))
    result.push_back(std::get<Edit>(each));
  return result;
}

config::value pasted(const char* clear) {
  return config::kept_secret{config::secret{clear}};
}

} // namespace

TEST_CASE("a key's PATCH becomes edits in its order") {
  const auto read = read_key_patch(R"({"models":["a","b*"],"enabled":false,"weight":4294967295,
    "max_in_flight":0,"quota_group":"org é","base_url":"https://x.example/v1","upstream_model":""})",
                                   "openai", "team-a");
  REQUIRE(refusal(read).empty());
  const auto edits = edits_of<config::key_edit>(read);
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
  const auto edits = edits_of<config::model_edit>(read);
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
  const auto edits = edits_of<config::key_edit>(read);
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
  const auto edits = edits_of<config::model_edit>(read);
  CHECK(describe(std::get<std::vector<config::change>>(read))
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
      {R"({"enabled":true,"name":"b"})", "422 \"name\" is not a field that can be changed"},
      {R"({"api_key":null})", "422 \"api_key\" must be a string"},
      {R"({"api_key":1})", "422 \"api_key\" must be a string"},
      {R"({"api_key":"sk-1","store":"disk"})", "422 \"store\" must be \"state\" or \"config\""},
      {R"({"api_key":"sk-1","store":null})", "422 \"store\" must be \"state\" or \"config\""},
      {R"({"api_key":"env:A","store":"state"})", "422 \"store\" says where a secret"},
      {R"({"enabled":true,"store":"state"})", "422 \"store\" says where a secret"},
      {R"({"Enabled":true})", "422 \"Enabled\" is not a field"},
      {R"({"enabled\u0000":true})", "422 \"enabled"},
      {R"({"load_balancing":true})", "422 \"load_balancing\" is not a field"},
      {R"({"enabled":true,"enabled":false})", "422 \"enabled\" is given twice"},
      {R"({"enabled":"true"})", "422 \"enabled\" must be true or false"},
      {R"({"enabled":1})", "422 \"enabled\" must be true or false"},
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
  CHECK(describe(std::get<std::vector<config::change>>(read))
        == R"(enabled=false weight=2 quota_group="a\nb" models=["x","y"])");
}

TEST_CASE("null takes a field away") {
  const auto read = read_key_patch(R"({"rpm":null,"enabled":true})", "p", "n");
  REQUIRE(refusal(read).empty());
  const auto edits = edits_of<config::key_edit>(read);
  CHECK(edits[0].field == "rpm");
  CHECK_FALSE(edits[0].to);
  CHECK(edits[1].to == config::value{true});
  CHECK(describe(std::get<std::vector<config::change>>(read)) == "no rpm enabled=true");
}

TEST_CASE("a credential is a reference, or a secret that is kept where the caller wants it") {
  const auto value_of = [](const char* body) {
    const auto read = read_key_patch(body, "p", "n");
    CHECK(refusal(read) == "");
    const auto edits = edits_of<config::key_edit>(read);
    REQUIRE(edits.size() == 1);
    CHECK(edits[0].field == "api_key");
    return *edits[0].to;
  };
  CHECK(value_of(R"({"api_key":"env:NAME"})") == config::value{std::string{"env:NAME"}});
  CHECK(value_of(R"({"api_key":"file:/run/x"})") == config::value{std::string{"file:/run/x"}});
  CHECK(value_of(R"({"api_key":"sk-1"})") == pasted("sk-1"));
  CHECK(value_of(R"({"store":"state","api_key":"sk-1"})") == pasted("sk-1"));
  CHECK(value_of(R"({"api_key":"sk-1","store":"config"})")
        == config::value{config::secret{"sk-1"}});
}

TEST_CASE("a new key has a name and a credential, and any field of a key") {
  const auto read =
      read_new_key(R"({"weight":2,"name":"team-b","models":["m"],"api_key":"sk-1"})", "openai");
  REQUIRE(refusal(read).empty());
  const auto added = edits_of<config::new_key>(read);
  REQUIRE(added.size() == 1);
  CHECK(added[0].provider == "openai");
  CHECK(added[0].name == "team-b");
  REQUIRE(added[0].fields.size() == 3);
  CHECK(added[0].fields[0].name == "api_key");
  CHECK(added[0].fields[0].is == pasted("sk-1"));
  CHECK(added[0].fields[1].name == "weight");
  CHECK(added[0].fields[1].is == config::value{std::int64_t{2}});
  CHECK(added[0].fields[2].is == config::value{texts{"m"}});
  CHECK(refusal(read_new_key(R"({"api_key":"env:A"})", "p")) == "422 \"name\" is missing");
  CHECK(refusal(read_new_key(R"({"name":"a"})", "p")) == "422 \"api_key\" is missing");
  CHECK(refusal(read_new_key(R"({"name":"a","api_key":"env:A","rpm":null})", "p"))
        == "422 \"rpm\" must be a whole number, zero or more");
  CHECK(refusal(read_new_key(R"({"name":"a","api_key":"env:A","colour":1})", "p"))
        == "422 \"colour\" is not a field");
  CHECK(refusal(read_new_key("[]", "p")) == "400 the body must be a JSON object");
}

TEST_CASE("a new model comes with its provider and its keys") {
  const auto read = read_new_model(R"({"name":"m","provider":"q","load_balancing":true,
    "cooldown":{"max":"5m"},"new_provider":{"dialect":"openai","base_url":"http://h","proxy":"http://u:pw@x"},
    "keys":[{"name":"a","api_key":"env:A"},{"name":"b","api_key":"sk-b","store":"config"}]})");
  REQUIRE(refusal(read).empty());
  const auto& changes = std::get<std::vector<config::change>>(read);
  REQUIRE(changes.size() == 4);
  const auto& provider = std::get<config::new_provider>(changes[0]);
  CHECK(provider.name == "q");
  REQUIRE(provider.fields.size() == 3);
  CHECK(provider.fields[2].is == config::value{config::secret{"http://u:pw@x"}});
  CHECK(std::get<config::new_key>(changes[1]).name == "a");
  CHECK(std::get<config::new_key>(changes[2]).provider == "q");
  CHECK(std::get<config::new_key>(changes[2]).fields[0].is
        == config::value{config::secret{"sk-b"}});
  const auto& model = std::get<config::new_model>(changes[3]);
  CHECK(model.name == "m");
  REQUIRE(model.fields.size() == 3);
  CHECK(model.fields[0].name == "provider");
  CHECK(model.fields[0].is == config::value{std::string{"q"}});
  CHECK(model.fields[1].name == "load_balancing");
  CHECK(model.fields[2].name == "cooldown.max");
  const std::pair<const char*, const char*> rows[] = {
      {R"({"provider":"q"})", "422 \"name\" is missing"},
      {R"({"name":"m"})", "422 \"provider\" is missing"},
      {R"({"name":"m","provider":"q","keys":{}})", "422 \"keys\" must be an array of objects"},
      {R"({"name":"m","provider":"q","keys":[1]})", "422 \"keys\" must be an array of objects"},
      {R"({"name":"m","provider":"q","keys":[{"name":"a","api_key":"x"},{"name":"b"}]})",
       "422 \"keys[1].api_key\" is missing"},
      {R"({"name":"m","provider":"q","keys":[{"rpm":"x"}]})",
       "422 \"keys[0].rpm\" must be a whole number, zero or more"},
      {R"({"name":"m","provider":"q","new_provider":[]})",
       "422 \"new_provider\" must be an object"},
      {R"({"name":"m","provider":"q","new_provider":{"keys":[]}})",
       "422 \"new_provider.keys\" is not a field"},
      {R"({"name":"m","provider":"q","cooldown":1})", "422 \"cooldown\" must be an object"},
  };
  for (const auto& [body, says] : rows) {
    CAPTURE(body);
    CHECK(refusal(read_new_model(body)) == says);
  }
}
