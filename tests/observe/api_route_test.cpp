#include "observe/api_route.hpp"
#include "tests/catch.hpp"

using namespace keywheel::observe;

namespace {

struct good_row {
  const char* method;
  const char* target;
  api_operation what;
  const char* provider = "";
  const char* name = "";
  const char* model = "";
  bool dry_run = false;
};

struct bad_row {
  const char* method;
  const char* target;
  unsigned status;
  const char* allow = "";
};

using op = api_operation;

} // namespace

TEST_CASE("every path of the admin API leads where it says") {
  const good_row rows[] = {
      {"GET", "/healthz", op::healthz},
      {"GET", "/readyz", op::readyz},
      {"GET", "/readyz?verbose", op::readyz},
      {"GET", "/api/v1/models", op::list_models},
      {"HEAD", "/api/v1/models", op::list_models},
      {"GET", "/api/v1/models?any=thing", op::list_models},
      {"GET", "/api/v1/keys", op::list_keys},
      {"GET", "/api/v1/config", op::get_config},
      {"POST", "/api/v1/reload", op::reload},
      {"GET", "/metrics", op::get_metrics},
      {"GET", "/api/v1/log", op::get_log},
      {"PATCH", "/api/v1/log", op::change_log},
      {"GET", "/api/v1/keys/openai/team-a", op::get_key, "openai", "team-a"},
      {"HEAD", "/api/v1/keys/openai/team-a", op::get_key, "openai", "team-a"},
      {"PATCH", "/api/v1/keys/openai/team-a", op::change_key, "openai", "team-a"},
      {"PATCH", "/api/v1/keys/openai/team-a?", op::change_key, "openai", "team-a"},
      {"PATCH", "/api/v1/keys/o/t?dry_run=true", op::change_key, "o", "t", "", true},
      {"PATCH", "/api/v1/keys/o/t?dry_run=false", op::change_key, "o", "t"},
      {"POST", "/api/v1/keys/openai/team-a/reset", op::reset_key, "openai", "team-a"},
      {"GET", "/api/v1/keys/openai/reset", op::get_key, "openai", "reset"},
      {"POST", "/api/v1/keys/reset/reset/reset", op::reset_key, "reset", "reset"},
      {"GET", "/api/v1/keys/open%61i/team%20a", op::get_key, "openai", "team a"},
      {"GET", "/api/v1/keys/a%2Fb/c", op::get_key, "a/b", "c"},
      {"GET", "/api/v1/models/gpt-4o", op::get_model, "", "", "gpt-4o"},
      {"PATCH", "/api/v1/models/gpt-4o", op::change_model, "", "", "gpt-4o"},
      {"PATCH", "/api/v1/models/m?dry_run=true", op::change_model, "", "", "m", true},
      {"GET", "/api/v1/models/meta-llama/Llama-3", op::get_model, "", "", "meta-llama/Llama-3"},
      {"GET", "/api/v1/models/meta-llama%2fLlama-3", op::get_model, "", "", "meta-llama/Llama-3"},
      {"GET", "/api/v1/models/text-*", op::get_model, "", "", "text-*"},
      {"GET", "/api/v1/models/text-%2A", op::get_model, "", "", "text-*"},
      {"GET", "/api/v1/models/a%3Fb%25", op::get_model, "", "", "a?b%"},
      {"GET", "/api/v1/models/../keys", op::get_model, "", "", "../keys"},
      {"GET", "/api/v1/models/a+b", op::get_model, "", "", "a+b"},
      {"GET", "/", op::get_file},
      {"GET", "/?from=bookmark", op::get_file},
      {"HEAD", "/assets/views/keys.js", op::get_file},
      {"GET", "/api/v1/events", op::watch_events},
      {"GET", "/api/v1/events?only=key", op::watch_events},
      {"GET", "/api/v1/history?minutes=5", op::get_history},
      {"GET", "/api/v1/openapi.json", op::get_openapi},
      {"GET", "/api/v1/log", op::get_log},
      {"PATCH", "/api/v1/log", op::change_log},
      {"POST", "/api/v1/keys/openai", op::add_key, "openai"},
      {"POST", "/api/v1/keys/open%61i?dry_run=true", op::add_key, "openai", "", "", true},
      {"DELETE", "/api/v1/keys/openai/team-a", op::remove_key, "openai", "team-a"},
      {"DELETE", "/api/v1/keys/o/t?dry_run=true", op::remove_key, "o", "t", "", true},
      {"POST", "/api/v1/models", op::add_model},
      {"POST", "/api/v1/models?dry_run=true", op::add_model, "", "", "", true},
      {"DELETE", "/api/v1/models/a/b", op::remove_model, "", "", "a/b"},
      {"GET", "/api/v1/audit", op::get_audit},
      {"GET", "/api/v1/audit?limit=1000", op::get_audit},
  };
  for (const auto& row : rows) {
    CAPTURE(row.method, row.target);
    const auto found = route_api(row.method, row.target);
    const auto* route = std::get_if<api_route>(&found);
    REQUIRE(route);
    CHECK(route->what == row.what);
    CHECK(route->provider == row.provider);
    CHECK(route->name == row.name);
    CHECK(route->model == row.model);
    CHECK(route->dry_run == row.dry_run);
    CHECK(route->is_probe() == (row.what == op::healthz || row.what == op::readyz));
  }
}

