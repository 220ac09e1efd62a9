#include "observe/api_changes.hpp"
#include "tests/catch.hpp"
#include "tests/observe/sample.hpp"

using namespace keywheel;
using namespace keywheel::observe;
using namespace keywheel::observe::testing;

TEST_CASE("a dry run tells every field of a key, before and after") {
  const auto edit = [](const char* field, config::value to) {
    return config::key_edit{"openai", "team-a", field, std::move(to)};
  };
  const std::vector<config::key_edit> changes{
      edit("enabled", false),
      edit("weight", std::int64_t{5}),
      edit("max_in_flight", std::int64_t{9}),
      edit("quota_group", std::string{"org-2"}),
      edit("base_url", std::string{"https://eu.example"}),
      edit("upstream_model", std::string{"m"}),
      edit("models", std::vector<std::string>{"x"}),
  };
  CHECK(canonical(dry_run_json(sample_status(), changes))
        == canonical(R"({"generation":3,"dry_run":true,"changes":[
             {"field":"enabled","from":true,"to":false},
             {"field":"weight","from":3,"to":5},
             {"field":"max_in_flight","from":0,"to":9},
             {"field":"quota_group","from":"org-1","to":"org-2"},
             {"field":"base_url","from":"https://api.example/v1","to":"https://eu.example"},
             {"field":"upstream_model","from":"","to":"m"},
             {"field":"models","from":["gpt-4o","o*"],"to":["x"]}]})"));
}

TEST_CASE("a dry run tells every field of a model, before and after") {
  const auto edit = [](const char* model, const char* field, config::value to) {
    return config::model_edit{model, field, std::move(to)};
  };
  CHECK(canonical(dry_run_json(sample_status(),
                               std::vector{edit("gpt-4o", "load_balancing", false),
                                           edit("gpt-4o", "strategy", std::string{"weighted"}),
                                           edit("gpt-4o", "upstream_model", std::string{"u"})}))
        == canonical(R"({"generation":3,"dry_run":true,"changes":[
             {"field":"load_balancing","from":true,"to":false},
             {"field":"strategy","from":"round_robin","to":"weighted"},
             {"field":"upstream_model","from":"","to":"u"}]})"));
  CHECK(
      canonical(dry_run_json(sample_status(), std::vector{edit("text-*", "load_balancing", true)}))
      == canonical(R"({"generation":3,"dry_run":true,"changes":[
             {"field":"load_balancing","from":null,"to":true}]})"));
}
