#include "tests/dialect/answers.hpp"

using namespace keywheel::dialect;
using namespace keywheel::dialect::test;
using namespace std::chrono_literals;

namespace {

constexpr auto none = std::nullopt;

std::string coded(const std::string& code, const std::string& message = "x") {
  return R"({"error":{"code":")" + code + R"(","message":")" + message + R"("}})";
}

} // namespace

// PROVIDERS §4.13. arrival is 20:40 in Shanghai.
TEST_CASE("Zhipu's answers") {
  std::vector<fixture> rows;
  const auto add = [&](const std::vector<std::string>& codes, unsigned status, reason why,
                       scope where, std::optional<std::chrono::milliseconds> rest,
                       std::string_view source) {
    for (const std::string& code : codes)
      rows.push_back({status, coded(code), {}, why, where, rest, source});
  };
  add({"1000", "1001", "1002", "1003", "1004", "1005"}, 401, reason::credential, scope::key, none,
      "body");
  add({"1110", "1111", "1112", "1120", "1121"}, 429, reason::credential, scope::quota_group, none,
      "body");
  add({"1113"}, 429, reason::billing, scope::key_model, none, "body");
  add({"1210", "1214", "1261", "1301"}, 400, reason::bad_request, scope::key_model, none, "body");
  add({"1211", "1220", "1311"}, 429, reason::permission, scope::key_model, none, "body");
  add({"1302", "1303"}, 429, reason::rate_limit, scope::key_model, 2s, "table");
  add({"1304"}, 429, reason::quota, scope::key_model, 3h + 20min, "body");
  add({"1305", "1312"}, 429, reason::overload, scope::provider_model, none, "body");
  add({"1309", "1314"}, 429, reason::billing, scope::quota_group, none, "body");
  add({"1313"}, 429, reason::rate_limit, scope::key_model, none, "body");
  add({"1200", "1230", "1234"}, 500, reason::server_error, scope::key_model, none, "body");
  for (const std::string code : {"1308", "1310"})
    rows.push_back(
        {429,
         coded(code, "Usage limit reached for 5 hour. Your limit will reset at 2025-08-21 "
                     "21:31:39"),
         {},
         reason::quota,
         scope::quota_group,
         51min + 39s,
         "body"});
  rows.push_back({429,
                  R"({"error":{"code":1305,"message":"x"}})",
                  {},
                  reason::overload,
                  scope::provider_model,
                  none,
                  "body"});
  check(signal_table::zhipu, rows);
}