TEST_CASE("other paths, methods and queries are refused") {
  const bad_row rows[] = {
      {"GET", "", 404},
      {"GET", "*", 404},
      {"GET", "/healthz/", 404},
      {"GET", "/api/v1", 404},
      {"GET", "/api/v1/", 404},
      {"GET", "/api/v2/keys", 404},
      {"GET", "/assets/", 404},
      {"GET", "/assets", 404},
      {"GET", "/index.html", 404},
      {"GET", "/api/v1/events/", 404},
      {"GET", "/api/v1/openapi", 404},
      {"POST", "/metrics", 405, "GET, HEAD"},
      {"GET", "/metrics/", 404},
      {"DELETE", "/api/v1/log", 405, "GET, HEAD, PATCH"},
      {"PATCH", "/api/v1/log?dry_run=true", 400},
      {"GET", "/api/v1/models/", 404},
      {"GET", "/api/v1/keys/", 404},
      {"GET", "/api/v1/keys/openai", 405, "POST"},
      {"GET", "/api/v1/keys/openai/", 404},
      {"GET", "/api/v1/keys//team-a", 404},
      {"POST", "/api/v1/keys/openai/team-a/", 404},
      {"POST", "/api/v1/keys/openai/team-a/rest", 404},
      {"POST", "/api/v1/keys/openai/team-a/reset/", 404},
      {"GET", "/api%2Fv1/keys", 404},
      {"POST", "/healthz", 405, "GET, HEAD"},
      {"PUT", "/api/v1/models", 405, "GET, HEAD, POST"},
      {"PUT", "/api/v1/models/gpt-4o", 405, "GET, HEAD, PATCH, DELETE"},
      {"PUT", "/api/v1/keys/openai/team-a", 405, "GET, HEAD, PATCH, DELETE"},
      {"DELETE", "/api/v1/audit", 405, "GET, HEAD"},
      {"GET", "/api/v1/keys/openai/team-a/reset", 405, "POST"},
      {"HEAD", "/api/v1/reload", 405, "POST"},
      {"OPTIONS", "/api/v1/keys", 405, "GET, HEAD"},
      {"POST", "/", 405, "GET, HEAD"},
      {"DELETE", "/assets/a.js", 405, "GET, HEAD"},
      {"POST", "/api/v1/events", 405, "GET, HEAD"},
      {"POST", "/api/v1/history", 405, "GET, HEAD"},
      {"PUT", "/api/v1/openapi.json", 405, "GET, HEAD"},
      {"PUT", "/api/v1/log", 405, "GET, HEAD, PATCH"},
      {"get", "/api/v1/keys", 405, "GET, HEAD"},
      {"GET", "/api/v1/models/a%2", 400},
      {"GET", "/api/v1/models/a%zz", 400},
      {"GET", "/api/v1/keys/%/a", 400},
      {"GET", "/api/v1/keys/a/%4", 400},
      // A mistyped wish to try only must not become a change.
      {"PATCH", "/api/v1/keys/o/t?dry-run=true", 400},
      {"PATCH", "/api/v1/keys/o/t?dry_run", 400},
      {"PATCH", "/api/v1/keys/o/t?dry_run=1", 400},
      {"PATCH", "/api/v1/keys/o/t?dry_run=True", 400},
      {"PATCH", "/api/v1/keys/o/t?dry_run=true&force=1", 400},
      {"PATCH", "/api/v1/models/m?x=y", 400},
      {"DELETE", "/api/v1/models/m?x=y", 400},
      {"DELETE", "/api/v1/keys/o/t?dryrun=true", 400},
      {"POST", "/api/v1/keys/o?dry_run=yes", 400},
      {"POST", "/api/v1/keys/%zz", 400},
      {"GET", "/api/v1/audit?limit=0", 400},
      {"GET", "/api/v1/audit?limit=1001", 400},
      {"GET", "/api/v1/audit?limit=-1", 400},
      {"GET", "/api/v1/audit?limit=1x", 400},
      {"GET", "/api/v1/audit?limit=", 400},
      {"GET", "/api/v1/audit?most=1", 400},
      {"POST", "/api/v1/reload?dry_run=true", 400},
      {"PATCH", "/api/v1/log?dry_run=true", 400},
      {"POST", "/api/v1/keys/o/t/reset?dry_run=true", 400},
  };
  for (const auto& row : rows) {
    CAPTURE(row.method, row.target);
    const auto found = route_api(row.method, row.target);
    const auto* error = std::get_if<api_error>(&found);
    REQUIRE(error);
    CHECK(error->status == row.status);
    CHECK(error->allow == row.allow);
    CHECK_FALSE(error->code.empty());
    CHECK_FALSE(error->message.empty());
  }
}

