#include "dialect/verdict.hpp"
#include "tests/catch.hpp"

#include <vector>

using namespace keywheel;
using namespace keywheel::dialect;
using namespace std::chrono_literals;
using request = verdict::request;
using key = verdict::key;

namespace {

const wall_time now{};

signal answer(unsigned status) {
  signal result;
  result.head.status = status;
  return result;
}

signal broken(failure how) {
  signal result;
  result.failed = how;
  return result;
}

} // namespace

TEST_CASE("answers that say nothing about limits are passed on") {
  for (const unsigned status : {200U, 201U, 204U, 302U, 304U, 400U, 402U, 404U, 405U, 408U, 409U,
                                413U, 415U, 422U, 425U, 428U, 430U, 500U, 502U, 503U, 504U, 529U}) {
    CAPTURE(status);
    signal what = answer(status);
    what.head.headers.add("retry-after", "5");
    const verdict result = judge(kind::openai, what, now);
    CHECK(result.for_request == request::pass);
    CHECK(result.for_key == key::nothing);
    CHECK_FALSE(result.rest.has_value());
  }
}

TEST_CASE("a refused credential is rejected and another key tried") {
  for (const kind of : {kind::openai, kind::anthropic, kind::gemini, kind::azure})
    for (const unsigned status : {401U, 403U}) {
      CAPTURE(status);
      const verdict result = judge(of, answer(status), now);
      CHECK(result.for_request == request::next_key);
      CHECK(result.for_key == key::reject);
      CHECK(result.reason == (status == 401 ? "unauthorized" : "forbidden"));
    }
}

TEST_CASE("a rate limit rests the key for that model") {
  signal what = answer(429);
  verdict result = judge(kind::openai, what, now);
  CHECK(result.for_request == request::next_key);
  CHECK(result.for_key == key::cool);
  CHECK(result.scope == scope::key_model);
  CHECK(result.reason == "rate_limit");
  CHECK(result.source == "default");
  CHECK_FALSE(result.rest.has_value());

  what.head.headers.add("retry-after", "Thu, 01 Jan 1970 00:00:42 GMT");
  result = judge(kind::openai, what, now);
  CHECK(result.rest == 42s);
  CHECK(result.source == "retry-after");

  what.head.headers.add("retry-after-ms", "1500");
  result = judge(kind::azure, what, now);
  CHECK(result.rest == 1500ms);
  CHECK(result.source == "retry-after-ms");
}

TEST_CASE("an unreadable hint leaves the configured time") {
  signal what = answer(429);
  what.head.headers.add("retry-after", "-1");
  const verdict result = judge(kind::openai, what, now);
  CHECK(result.for_key == key::cool);
  CHECK(result.source == "default");
  CHECK_FALSE(result.rest.has_value());
}

TEST_CASE("only what was not sent is tried again") {
  struct row {
    failure how;
    request expected;
    std::string_view reason;
  };
  for (const row& each : std::vector<row>{{failure::not_sent, request::next_key, "unreachable"},
                                          {failure::no_answer, request::fail, "no_answer"},
                                          {failure::timed_out, request::fail, "timed_out"},
                                          {failure::deadline, request::fail, "deadline"}}) {
    CAPTURE(each.reason);
    signal what = broken(each.how);
    what.head.status = 429; // of no meaning beside a failure
    const verdict result = judge(kind::gemini, what, now);
    CHECK(result.for_request == each.expected);
    CHECK(result.for_key == key::nothing);
    CHECK(result.reason == each.reason);
  }
}

TEST_CASE("scopes have the words of the admin API") {
  CHECK(to_string(scope::key_model) == "key_model");
  CHECK(to_string(scope::key) == "key");
  CHECK(to_string(scope::quota_group) == "quota_group");
  CHECK(to_string(scope::provider_model) == "provider_model");
}
