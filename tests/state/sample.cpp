#include "tests/state/sample.hpp"

namespace keywheel::state::testing {

using namespace std::chrono_literals;

wall_time noon() {
  return std::chrono::sys_days{std::chrono::year{2024} / 5 / 1} + 12h;
}

saved_state sample_state() {
  saved_state result;
  saved_key key{"openai/team-a", "0123456789abcdef", "org-7", {}, {}};
  key.cooldowns = {
      {"key_model", "gpt-4o", "rate_limit", "retry-after", noon() + 41s + 200ms, 2},
      {"key", "", "credential", "status", noon() + 1h, 4'294'967'295},
  };
  key.day.requests = {{noon() - 2h, 5}, {noon() - 1h, 0}};
  key.day.tokens = {{noon() - 2h, 1'000'000'000'000'000}};
  result.keys.push_back(key);
  result.keys.push_back({"azure/x", "fedcba9876543210", "", {}, {}});
  result.groups.push_back(
      {"openai", "org é \"1\"", {{"quota_group", "", "quota", "body", noon() + 5h, 0}}, {}});
  result.models.push_back(
      {"openai", "gpt-4o", {"provider_model", "gpt-4o", "overload", "default", noon() + 30s, 1}});
  return result;
}

std::string sample_text() {
  return R"({"version":1,
"keys":[
{"id":"azure/x","fingerprint":"fedcba9876543210","organization":"","cooldowns":[],"day":{"requests":[],"tokens":[]}},
{"id":"openai/team-a","fingerprint":"0123456789abcdef","organization":"org-7","cooldowns":[)"
         R"({"scope":"key","model":"","reason":"credential","source":"status","until":"2024-05-01T13:00:00.000Z","strikes":4294967295},)"
         R"({"scope":"key_model","model":"gpt-4o","reason":"rate_limit","source":"retry-after","until":"2024-05-01T12:00:41.200Z","strikes":2}],)"
         R"("day":{"requests":[["2024-05-01T10:00:00.000Z",5],["2024-05-01T11:00:00.000Z",0]],"tokens":[["2024-05-01T10:00:00.000Z",1000000000000000]]}}],
"groups":[
{"provider":"openai","name":"org é \"1\"","cooldowns":[{"scope":"quota_group","model":"","reason":"quota","source":"body","until":"2024-05-01T17:00:00.000Z","strikes":0}],"day":{"requests":[],"tokens":[]}}],
"models":[
{"provider":"openai","model":"gpt-4o","cooldown":{"scope":"provider_model","model":"gpt-4o","reason":"overload","source":"default","until":"2024-05-01T12:00:30.000Z","strikes":1}}]}
)";
}

} // namespace keywheel::state::testing
