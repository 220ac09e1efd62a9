#include "observe/api_answer.hpp"
#include "observe/api_json.hpp"
#include "tests/catch.hpp"
#include "tests/observe/sample.hpp"

using namespace keywheel;
using namespace keywheel::observe;
using namespace keywheel::observe::testing;

namespace {

using op = api_operation;

api_route key_route(op what, const char* provider, const char* name) {
  api_route result;
  result.what = what;
  result.provider = provider;
  result.name = name;
  return result;
}

api_route model_route(op what, const char* model) {
  api_route result;
  result.what = what;
  result.model = model;
  return result;
}

api_route route_to(op what) {
  api_route result;
  result.what = what;
  return result;
}

std::string field(const http::response& of, std::string_view name) {
  return std::string{of.head.headers.find(name).value_or("")};
}

} // namespace

TEST_CASE("questions are answered from the status") {
  const auto now = sample_status();
  struct row {
    api_route route;
    std::string body;
  };
  const row rows[] = {
      {route_to(op::list_keys), keys_json(now.keys)},
      {route_to(op::list_models), models_json(now.models)},
      {route_to(op::get_config), config_status_json(now)},
      {key_route(op::get_key, "openai", "team-a"), key_json(now.keys[1])},
      {model_route(op::get_model, "gpt-4o"), model_json(now.models[0])},
      {model_route(op::get_model, "text-*"), model_json(now.models[1])},
      {model_route(op::get_model, "text-small"), model_json(now.models[2])},
  };
  for (const auto& row : rows) {
    CAPTURE(row.body);
    const auto answer = answer_question(row.route, now);
    CHECK(answer.head.status == 200);
    CHECK(answer.body == row.body);
    CHECK(field(answer, "content-type") == "application/json");
    CHECK(field(answer, "cache-control") == "no-store");
    CHECK(field(answer, "x-content-type-options") == "nosniff");
    CHECK(field(answer, "etag") == "\"3\"");
  }
}

TEST_CASE("what is not there is 404 not_found") {
  const auto now = sample_status();
  const std::pair<api_route, const char*> rows[] = {
      {key_route(op::get_key, "openai", "team-b"), "there is no key \"openai/team-b\""},
      {key_route(op::get_key, "openai/team", "-a"), "there is no key \"openai/team/-a\""},
      {key_route(op::get_key, "anthropic", "team-a"), "there is no key \"anthropic/team-a\""},
      {model_route(op::get_model, "gpt-4"), "there is no model \"gpt-4\""},
  };
  for (const auto& [route, message] : rows) {
    CAPTURE(message);
    const auto answer = answer_question(route, now);
    CHECK(answer.head.status == 404);
    api_error expected{404, "not_found", message, 0, 0, {}, {}};
    CHECK(answer.body == error_response(expected).body);
  }
}

TEST_CASE("a key that is replaced and the one that drains are told apart") {
  auto now = sample_status();
  auto draining = now.keys[1];
  draining.state = "draining";
  now.keys.insert(now.keys.begin() + 1, draining);
  const auto route = key_route(op::get_key, "openai", "team-a");
  CHECK(answer_question(route, now).body == key_json(now.keys[2]));
  std::swap(now.keys[1], now.keys[2]);
  CHECK(answer_question(route, now).body == key_json(now.keys[1]));
  now.keys.erase(now.keys.begin() + 1);
  CHECK(answer_question(route, now).body == key_json(draining));
}

TEST_CASE("only what the configuration names can be changed") {
  auto now = sample_status();
  CHECK_FALSE(find_obstacle(key_route(op::change_key, "openai", "team-a"), now));
  CHECK_FALSE(find_obstacle(model_route(op::change_model, "gpt-4o"), now));
  CHECK_FALSE(find_obstacle(model_route(op::change_model, "text-*"), now));
  for (const auto& route :
       {key_route(op::change_key, "openai", "gone"),
        key_route(op::change_key, "anthropic", "team-a"), model_route(op::change_model, "gpt-5")}) {
    const auto obstacle = find_obstacle(route, now);
    REQUIRE(obstacle);
    CHECK(obstacle->status == 404);
  }
  const auto under_pattern = find_obstacle(model_route(op::change_model, "text-small"), now);
  REQUIRE(under_pattern);
  CHECK(under_pattern->status == 409);
  CHECK(under_pattern->message
        == "model \"text-small\" has no entry of its own: it is served under \"text-*\"");
  // A key that only drains is no longer in the file.
  now.keys.push_back(now.keys[0]);
  now.keys.back().name = "old";
  CHECK(find_obstacle(key_route(op::change_key, "openai", "old"), now));
  now.snapshot = nullptr;
  CHECK(find_obstacle(key_route(op::change_key, "openai", "team-a"), now));
}

TEST_CASE("a change is answered with the generation and its subject") {
  const auto now = sample_status();
  CHECK(answer_change(key_route(op::change_key, "openai", "team-a"), 4, now).body
        == key_json(now.keys[1], 4));
  CHECK(answer_change(key_route(op::reset_key, "openai", "default"), 4, now).body
        == key_json(now.keys[0], 4));
  CHECK(answer_change(model_route(op::change_model, "gpt-4o"), 5, now).body
        == model_json(now.models[0], 5));
  const auto gone = answer_change(key_route(op::change_key, "openai", "gone"), 6, now);
  CHECK(gone.head.status == 200);
  CHECK(gone.body == R"({"generation":6})");
}

TEST_CASE("what was added is answered with 201, what was removed with its generation") {
  const auto now = sample_status();
  const auto key = answer_change(key_route(op::add_key, "openai", "team-a"), 4, now);
  CHECK(key.head.status == 201);
  CHECK(key.body == key_json(now.keys[1], 4));
  CHECK(field(key, "etag") == "\"4\"");
  const auto model = answer_change(model_route(op::add_model, "gpt-4o"), 5, now);
  CHECK(model.head.status == 201);
  CHECK(model.body == model_json(now.models[0], 5));
  for (const auto& route :
       {key_route(op::remove_key, "openai", "team-a"), model_route(op::remove_model, "gpt-4o")}) {
    const auto gone = answer_change(route, 6, now);
    CHECK(gone.head.status == 200);
    CHECK(gone.body == R"({"generation":6})");
  }
}

TEST_CASE("what is to be removed must be there, what is to be added need not") {
  const auto now = sample_status();
  CHECK_FALSE(find_obstacle(key_route(op::add_key, "new", "key"), now));
  CHECK_FALSE(find_obstacle(model_route(op::add_model, "new"), now));
  CHECK_FALSE(find_obstacle(key_route(op::remove_key, "openai", "team-a"), now));
  CHECK_FALSE(find_obstacle(model_route(op::remove_model, "gpt-4o"), now));
  CHECK(find_obstacle(key_route(op::remove_key, "openai", "gone"), now)->status == 404);
  CHECK(find_obstacle(model_route(op::remove_model, "gpt-5"), now)->status == 404);
  CHECK(find_obstacle(model_route(op::remove_model, "text-small"), now)->status == 409);
}
