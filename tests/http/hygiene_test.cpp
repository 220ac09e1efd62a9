#include "http/hygiene.hpp"
#include "tests/catch.hpp"

#include <string>
#include <vector>

using namespace keywheel::http;

namespace {

struct row {
  std::string_view name;
  bool travels;
};

void check(const std::vector<row>& rows, void (*copy)(const fields&, fields&)) {
  for (auto [name, travels] : rows) {
    CAPTURE(name);
    fields from;
    from.add("A", "1");
    from.add(name, "x");
    fields to;
    copy(from, to);
    CHECK(to.contains("a"));
    CHECK(to.contains(name) == travels);
    CHECK(to.size() == (travels ? 2 : 1));
  }
}

} // namespace

TEST_CASE("what of a request travels to a provider") {
  check(
      {
          {"Content-Type", true},
          {"Accept", true},
          {"Accept-Encoding", false}, // a compressed answer could not be judged while it passes
          {"User-Agent", true},
          {"X-Stainless-Lang", true},
          {"anthropic-version", true},
          {"anthropic-beta", true},
          {"OpenAI-Organization", true},
          {"OpenAI-Project", true},
          {"Idempotency-Key", true},
          {"Forwarded", true},
          {"X-Forwarded-For", true},
          {"X-Api-Keys", true},
          {"Connections", true},
          {"Host", false},
          {"content-length", false},
          {"Expect", false},
          {"Authorization", false},
          {"AUTHORIZATION", false},
          {"Proxy-Authorization", false},
          {"proxy-connection", false},
          {"Proxy-Whatever", false},
          {"x-api-key", false},
          {"X-Goog-Api-Key", false},
          {"api-key", false},
          {"Cookie", false},
          {"X-Keywheel-Key", false},
          {"x-keywheel-provider", false},
          {"Keep-Alive", false},
          {"TE", false},
          {"Trailer", false},
          {"Transfer-Encoding", false},
          {"Upgrade", false},
          {"Connection", false},
      },
      &copy_request_fields);
}

TEST_CASE("what of an answer travels to the client") {
  check(
      {
          {"Content-Type", true},
          {"Content-Encoding", true},
          {"Date", true},
          {"Retry-After", true},
          {"retry-after-ms", true},
          {"x-should-retry", true},
          {"x-request-id", true},
          {"request-id", true},
          {"openai-processing-ms", true},
          {"openai-organization", true},
          {"x-ratelimit-remaining-requests", true},
          {"anthropic-ratelimit-tokens-reset", true},
          {"Content-Length", false},
          {"Transfer-Encoding", false},
          {"Connection", false},
          {"Keep-Alive", false},
          {"Trailer", false},
          {"Upgrade", false},
          {"Proxy-Authenticate", false},
          {"Set-Cookie", false},
          {"Authorization", false},
          {"x-api-key", false},
          {"api-key", false},
          {"x-goog-api-key", false},
          {"X-Keywheel-Key", false},
          {"x-keywheel-attempts", false},
      },
      &copy_response_fields);
}

TEST_CASE("fields that Connection nominates stay behind, both ways") {
  fields from;
  from.add("Connection", "close, X-Hop ,");
  from.add("X-Hop", "1");
  from.add("X-Stays", "2");
  from.add("connection", "x-other");
  from.add("X-Other", "3");
  CHECK(is_nominated(from, "x-hop"));
  CHECK(is_nominated(from, "X-Other"));
  CHECK_FALSE(is_nominated(from, "x-stays"));
  CHECK_FALSE(is_nominated(from, "X"));
  for (auto copy : {&copy_request_fields, &copy_response_fields}) {
    fields to;
    copy(from, to);
    REQUIRE(to.size() == 1);
    CHECK(to[0].name == "X-Stays");
  }
}

TEST_CASE("copying adds to what is there and keeps order and spelling") {
  fields from;
  from.add("B", "1");
  from.add("a", "2");
  from.add("B", "3");
  fields to;
  to.add("Authorization", "ours");
  copy_request_fields(from, to);
  REQUIRE(to.size() == 4);
  CHECK(to[0].value == "ours");
  CHECK(to[1].name == "B");
  CHECK(to[2].name == "a");
  CHECK(to[3].value == "3");
}

TEST_CASE("hop-by-hop fields are known by name") {
  for (auto name : {"Connection", "keep-alive", "Proxy-Authenticate", "proxy-authorization", "TE",
                    "Trailer", "transfer-encoding", "Upgrade"})
    CHECK(is_hop_by_hop(name));
  for (auto name : {"Via", "Host", "Content-Length", "Prox", "proxy", ""})
    CHECK_FALSE(is_hop_by_hop(name));
}