TEST_CASE("what a page or a view of the gateway is asked for is kept as it stands") {
  const auto route = [](const char* method, const char* target) {
    return std::get<api_route>(route_api(method, target));
  };
  CHECK(route("GET", "/").file == "index.html");
  CHECK(route("GET", "/assets/index.html").file == "index.html");
  CHECK(route("GET", "/assets/views/keys.js?v=1").file == "views/keys.js");
  CHECK(route("GET", "/assets/../x").file == "../x");
  CHECK(route("GET", "/").is_page());
  CHECK_FALSE(route("GET", "/api/v1/events").is_page());
  CHECK(route("GET", "/api/v1/events?only=key%2Cconfig").query == "only=key%2Cconfig");
  CHECK(route("GET", "/api/v1/history").query.empty());
  CHECK(route("HEAD", "/api/v1/events").head_only);
  CHECK_FALSE(route("GET", "/api/v1/events").head_only);
}

TEST_CASE("the audit log is asked for so many entries") {
  const auto limit_of = [](const char* target) {
    const auto found = route_api("GET", target);
    return std::get<api_route>(found).limit;
  };
  CHECK(limit_of("/api/v1/audit") == 100);
  CHECK(limit_of("/api/v1/audit?limit=1") == 1);
  CHECK(limit_of("/api/v1/audit?limit=1000") == 1000);
}

TEST_CASE("what changes the file is an edit, and has a word in the audit log") {
  for (const auto what : {op::change_key, op::add_key, op::remove_key, op::change_model,
                          op::add_model, op::remove_model}) {
    api_route route;
    route.what = what;
    CHECK(route.is_edit());
    CHECK(to_string(what) != "ask");
  }
  for (const auto what :
       {op::healthz, op::list_keys, op::get_key, op::reset_key, op::reload, op::get_audit}) {
    api_route route;
    route.what = what;
    CHECK_FALSE(route.is_edit());
  }
  CHECK(to_string(op::add_key) == "add_key");
  CHECK(to_string(op::reset_key) == "reset_key");
  CHECK(to_string(op::list_keys) == "ask");
}
