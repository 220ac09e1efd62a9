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
  const std::vector<config::change> changes{
      edit("enabled", false),
      edit("weight", std::int64_t{5}),
      edit("max_in_flight", std::int64_t{9}),
      edit("rpm", std::int64_t{60}),
      edit("tpm", std::int64_t{61}),
      edit("rpd", std::int64_t{62}),
      edit("tpd", std::int64_t{63}),
      edit("quota_group", std::string{"org-2"}),
      edit("base_url", std::string{"https://eu.example"}),
      edit("upstream_model", std::string{"m"}),
      edit("models", std::vector<std::string>{"x"}),
  };
  auto now = sample_status();
  auto config = sample_config();
  config->providers.at("openai").keys[1].budgets = {4, 10, 20, 30, 40};
  now.snapshot = config;
  CHECK(canonical(dry_run_json(now, changes))
        == canonical(R"({"generation":3,"dry_run":true,"changes":[
             {"field":"enabled","from":true,"to":false},
             {"field":"weight","from":3,"to":5},
             {"field":"max_in_flight","from":4,"to":9},
             {"field":"rpm","from":10,"to":60},
             {"field":"tpm","from":20,"to":61},
             {"field":"rpd","from":30,"to":62},
             {"field":"tpd","from":40,"to":63},
             {"field":"quota_group","from":"org-1","to":"org-2"},
             {"field":"base_url","from":"https://api.example/v1","to":"https://eu.example"},
             {"field":"upstream_model","from":"","to":"m"},
             {"field":"models","from":["gpt-4o","o*"],"to":["x"]}]})"));
}

TEST_CASE("a dry run tells every field of a model, before and after") {
  const auto edit = [](const char* model, const char* field, config::value to) {
    return config::model_edit{model, field, std::move(to)};
  };
  CHECK(canonical(dry_run_json(
            sample_status(),
            std::vector<config::change>{edit("gpt-4o", "load_balancing", false),
                                        edit("gpt-4o", "strategy", std::string{"weighted"}),
                                        edit("gpt-4o", "sticky", true),
                                        edit("gpt-4o", "max_attempts", std::int64_t{5}),
                                        edit("gpt-4o", "replay_unanswered", true),
                                        edit("gpt-4o", "cooldown.rate_limit", std::string{"5s"}),
                                        edit("gpt-4o", "cooldown.use_hints", false),
                                        edit("gpt-4o", "cooldown.max", std::string{"90s"}),
                                        edit("gpt-4o", "upstream_model", std::string{"u"})}))
        == canonical(R"({"generation":3,"dry_run":true,"changes":[
             {"field":"load_balancing","from":true,"to":false},
             {"field":"strategy","from":"round_robin","to":"weighted"},
             {"field":"sticky","from":false,"to":true},
             {"field":"max_attempts","from":3,"to":5},
             {"field":"replay_unanswered","from":false,"to":true},
             {"field":"cooldown.rate_limit","from":"1m","to":"5s"},
             {"field":"cooldown.use_hints","from":true,"to":false},
             {"field":"cooldown.max","from":"1h","to":"90s"},
             {"field":"upstream_model","from":"","to":"u"}]})"));
  CHECK(canonical(dry_run_json(sample_status(),
                               std::vector<config::change>{edit("text-*", "load_balancing", true)}))
        == canonical(R"({"generation":3,"dry_run":true,"changes":[
             {"field":"load_balancing","from":null,"to":true}]})"));
}

namespace {

const config::value pasted = config::kept_secret{config::secret{"sk-proj-0123456789-pasted-zzzz"}};

std::string dry_run(std::vector<config::change> changes) {
  return canonical(dry_run_json(sample_status(), changes));
}

} // namespace

TEST_CASE("a dry run shows of secrets as little as everything else does") {
  CHECK(dry_run({config::key_edit{"openai", "team-a", "api_key", pasted},
                 config::key_edit{"openai", "default", "api_key",
                                  config::value{config::secret{"sk-proj-0123456789-other-yyyy"}}}})
        == canonical(R"({"generation":3,"dry_run":true,"changes":[
             {"field":"api_key","from":"file:/run/secrets/team-a","to":"sk-…zzzz"},
             {"field":"api_key","from":"env:OPENAI_API_KEY","to":"sk-…yyyy"}]})"));
}

TEST_CASE("a dry run tells what would be added and removed") {
  CHECK(dry_run({config::new_key{"openai", "b", {{"api_key", pasted}, {"rpm", std::int64_t{5}}}}})
        == canonical(R"({"generation":3,"dry_run":true,"changes":[
             {"field":"key","from":null,"to":"openai/b"},
             {"field":"api_key","from":null,"to":"sk-…zzzz"},
             {"field":"rpm","from":null,"to":5}]})"));
  CHECK(dry_run({config::new_provider{"q", {{"dialect", "openai"}}},
                 config::new_key{"q", "a", {{"api_key", "env:A"}}},
                 config::new_model{"m", {{"provider", "q"}}}})
        == canonical(R"({"generation":3,"dry_run":true,"changes":[
             {"field":"model","from":null,"to":"m"},
             {"field":"new_provider.dialect","from":null,"to":"openai"},
             {"field":"keys.a.api_key","from":null,"to":"env:A"},
             {"field":"provider","from":null,"to":"q"}]})"));
  CHECK(dry_run({config::removed_key{"openai", "team-a"}})
        == canonical(R"({"generation":3,"dry_run":true,"changes":[
             {"field":"key","from":"openai/team-a","to":null}]})"));
  CHECK(dry_run({config::removed_model{"gpt-4o"},
                 config::model_edit{"text-*", "strategy", std::nullopt}})
        == canonical(R"({"generation":3,"dry_run":true,"changes":[
             {"field":"model","from":"gpt-4o","to":null},
             {"field":"strategy","from":"round_robin","to":null}]})"));
}

TEST_CASE("the log and the audit log learn names, and never a secret") {
  const std::vector<config::change> added{
      config::new_key{"openai", "b", {{"api_key", pasted}, {"quota_group", "a\nb"}}}};
  CHECK(describe(added) == R"(key="openai/b" api_key=(a secret) quota_group="a\nb")");
  CHECK(names_of(added) == std::vector<std::string>{"key", "api_key", "quota_group"});
  CHECK(target_of(added) == "openai/b");
  CHECK(describe({config::removed_model{"m"}}) == "no model");
  CHECK(target_of({config::removed_model{"m"}}) == "m");
  CHECK(target_of({config::new_provider{"q", {}}, config::new_model{"n", {}}}) == "n");
  CHECK(
      names_of({config::model_edit{"m", "sticky", true}, config::model_edit{"m", "sticky", false}})
      == std::vector<std::string>{"sticky"});
}
